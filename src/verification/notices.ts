import type pg from 'pg';
import type { VerifyChannel } from './session.ts';
import type { SessionState } from './session-machine.ts';

/** Something that whoever began a session has asked to be told: how an attempt goes, or the end of the session. */
export interface VerifyNotice {
  readonly sessionId: string;
  readonly ownerId: string;
  readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' };
  readonly state: SessionState;
  readonly recipient: string;
  readonly channel: VerifyChannel;
  readonly attempt: {
    readonly attemptId: string;
    /** From 1. */
    readonly sequence: number;
    /** Of the message or call; undefined where the notice is about the session. */
    readonly status: string | undefined;
    readonly errorCode: string | undefined;
    /** When it was asked for. */
    readonly requestedAt: number;
  };
  readonly at: number;
}

/** Turns notices into requests to the customer's server. */
export interface VerifyNotifier {
  /** Resolves with what must be called after the commit. */
  write(client: pg.ClientBase | pg.Pool, notices: readonly VerifyNotice[]): Promise<() => void>;
}
