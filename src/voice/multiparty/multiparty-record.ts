import type { Micros } from '../../billing/money.ts';
import type { ParticipantRole } from './multiparty-plan.ts';

/** Why a multiparty call has ended (multiparty-calls.md §3.3). 0: its process died. */
export const terminationCauses = {
  0: 'Unknown',
  1000: 'No Active Participants',
  1010: 'Stay Alone Not Permitted',
  2000: 'Max Duration Reached',
  3000: 'Hangup API Triggered',
} as const;
export type TerminationCode = keyof typeof terminationCauses;

/** Why a participant is no longer in (multiparty-calls.md §2.2). */
export const exitCauses = {
  hangup: 'Participant Call Hangup',
  kicked: 'Kicked Out of Multiparty Call',
  ended: 'Multiparty Call Ended',
  transferred: 'Participant Call Transferred',
} as const;
export type ExitReason = keyof typeof exitCauses;

export type MultiPartyState = 'initialized' | 'active' | 'ended';
export type RecordingState = 'recording' | 'not-recording' | 'paused';

/** What a stay or all stays together have cost. */
export interface StayBill {
  readonly durationS: number;
  /** Whole minutes of each stay. */
  readonly billedS: number;
  readonly amountMicros: Micros;
}

/** A multiparty call as lists show it, live or ended. Times are wall-clock milliseconds. */
export interface MultiPartyRecord {
  readonly id: string;
  readonly accountId: string;
  /** The account or subaccount it belongs to. */
  readonly ownerId: string;
  readonly name: string;
  readonly state: MultiPartyState;
  readonly createdAt: number;
  /** When it became active; undefined when it never did. */
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** From its start, or its creation where it has none, to its end. Undefined until then. */
  readonly bill: StayBill | undefined;
  /** Undefined after the end. */
  readonly recording: RecordingState | undefined;
  readonly stayAlone: boolean;
  readonly maxParticipants: number;
  readonly maxDurationMs: number;
  readonly terminationCode: TerminationCode | undefined;
}

/** A participant as lists show it, inside or gone. */
export interface ParticipantRecord {
  /** Decimal digits. */
  readonly memberId: string;
  readonly multiPartyId: string;
  readonly callId: string;
  /** Number or SIP URI of its far end. */
  readonly address: string;
  readonly role: ParticipantRole;
  /** These three are undefined after the exit. */
  readonly coach: boolean | undefined;
  readonly mute: boolean | undefined;
  readonly hold: boolean | undefined;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  readonly joinedAt: number;
  readonly exitedAt: number | undefined;
  readonly bill: StayBill | undefined;
  readonly exit: ExitReason | undefined;
}
