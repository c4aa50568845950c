import type { CallDirection } from '../call-facts.ts';
import type { ElementUrl } from '../document.ts';
import type { EventGroup, ParticipantRole } from './multiparty-plan.ts';
import type { StayBill, TerminationCode } from './multiparty-record.ts';

/** Each event with the group that a status callback asks for it by (multiparty-calls.md §5.1). */
export const eventGroupOf = {
  initialized: 'mpc-state-changes',
  started: 'mpc-state-changes',
  ended: 'mpc-state-changes',
  joined: 'participant-state-changes',
  exited: 'participant-state-changes',
  muted: 'participant-state-changes',
  unmuted: 'participant-state-changes',
  held: 'participant-state-changes',
  unheld: 'participant-state-changes',
  'coach-started': 'participant-state-changes',
  'coach-stopped': 'participant-state-changes',
  'speak-started': 'participant-speak-events',
  'speak-stopped': 'participant-speak-events',
  digit: 'participant-digit-input-events',
  'invite-begun': 'add-participant-api-events',
  'invite-resolved': 'add-participant-api-events',
} as const satisfies Record<string, EventGroup>;
export type MultiPartyEvent = keyof typeof eventGroupOf;

/** What became of a participant that the API added. */
export type InviteOutcome =
  | 'success'
  | 'no-answer'
  | 'busy'
  | 'rejected'
  | 'timeout'
  | 'confirm-key-failed'
  | 'cancelled'
  | 'failed';

/** A multiparty call as callbacks name it. */
export interface MultiPartyName {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly ownerId: string;
}

/** A participant as callbacks tell of it. One that is still being invited has no id. */
export interface ParticipantFacts {
  readonly memberId: string | undefined;
  readonly callId: string;
  readonly role: ParticipantRole;
  readonly coach: boolean;
  readonly address: string;
  readonly from: string;
  readonly to: string;
  readonly direction: CallDirection;
}

/** The status callback hears of an event. `sequence` counts what is told of one multiparty call, from 1. Times are wall-clock milliseconds. */
export interface MultiPartyNotification {
  readonly kind: 'multiparty';
  readonly target: ElementUrl;
  readonly multiParty: MultiPartyName;
  readonly event: MultiPartyEvent;
  readonly at: number;
  readonly sequence: number;
  readonly participant?: ParticipantFacts | undefined;
  readonly digit?: string | undefined;
  readonly outcome?: InviteOutcome | undefined;
  readonly end?: { readonly bill: StayBill; readonly code: TerminationCode } | undefined;
}

export type MultiPartyRecordingEvent = 'initiated' | 'paused' | 'resumed' | 'completed' | 'failed';

/** The recording callback hears of a recording (multiparty-calls.md §5.4). */
export interface MultiPartyRecordingNotification {
  readonly kind: 'multiparty-recording';
  readonly target: ElementUrl;
  readonly multiParty: MultiPartyName;
  /** Of a participant's own recording. */
  readonly memberId: string | undefined;
  readonly event: MultiPartyRecordingEvent;
  readonly at: number;
  readonly sequence: number;
  readonly recording: {
    readonly recordingId: string;
    readonly url: string;
    readonly format: 'mp3' | 'wav';
    readonly startedAt: number;
    /** Undefined while it runs. */
    readonly endedAt: number | undefined;
    readonly durationMs: number | undefined;
  };
}
