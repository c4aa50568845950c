import type { SpeechModel } from '../speech/recognition/recogniser.ts';
/**
 * A Voice XML document as the call engine runs it: typed elements with every default filled in (voice-xml.md §6). URLs and methods
 * stay as written, because a wrong one only fails, with its own cause, when it is used (§13).
 */

import type { HangupCause } from './hangup-cause.ts';
import type { MultiPartySettings, ParticipantSettings } from './multiparty/multiparty-plan.ts';
import type { StreamPlan } from './streams/stream-plan.ts';

export interface ElementUrl {
  readonly url: string;
  /** Upper-case as written; anything but GET and POST fails when it is used. */
  readonly method: string;
}

/** Speech markup in document order, whitespace collapsed. Tags appear only where the voice understands them. */
export type SpeechMarkup =
  | string
  | { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly content: readonly SpeechMarkup[] };

export interface SpeakElement {
  readonly element: 'Speak';
  /** `WOMAN`, `MAN` or `Polly.<Name>` as it is written; it speaks the language. */
  readonly voice: string;
  readonly language: string;
  /** 0 = until the call ends. */
  readonly loop: number;
  readonly content: readonly SpeechMarkup[];
}

export interface PlayElement {
  readonly element: 'Play';
  readonly url: string;
  /** 0 = until the call ends. */
  readonly loop: number;
}

export interface WaitElement {
  readonly element: 'Wait';
  readonly lengthMs: number;
  /** Leaves early after this much silence; undefined = always waits the whole length. */
  readonly minSilenceMs: number | undefined;
  readonly beep:
    | {
        readonly durationMs: number;
        readonly interSilenceMs: number;
        readonly intraSilenceMs: number;
        readonly threshold: number;
      }
    | undefined;
}

export interface DtmfElement {
  readonly element: 'DTMF';
  /** `0-9*#wW` */
  readonly digits: string;
  readonly async: boolean;
}

export type Prompt = SpeakElement | PlayElement | WaitElement;

export interface PreAnswerElement {
  readonly element: 'PreAnswer';
  readonly children: readonly (Prompt | GetDigitsElement | RedirectElement | MessageElement | DtmfElement)[];
}

/** What GetDigits and GetInput share of collecting keys. */
export interface DigitRules {
  /** Keys, any of which ends the input; `""` = none. */
  readonly finishOnKey: string;
  readonly numDigits: number;
}

export interface GetDigitsElement extends DigitRules {
  readonly element: 'GetDigits';
  readonly action: ElementUrl | undefined;
  readonly redirect: boolean;
  /** To the first digit, counted after the prompts. */
  readonly timeoutMs: number;
  readonly digitTimeoutMs: number;
  /** Attempts in all. */
  readonly retries: number;
  readonly playBeep: boolean;
  readonly validDigits: string;
  readonly invalidDigitsSound: string | undefined;
  /** False: digits are written to no log and no timeline. */
  readonly log: boolean;
  readonly prompts: readonly Prompt[];
}

export interface GetInputElement extends DigitRules {
  readonly element: 'GetInput';
  readonly action: ElementUrl;
  readonly redirect: boolean;
  readonly inputs: ReadonlySet<'dtmf' | 'speech'>;
  /** Total time, counted after the prompts. */
  readonly executionTimeoutMs: number;
  readonly digitEndTimeoutMs: number | 'auto';
  readonly speechEndTimeoutMs: number | 'auto';
  readonly startInputTimeoutMs: number | undefined;
  readonly retries: number;
  readonly speechModel: SpeechModel;
  readonly hints: readonly string[];
  readonly language: string;
  readonly profanityFilter: boolean;
  readonly interimResults: ElementUrl | undefined;
  readonly log: boolean;
  readonly prompts: readonly Prompt[];
}

export interface Transcription {
  readonly type: 'auto' | 'hybrid' | 'manual';
  readonly url: ElementUrl | undefined;
  readonly reportType: 'compact' | 'full';
}

export interface RecordElement {
  readonly element: 'Record';
  readonly action: ElementUrl | undefined;
  readonly redirect: boolean;
  readonly fileFormat: 'mp3' | 'wav';
  /** Trailing silence that ends it. */
  readonly timeoutMs: number;
  readonly maxLengthMs: number;
  readonly playBeep: boolean;
  /** Keys that end it; `""` = none. */
  readonly finishOnKey: string;
  /** `prompted` blocks the flow; the others run in the background. */
  readonly mode: 'prompted' | 'session' | 'dial-answer';
  readonly channels: 'mono' | 'stereo';
  readonly callback: ElementUrl | undefined;
  readonly transcription: Transcription | undefined;
}

