import type { Scope } from '../../accounts/account.ts';
import type { Found, PageRequest } from '../../accounts/reach.ts';
import type { ElementUrl, SpeechMarkup } from '../document.ts';
import type { MultiPartySettings, ParticipantSettings, TranscriptWish } from './multiparty-plan.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';

/**
 * Which multiparty call is meant. A name finds one that has not ended (multiparty-calls.md §1.1), an id any. For a subaccount only its
 * own exist; a main account finds those of its subaccounts too, its own first where two have the same name.
 */
export type MultiPartySelector = { readonly by: 'name'; readonly name: string } | { readonly by: 'id'; readonly id: string };

/** Participants by their ids, or all who are in. */
export type ParticipantSelector = 'all' | readonly string[];

/** Filters of a list; absent = any. Times are wall-clock milliseconds, both included. */
export interface MultiPartyFilter {
  readonly ownerId: string | undefined;
  readonly name: string | undefined;
  readonly state: 'initialized' | 'active' | 'ended' | undefined;
  readonly terminationCode: number | undefined;
  readonly createdFromMs: number | undefined;
  readonly createdToMs: number | undefined;
  /** Those that have not ended match every bound of the end. */
  readonly endedFromMs: number | undefined;
  readonly endedToMs: number | undefined;
}

/** One destination that is dialled to become a participant. */
export interface InvitedDestination {
  /** Number as given, or a SIP URI. */
  readonly to: string;
  readonly ringTimeoutS: number;
  /** Seconds to wait before it is dialled. */
  readonly delayS: number;
}

/** New legs, of which the first that answers (and passes the key) comes in. */
export interface InviteByDialling {
  readonly kind: 'dial';
  readonly from: string;
  readonly callerName: string | undefined;
  readonly destinations: readonly InvitedDestination[];
  /** Header names without `X-PH-`, already filtered (voice-xml.md §9). */
  readonly headers: Readonly<Record<string, string>>;
  readonly callStatusCallback: ElementUrl | undefined;
  /** A key of `0-9*#` that must be pressed to come in. */
  readonly confirmKey: string | undefined;
  readonly confirmSound: ElementUrl | undefined;
  /** What is heard in the call meanwhile: `real` = the ring tone or early audio of the leg. */
  readonly dialMusic: { readonly kind: 'real' | 'none' } | { readonly kind: 'url'; readonly url: string };
  readonly sendDigits: string | undefined;
  readonly sendOnPreanswer: boolean;
}

/** A live call that leaves what it does and comes in. */
export interface InviteByTransfer {
  readonly kind: 'transfer';
  readonly callId: string;
}

export interface AddParticipant {
  readonly invite: InviteByDialling | InviteByTransfer;
  readonly settings: MultiPartySettings;
  readonly participant: ParticipantSettings;
  /** False: only where somebody is in already; else not found. */
  readonly mayBeFirst: boolean;
  readonly requesterIp: string;
}

export interface AddedParticipant {
  /** The call's id for one destination, an id of its own for several. */
  readonly requestId: string;
  /** The legs in the order of the destinations; the transferred call alone. */
  readonly calls: readonly { readonly callId: string; readonly from: string; readonly to: string }[];
}

/** What is to change; undefined = stays as it is. */
export interface ParticipantChange {
  readonly mute: boolean | undefined;
  readonly hold: boolean | undefined;
  /** Acts on supervisors alone; with `all` it is an invalid parameter. */
  readonly coach: boolean | undefined;
  /** Without the sound of the change. */
  readonly silently: boolean;
}

/** `all`: the participant and what it hears on a channel each. `participant`: what it says. `both`: a file of each. */
export type RecordTrack = 'all' | 'participant' | 'both';

export interface MultiPartyRecordRequest {
  readonly format: 'mp3' | 'wav';
  readonly callback: ElementUrl | undefined;
  readonly transcription: TranscriptWish | undefined;
}

export interface StartedMultiPartyRecording {
  readonly recordingId: string;
  readonly url: string;
}

export interface SpokenText {
  readonly content: readonly SpeechMarkup[];
  readonly voice: string;
  readonly language: string;
  /** False: who hears it does not hear the others meanwhile. */
  readonly mix?: boolean | undefined;
}

/** Somebody who is in a live multiparty call, with those who are in besides. */
export interface Seat {
  readonly multiPartyId: string;
  readonly name: string;
  readonly member: ParticipantRecord;
  readonly others: readonly ParticipantRecord[];
  /** Resolves when the member is no longer in. */
  readonly departed: Promise<unknown>;
}

