import type { ElementUrl } from '../document.ts';
import type { StreamPlan } from '../streams/stream-plan.ts';

/** What a participant is in a multiparty call, for all of its stay (multiparty-calls.md §3.2). */
export const participantRoles = ['agent', 'customer', 'supervisor', 'ai-agent'] as const;
export type ParticipantRole = (typeof participantRoles)[number];

/** Groups of events that a status callback may ask for (multiparty-calls.md §5.1). */
export const eventGroups = [
  'mpc-state-changes',
  'participant-state-changes',
  'participant-speak-events',
  'participant-digit-input-events',
  'add-participant-api-events',
  'participant-audio-events',
] as const;
export type EventGroup = (typeof eventGroups)[number];

export const defaultEventGroups: readonly EventGroup[] = ['mpc-state-changes', 'participant-state-changes'];

/** Ranges and defaults that XML and REST share (multiparty-calls.md §4.5, §6.1). */
export const multiPartyLimits = {
  maxDurationS: { least: 300, most: 28_800, default: 14_400 },
  maxParticipants: { least: 2, most: 10, default: 10 },
  recordMinMembers: { least: 1, most: 2, default: 1 },
  waitTimeS: { least: 0, most: 1_800 },
  /** Destinations of one request. */
  destinations: 20,
  ringTimeoutS: 45,
} as const;

/** A sound of entry or exit: so many beeps, or a document that describes it. */
export type RoomSound =
  | { readonly kind: 'beeps'; readonly count: 1 | 2 }
  | { readonly kind: 'document'; readonly target: ElementUrl };

/** What is asked of the multiparty call as a whole. Milliseconds. */
export interface MultiPartySettings {
  /** From its creation to its end. */
  readonly maxDurationMs: number;
  readonly maxParticipants: number;
  /** Undefined = the music of the house. */
  readonly waitMusic: ElementUrl | undefined;
  readonly agentHoldMusic: ElementUrl | undefined;
  readonly customerHoldMusic: ElementUrl | undefined;
  /** Record the room from the moment it is active and `recordMinMembers` are in. */
  readonly record: boolean;
  readonly recordMinMembers: number;
  readonly recordFormat: 'mp3' | 'wav';
  /** False: the recording of the room is without supervisors who coach. */
  readonly recordCoachVoice: boolean;
  readonly recordingCallback: ElementUrl | undefined;
  readonly startRecordingAudio: ElementUrl | undefined;
  readonly stopRecordingAudio: ElementUrl | undefined;
  readonly transcription: TranscriptWish | undefined;
  readonly statusCallback: ElementUrl | undefined;
  readonly statusEvents: readonly EventGroup[];
  /** It does not start before an agent is in. */
  readonly waitForAgent: boolean;
}

/** A transcript of a recording is wanted; told to the URL if there is one. */
export interface TranscriptWish {
  readonly url: string | undefined;
}

/** What is asked for one participant. */
export interface ParticipantSettings {
  readonly role: ParticipantRole;
  /** May go on alone when all others have left. */
  readonly stayAlone: boolean;
  /** Of a supervisor: only agents hear it. False for every other role. */
  readonly coach: boolean;
  readonly mute: boolean;
  readonly hold: boolean;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  readonly enterSound: RoomSound | undefined;
  readonly exitSound: RoomSound | undefined;
  /** Where the leg goes on when it leaves alive. */
  readonly onExit: ElementUrl | undefined;
  /** The others hear its keys. */
  readonly relayDigits: boolean;
  /** Record this participant, too. */
  readonly recordTrack: boolean;
  /** Leaves when it has waited this long for the start; undefined = no limit. */
  readonly waitTimeMs: number | undefined;
  /** Of an AI agent: the application that hears what the participant hears and speaks in its place; undefined = the far end speaks. */
  readonly agentStream: StreamPlan | undefined;
}