/** One destination of a Dial. */
export interface DialTarget {
  readonly kind: 'number' | 'user';
  /** E.164 digits without `+`, or a SIP URI. What is neither is here as it was written: the leg fails with 2000 when it is dialled. */
  readonly address: string;
  readonly sendDigits: string | undefined;
  readonly sendOnPreanswer: boolean;
  readonly sendDigitsMethod: 'rfc4733' | 'inband';
  readonly callerId: string | undefined;
  readonly callerName: string | undefined;
  /** Header names without `X-PH-`, already filtered (voice-xml.md §9). */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Over TLS and with SRTP, or not at all. */
  readonly isSecure?: boolean | undefined;
}

export interface DialElement {
  readonly element: 'Dial';
  readonly action: ElementUrl | undefined;
  readonly redirect: boolean;
  readonly timeoutMs: number;
  readonly timeLimitMs: number;
  readonly callerId: string | undefined;
  readonly callerName: string | undefined;
  readonly hangupOnStar: boolean;
  readonly confirmSound: string | undefined;
  readonly confirmKey: string | undefined;
  readonly confirmTimeoutMs: number;
  /** Absent = a generated ring tone. */
  readonly dialMusic: { readonly kind: 'ringback' | 'real' | 'none' } | { readonly kind: 'url'; readonly url: string };
  readonly callback: ElementUrl | undefined;
  readonly digitsMatch: readonly string[];
  readonly digitsMatchBLeg: readonly string[];
  readonly targets: readonly DialTarget[];
}

export interface ConferenceElement {
  readonly element: 'Conference';
  readonly name: string;
  readonly action: ElementUrl | undefined;
  readonly redirect: boolean;
  readonly muted: boolean;
  /** `beep:1`, `beep:2` or the URL of a document. */
  readonly enterSound: string | undefined;
  readonly exitSound: string | undefined;
  /** URL of a document, played over and over until the conference starts. */
  readonly waitSound: string | undefined;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  /** False: leaves when everybody else has left. */
  readonly stayAlone: boolean;
  readonly maxMembers: number;
  /** From the member's entry to the end of the conference. */
  readonly timeLimitMs: number;
  readonly hangupOnStar: boolean;
  /** Format of the conference's recording; undefined = this member asks for none. */
  readonly record: 'mp3' | 'wav' | undefined;
  /** Of that recording. */
  readonly transcription: Transcription | undefined;
  readonly callback: ElementUrl | undefined;
  readonly digitsMatch: readonly string[];
  /** The callback hears when this member speaks. */
  readonly floorEvent: boolean;
  /** The others hear its keys. */
  readonly relayDtmf: boolean;
}

export interface MultiPartyCallElement {
  readonly element: 'MultiPartyCall';
  readonly name: string;
  readonly participant: ParticipantSettings;
  readonly settings: MultiPartySettings;
  /** Id of the one that an API request has invited the call to: its leg ends with it where `onExit` is not given. */
  readonly invitedTo: string | undefined;
}

export interface RedirectElement {
  readonly element: 'Redirect';
  readonly target: ElementUrl;
}

export interface HangupElement {
  readonly element: 'Hangup';
  readonly reason: 'rejected' | 'busy' | undefined;
  /** 0 = now. */
  readonly scheduleMs: number;
  /** How the call ended, where it is not the application that wrote the element but a program which passes on what it was told. */
  readonly cause?: HangupCause;
}

export interface MessageElement {
  readonly element: 'Message';
  readonly src: string;
  readonly dst: readonly string[];
  readonly text: string;
  readonly callbackUrl: string | undefined;
  readonly callbackMethod: 'GET' | 'POST';
}

export interface StreamElement {
  readonly element: 'Stream';
  readonly plan: StreamPlan;
}

export type VoiceElement =
  | SpeakElement
  | PlayElement
  | WaitElement
  | DtmfElement
  | PreAnswerElement
  | GetDigitsElement
  | GetInputElement
  | RecordElement
  | DialElement
  | ConferenceElement
  | MultiPartyCallElement
  | RedirectElement
  | HangupElement
  | MessageElement
  | StreamElement;

export interface VoiceDocument {
  readonly elements: readonly VoiceElement[];
  /** Ignored elements and the like, for the timeline. */
  readonly notes: readonly string[];
}