/**
 * What API requests ask of multiparty calls (multiparty-calls.md §4). What is not within the scope, and a participant who is not in, is
 * `not_found`; whoever acts on participants acts on all of a list or on none. Errors are `Problem`s of the catalogue.
 */
export interface MultiPartyControl {
  /** The newest first. */
  list(scope: Scope, filter: MultiPartyFilter, page: PageRequest): Promise<Found<MultiPartyRecord>>;
  find(scope: Scope, which: MultiPartySelector): Promise<MultiPartyRecord>;
  /** Starts one that is initialized; any other is not found. */
  activate(scope: Scope, which: MultiPartySelector): Promise<void>;
  /** Ends it with 3000. One that has ended is not found. */
  end(scope: Scope, which: MultiPartySelector): Promise<void>;
  /**
   * Invites a participant. A name that no live one has makes a new multiparty call, an unknown id is not found. Committed when it
   * resolves. Problems: caller not allowed, destination barred, credit used up, call not there or not answered, `conflict` when full.
   */
  add(scope: Scope, which: MultiPartySelector, request: AddParticipant): Promise<AddedParticipant>;
  /** By name those who are in, by id also those who have left. In the order of their entry. */
  participants(
    scope: Scope,
    which: MultiPartySelector,
    filter: { readonly callId: string | undefined },
    page: PageRequest,
  ): Promise<Found<ParticipantRecord>>;
  participant(scope: Scope, which: MultiPartySelector, memberId: string): Promise<ParticipantRecord>;
  /** Answers the name of the multiparty call and whom it acted on; so do those below. */
  update(scope: Scope, which: MultiPartySelector, members: ParticipantSelector, change: ParticipantChange): Promise<ActedOn>;
  kick(scope: Scope, which: MultiPartySelector, members: ParticipantSelector): Promise<ActedOn>;
  /** `conflict` when it is being recorded already. */
  startRecording(
    scope: Scope,
    which: MultiPartySelector,
    request: MultiPartyRecordRequest,
  ): Promise<StartedMultiPartyRecording & { readonly name: string }>;
  /** Not found when nothing is recorded. So are the two below. */
  stopRecording(scope: Scope, which: MultiPartySelector): Promise<void>;
  pauseRecording(scope: Scope, which: MultiPartySelector): Promise<void>;
  resumeRecording(scope: Scope, which: MultiPartySelector): Promise<void>;
  /** Answers the first of two recordings where `both` is asked for. */
  startParticipantRecording(
    scope: Scope,
    which: MultiPartySelector,
    memberId: string,
    request: MultiPartyRecordRequest & { readonly track: RecordTrack },
  ): Promise<StartedMultiPartyRecording & { readonly name: string }>;
  stopParticipantRecording(scope: Scope, which: MultiPartySelector, memberId: string, track: RecordTrack): Promise<void>;
  pauseParticipantRecording(scope: Scope, which: MultiPartySelector, memberId: string, track: RecordTrack): Promise<void>;
  resumeParticipantRecording(scope: Scope, which: MultiPartySelector, memberId: string, track: RecordTrack): Promise<void>;
  play(scope: Scope, which: MultiPartySelector, members: ParticipantSelector, url: string): Promise<ActedOn>;
  /** What was started for all is stopped for all, and for one the same one. */
  stopPlay(scope: Scope, which: MultiPartySelector, members: ParticipantSelector): Promise<void>;
  speak(scope: Scope, which: MultiPartySelector, members: ParticipantSelector, text: SpokenText): Promise<ActedOn>;
  stopSpeak(scope: Scope, which: MultiPartySelector, members: ParticipantSelector): Promise<void>;
  /** Live ones where somebody with this address is in: digits, or a SIP URI. */
  seatsOf(scope: Scope, address: string): Promise<readonly Seat[]>;
  /** Whether a call that was invited is in, on its way, or neither any more. */
  whereabouts(multiPartyId: string, callId: string): Promise<'in' | 'coming' | 'gone'>;
  /** Ends a call that was invited and is on its way, dialled or still waiting for its turn. False when it is in, or gone. */
  giveUp(scope: Scope, multiPartyId: string, callId: string): Promise<boolean>;
}

export interface ActedOn {
  readonly name: string;
  readonly memberIds: readonly string[];
}
