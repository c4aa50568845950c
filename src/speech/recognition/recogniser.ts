/** Speech to text: one interface, one file an engine. */

/** What is to be recognised. One of these is one utterance: what somebody says between two silences. */
export interface RecognitionRequest {
  /** Hz of the audio that is pushed: linear PCM, 16 bit, mono. */
  readonly sampleRate: number;
  /** BCP 47, such as `en-US`. */
  readonly language: string;
  /** Words and phrases that are likely to be said; an engine that cannot use them leaves them out. */
  readonly hints: readonly string[];
  readonly model: SpeechModel;
  /** Obscene words are masked: `d***`. */
  readonly profanityFilter: boolean;
  /** Milliseconds that an engine has for its result once the audio has ended. */
  readonly resultWithinMs: number;
  /** What has been understood so far; engines without interim results never call it. */
  readonly interim?: ((result: InterimResult) => void) | undefined;
}

export const speechModels = ['default', 'command_and_search', 'phone_call'] as const;
export type SpeechModel = (typeof speechModels)[number];

export interface InterimResult {
  /** Will not change any more. */
  readonly stable: string;
  /** What follows it, as the engine takes it now. */
  readonly unstable: string;
  /** How sure it is of `unstable`, 0-1. */
  readonly stability: number;
}

export interface RecognisedSpeech {
  /** `""`: nothing was said that the engine could understand. */
  readonly text: string;
  /** 0-1; undefined when the engine tells none. */
  readonly confidence: number | undefined;
}

/** One utterance under way. Everything may be called at any moment; what makes no sense any more does nothing. */
export interface Recognition {
  /** Appends audio. The array is kept: it must not change afterwards. */
  push(pcm: Int16Array): void;
  /** There is no more audio: the result follows. */
  end(): void;
  /** Nobody wants the result any more; it rejects. */
  cancel(): void;
  /** Rejects with `RecognitionError`. Nobody has to handle that. */
  readonly result: Promise<RecognisedSpeech>;
}

/** What takes utterances: an engine, or the engines of the configuration as one. */
export interface Recogniser {
  /** `openai`, `websocket`, `command`: the name it has in the configuration, in errors and in the timeline. */
  readonly name: string;
  /** Never throws: what goes wrong is told by the result. */
  recognise(request: RecognitionRequest): Recognition;
  /** Ends processes, sockets and requests under way; their results reject. */
  close(): Promise<void>;
}

export type RecognitionErrorKind = 'engine missing' | 'engine failed' | 'timed out' | 'busy' | 'cancelled';

/** Why speech was not recognised. The message is a sentence for the timeline of the call. */
export class RecognitionError extends Error {
  override readonly name = 'RecognitionError';
  readonly kind: RecognitionErrorKind;

  constructor(kind: RecognitionErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

export const cancelled = () => new RecognitionError('cancelled', 'nobody waits for the result any more');

/** No utterance is longer: what is pushed after it is dropped, and the utterance ends there. Two minutes at 16 kHz are 3.8 MB. */
export const MAX_UTTERANCE_MS = 120_000;
