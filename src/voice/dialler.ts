import type { Call } from './call.ts';
import type { HangupCause } from './hangup-cause.ts';

/** A leg that a call makes to somebody else. */
export interface DialRequest {
  /** The call whose element asks for it. */
  readonly parent: Call;
  readonly kind: 'number' | 'user';
  /** Digits, or a SIP URI. */
  readonly to: string;
  /** As the element gives it; undefined = the parent's From. */
  readonly callerId: string | undefined;
  readonly callerName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Over TLS and with SRTP, or not at all. */
  readonly isSecure?: boolean | undefined;
  readonly timeLimitMs: number;
  /** The call whose far end has passed the parent on: the called party is told of it (RFC 3892). */
  readonly referredBy?: Call | undefined;
}

export type Dialled =
  | { readonly kind: 'call'; readonly call: Call }
  /** Not allowed or impossible; no leg was made. */
  | { readonly kind: 'refused'; readonly cause: HangupCause };

export interface Dialler {
  dial(request: DialRequest): Promise<Dialled>;
}
