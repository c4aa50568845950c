import type { Micros } from '../billing/money.ts';
import type { SessionState } from './session-machine.ts';

export const verifyChannels = ['sms', 'voice'] as const;
export type VerifyChannel = (typeof verifyChannels)[number];

/** How an account verifies: what a session takes where its request says nothing. */
export interface VerifyApplication {
  readonly appId: string;
  readonly accountId: string;
  readonly alias: string;
  readonly brandName: string;
  readonly codeLength: number;
  readonly expiryS: number;
  /** Codes that are sent in one session. */
  readonly maxAttempts: number;
  /** Undefined = the text of the locale. */
  readonly template: string | null;
  readonly appHash: string | null;
  /** Those that may be asked for; the first is taken where a request names none. Never empty. */
  readonly channels: readonly VerifyChannel[];
  readonly locale: string;
}

/** What a request asks of one attempt, told again in the attempt's record. Absent = the request did not say. */
export interface AttemptDetails {
  readonly dtmf?: number;
  readonly fraudCheck?: string;
  readonly brandName?: string;
  readonly appHash?: string;
  readonly codeLength?: number;
}

/** One code that was sent. */
export interface VerifyAttempt {
  /** Of the message or the call. */
  readonly attemptId: string;
  readonly channel: VerifyChannel;
  /** Of an SMS the message's state; of a call `ringing`, `in-progress`, `answer` or `failed`. */
  readonly status: string;
  readonly details: AttemptDetails;
  readonly amountMicros: Micros;
  readonly at: Date;
}

/** One recipient asked for one code, however often it was sent. */
export interface VerifySession {
  readonly sessionId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly appId: string;
  readonly alias: string;
  /** Digits without `+`. */
  readonly recipient: string;
  /** ISO 3166, may be `""`. */
  readonly country: string;
  /** The one used last. */
  readonly channel: VerifyChannel;
  readonly locale: string;
  readonly brandName: string;
  readonly appHash: string | null;
  readonly state: SessionState;
  /** Codes sent. */
  readonly attempts: number;
  readonly callback: { readonly url: string; readonly method: 'GET' | 'POST' } | undefined;
  readonly requesterIp: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A session with what became of each attempt. */
export interface ShownSession extends VerifySession {
  /** Where a carrier has told it; else `""`. */
  readonly network: string;
  readonly history: readonly VerifyAttempt[];
}
