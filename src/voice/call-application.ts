import type { Micros } from '../billing/money.ts';
import type { InterimResult } from '../speech/recognition/recogniser.ts';
import type { CallFacts } from './call-facts.ts';
import type { ElementUrl, VoiceDocument } from './document.ts';
import type { HangupCause } from './hangup-cause.ts';
import type {
  MultiPartyName,
  MultiPartyNotification,
  MultiPartyRecordingNotification,
} from './multiparty/multiparty-notification.ts';
import type { ParticipantRole } from './multiparty/multiparty-plan.ts';
import type { StreamNotification } from './streams/stream-facts.ts';

/**
 * The customer's application as the call engine sees it: documents are fetched at once with their own deadlines, notifications are
 * durable and never hold up the call. Implemented by plivo/callbacks, which knows the names on the wire.
 */
export interface CallApplication {
  /** Never rejects, but ends early with the signal's abort (`cancelled`). */
  fetch(request: DocumentRequest, signal: AbortSignal): Promise<DocumentAnswer>;
  /** Resolves when the notification is committed to the delivery queue. */
  notify(notification: CallNotification): Promise<void>;
}

/** Why a document is wanted; each kind has failure codes of its own (voice-xml.md §13). */
export type DocumentPurpose =
  | 'answer'
  | 'fallback'
  | 'action'
  | 'redirect'
  | 'transfer'
  | 'dial-music'
  | 'confirm-sound'
  | 'conference-sound'
  | 'multiparty-sound';

export interface DocumentRequest {
  readonly purpose: DocumentPurpose;
  readonly target: ElementUrl;
  readonly call: CallFacts;
  /** What the element found out, told in the request. */
  readonly result?: ElementResult | undefined;
  /** Whose sound it is, with `conference-sound`. */
  readonly conference?: ConferenceSound | undefined;
  /** Names of parameters of this request that no log may hold (GetDigits with log="false"). */
  readonly confidential?: boolean | undefined;
  /** False: the answer's body is not looked at (redirect="false"). */
  readonly wantsDocument: boolean;
}

export type ElementResult =
  | { readonly element: 'GetDigits'; readonly digits: string }
  | {
      readonly element: 'GetInput';
      readonly inputType: 'dtmf' | 'speech';
      readonly digits: string;
      readonly speech: string;
      readonly confidence: number | undefined;
      /** For what was transcribed; absent = nothing. */
      readonly billedMicros?: Micros;
    }
  | { readonly element: 'Record'; readonly recording: RecordingFacts; readonly digits: string }
  | {
      readonly element: 'Dial';
      readonly status: DialStatus;
      readonly rang: boolean;
      readonly cause: HangupCause;
      readonly aLegId: string;
      /** `""` when nobody was bridged. */
      readonly bLegId: string;
    }
  | {
      readonly element: 'Conference';
      readonly conference: ConferenceName;
      readonly memberId: string;
      /** Of the conference, when a member's XML asked for one. */
      readonly recording: Pick<RecordingFacts, 'recordingId' | 'url'> | undefined;
    }
  | {
      readonly element: 'MultiPartyCall';
      readonly multiParty: MultiPartyName;
      readonly memberId: string;
      readonly callId: string;
      readonly role: ParticipantRole;
      /** Wall-clock milliseconds. */
      readonly joinedAt: number;
      readonly exitedAt: number;
    };

/** The sound of a conference that a document describes. Who hears the one of waiting has not entered yet: it has no member. */
export type ConferenceSound =
  | { readonly sound: 'wait'; readonly conference: ConferenceName }
  | { readonly sound: 'enter' | 'exit'; readonly conference: ConferenceName; readonly memberId: string };

/** A conference as callbacks name it. */
export interface ConferenceName {
  readonly id: string;
  readonly name: string;
}

export type DialStatus = 'completed' | 'busy' | 'no-answer' | 'timeout' | 'cancel' | 'failed';

/** A recording as webhooks tell it. Milliseconds; -1 while it is not finished. */
export interface RecordingFacts {
  readonly recordingId: string;
  readonly url: string;
  readonly durationMs: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

export type DocumentAnswer =
  | { readonly kind: 'document'; readonly document: VoiceDocument }
  /** Answered with 2xx and nobody asked for its body. */
  | { readonly kind: 'acknowledged' }
  /** Not http or https. */
  | { readonly kind: 'invalid-url'; readonly reason: string }
  /** Neither GET nor POST. */
  | { readonly kind: 'invalid-method'; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'invalid-document'; readonly reason: string }
  | { readonly kind: 'cancelled' };

/** What is told of one call, or of a multiparty call as a whole. */
export type CallNotification = NotificationOfCall | MultiPartyNotification | MultiPartyRecordingNotification;

export type NotificationOfCall = { readonly call: CallFacts; readonly target: ElementUrl } & (
  | { readonly kind: 'ring' }
  /** A leg that a multiparty call has invited is answered. */
  | { readonly kind: 'answered' }
  | { readonly kind: 'hangup' }
  | { readonly kind: 'machine'; readonly ifMachine: 'continue' | 'hangup' }
  | DialNotification
  | StreamNotification
  | ConferenceNotification
  /** Record of a conference by API. */
  | {
      readonly kind: 'conference-recorded';
      readonly recording: RecordingFacts;
      readonly apiId: string;
      readonly conferenceName: string;
    }
  | InterimSpeechNotification
  /** XML Record: callbackUrl, names in CamelCase. */
  | { readonly kind: 'recorded'; readonly recording: RecordingFacts }
  /** Record by API: names in snake_case. */
  | { readonly kind: 'api-recorded'; readonly recording: RecordingFacts; readonly apiId: string }
);

/** What GetInput understands while the caller speaks. */
export interface InterimSpeechNotification {
  readonly kind: 'interim-speech';
  readonly result: InterimResult;
  /** From 1. */
  readonly sequence: number;
  /** No log may hold the words. */
  readonly confidential: boolean;
}

export interface DialNotification {
  readonly kind: 'dial';
  readonly action: 'answer' | 'connected' | 'digits' | 'hangup';
  readonly aLegId: string;
  readonly bLeg: CallFacts;
  /** Position among the destinations of the Dial, from 1. */
  readonly position: number;
  readonly digits?: { readonly match: string; readonly pressedBy: 'ALeg' | 'BLeg' } | undefined;
}

export interface ConferenceNotification {
  readonly kind: 'conference';
  readonly action: 'enter' | 'exit' | 'digits' | 'floor' | 'record';
  readonly conference: ConferenceName;
  readonly memberId: string;
  readonly digitsMatch?: string | undefined;
  /** With `enter`: nobody was there before. */
  readonly isFirst?: boolean | undefined;
  /** With `exit`: nobody is left. */
  readonly isLast?: boolean | undefined;
  /** With `record`: it has begun, and once more when its file is there. */
  readonly recording?: RecordingFacts | undefined;
}
