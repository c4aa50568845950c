import type { Scope } from '../accounts/account.ts';
import type { ElementUrl, SpeechMarkup, Transcription } from './document.ts';
import type { MachineDetection } from './machine-detection.ts';

/**
 * What API requests ask of the call engine. Everything takes the scope of the asker: a call of somebody else is not found.
 * Errors are `Problem`s of the catalogue.
 */
export interface CallControl {
  /**
   * Takes calls to be made: committed when it resolves. They are dialled in their turn (calls per second of the account).
   * Problems: caller not allowed, destination barred, invalid parameters.
   */
  place(scope: Scope, request: PlaceCalls): Promise<PlacedCalls>;
  /** The running call interrupts what it does and goes on with another document. */
  transfer(scope: Scope, callId: string, targets: TransferTargets): Promise<void>;
  /** Hangs up a live call or takes a queued one out of the queue. */
  hangUp(scope: Scope, callId: string): Promise<void>;
  hangUpAll(scope: Scope): Promise<void>;
  /** Cancels what an API request asked for, as far as it is not answered. */
  cancelRequest(scope: Scope, requestId: string): Promise<void>;
  play(scope: Scope, callId: string, request: PlayRequest): Promise<void>;
  stopPlay(scope: Scope, callId: string): Promise<void>;
  speak(scope: Scope, callId: string, request: SpeakRequest): Promise<void>;
  stopSpeak(scope: Scope, callId: string): Promise<void>;
  sendDigits(scope: Scope, callId: string, digits: string, legs: Legs): Promise<void>;
  startRecording(scope: Scope, callId: string, request: RecordRequest): Promise<StartedRecording>;
  /** All recordings of the call, or the one whose file has this URL. */
  stopRecording(scope: Scope, callId: string, url: string | undefined): Promise<void>;
}

export type Legs = 'aleg' | 'bleg' | 'both';

/** One API request: one call to each destination, all with the same options unless a list gives each its own. */
export interface PlaceCalls {
  readonly from: string;
  /** Numbers as given, or SIP URIs. */
  readonly to: readonly string[];
  readonly callerName: string | undefined;
  readonly answer: ElementUrl;
  readonly ring: ElementUrl | undefined;
  readonly hangup: ElementUrl | undefined;
  readonly fallback: ElementUrl | undefined;
  /** One entry for all, or one a destination. */
  readonly sendDigits: readonly (string | undefined)[];
  readonly sendOnPreanswer: readonly boolean[];
  readonly timeLimitS: readonly (number | undefined)[];
  readonly hangupOnRingS: readonly (number | undefined)[];
  readonly ringTimeoutS: number | undefined;
  readonly machine: MachineDetection | undefined;
  /** Header names without `X-PH-`, already filtered (voice-xml.md §9). */
  readonly headers: Readonly<Record<string, string>>;
  readonly parentCallId: string | undefined;
  readonly errorIfParentNotFound: boolean;
  readonly requesterIp: string;
  /** Of the request, so that a repeated asynchronous one makes the same calls again. */
  readonly idempotencyKey: string | undefined;
}

export interface PlacedCalls {
  /** Request UUIDs, equal to the call UUIDs, one a destination that can be called, in order. */
  readonly requestIds: readonly string[];
  /** They have to wait for their turn. */
  readonly queued: boolean;
  /** Of several destinations those that are neither a number nor a SIP address, as they were given; no call is made to them. */
  readonly invalid: readonly string[];
}

export interface TransferTargets {
  readonly legs: Legs;
  readonly aLeg: ElementUrl | undefined;
  readonly bLeg: ElementUrl | undefined;
}

export interface PlayRequest {
  readonly urls: readonly string[];
  readonly legs: Legs;
  readonly loop: boolean;
  readonly mix: boolean;
  readonly lengthS: number | undefined;
}

export interface SpeakRequest {
  readonly content: readonly SpeechMarkup[];
  readonly voice: string;
  readonly language: string;
  readonly legs: Legs;
  readonly loop: boolean;
  readonly mix: boolean;
}

export interface RecordRequest {
  readonly format: 'mp3' | 'wav';
  readonly channels: 'mono' | 'stereo';
  readonly timeLimitS: number;
  readonly callback: ElementUrl | undefined;
  readonly transcription: Transcription | undefined;
  readonly apiId: string;
}

export interface StartedRecording {
  readonly recordingId: string;
  /** Where the file will be. */
  readonly url: string;
}
