import type { SpeechNode } from './ssml.ts';

/** Text to speech: one interface, one file an engine. */

export interface SpeechVoice {
  /** `WOMAN`, `MAN`, or the name of an Amazon Polly voice without its prefix, in ASCII: `Vitoria`. */
  readonly name: string;
  readonly gender: 'female' | 'male';
  /** Which of an Amazon Polly voice's models was asked for; undefined leaves it to the configuration. */
  readonly model?: PollyModel;
}

export type PollyModel = 'standard' | 'neural' | 'long-form' | 'generative';

export interface SpeechRequest {
  /** One string for plain text, or speech markup as `readSpeech` of ssml.ts returns it. */
  readonly content: readonly SpeechNode[];
  readonly voice: SpeechVoice;
  /** A language of voices.ts, such as `en-US`. */
  readonly language: string;
}

/** Linear PCM, 16 bit, mono. */
export interface SpeechAudio {
  readonly sampleRate: number;
  readonly pcm: Int16Array;
}

export interface SpeechSynthesizer {
  /** `espeak`, `openai`, `polly`: the name it has in the configuration, in errors and in the timeline. */
  readonly name: string;
  /** Changes with everything about the engine that changes its audio, so that cached audio of before is not used. */
  readonly version: string;
  /** Rejects with `SpeechError`, or with the signal's reason when that aborts. */
  synthesize(request: SpeechRequest, signal: AbortSignal): Promise<SpeechAudio>;
  /** Ends processes and requests under way; what is waiting rejects. */
  close(): Promise<void>;
}

/** `text refused`: it is this text that the engine cannot speak; with others it works. */
export type SpeechErrorKind =
  | 'engine missing'
  | 'language unsupported'
  | 'engine failed'
  | 'text refused'
  | 'timed out'
  | 'busy'
  | 'too long';

/** Why a text cannot be heard. The message is a sentence for the timeline of the call. */
export class SpeechError extends Error {
  override readonly name = 'SpeechError';
  readonly kind: SpeechErrorKind;

  constructor(kind: SpeechErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/**
 * No engine makes more than this of one text. 3,000 characters take about four minutes; at the slowest rate and with many breaks
 * they could take hours, and a minute of PCM at 24 kHz is 2.9 MB.
 */
export const MAX_SPEECH_SECONDS = 600;
