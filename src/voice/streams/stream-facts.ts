import type { Micros } from '../../billing/money.ts';
import type { StreamPlan } from './stream-plan.ts';
import type { StreamState } from './stream-state.ts';

/** Why a stream ended, in the words that records of streams have (audio-streaming.md §7). */
export type StreamEndReason = 'API request' | 'Call hangup' | 'Connection error' | 'Stream timeout';

/** What is known of a stream at one moment. Times are wall-clock milliseconds. */
export interface StreamFacts {
  /** UUID. */
  readonly streamId: string;
  readonly callId: string;
  readonly accountId: string;
  /** Account or subaccount whose application runs the call. */
  readonly ownerId: string;
  readonly plan: StreamPlan;
  readonly state: StreamState;
  readonly createdAt: number;
  /** The socket stood. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly endReason: StreamEndReason | undefined;
  /** What it was charged with; known of one that has ended and was read from storage. */
  readonly amountMicros?: Micros | undefined;
}

/** What the status callback of a stream is told: it began, ended in order, was lost, or its application reads too slowly. */
export interface StreamNotification {
  readonly kind: 'stream';
  readonly stream: StreamFacts;
  readonly event: 'started' | 'stopped' | 'dropped' | 'degraded';
  /** When it happened, milliseconds since the epoch. */
  readonly at: number;
  /** What went wrong, when it was dropped. */
  readonly error: string | undefined;
}
