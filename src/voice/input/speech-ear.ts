import { Endpointer } from '../../media/analysis/endpointer.ts';
import type { MediaLeg } from '../../media/media-engine.ts';
import type { AudioTap } from '../../media/stream-audio.ts';
import {
  type InterimResult,
  MAX_UTTERANCE_MS,
  type RecognisedSpeech,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
} from '../../speech/recognition/recogniser.ts';

/** What recognises the speech of calls. */
export interface SpeechRecognition {
  /** Whether any engine is configured. */
  readonly available: boolean;
  /** Language of recordings, BCP 47. */
  readonly language: string;
  /** One utterance; the result rejects with `RecognitionError`. */
  recognise(request: RecognitionRequest): Recognition;
}

export interface EarOptions extends Pick<RecognitionRequest, 'language' | 'hints' | 'model' | 'profanityFilter'> {
  /** Silence that ends an utterance. */
  readonly endMs: number;
}

export interface EarEvents {
  /** Somebody begins to speak. */
  began(): void;
  /** And has ended; `said`, `nothing` or `failed` follows. */
  ended(): void;
  interim(result: InterimResult): void;
  /** An engine has done its work on so much audio, whatever came of it. */
  transcribed(ms: number): void;
  said(speech: RecognisedSpeech): void;
  /** It was no speech that could be understood. */
  nothing(): void;
  /** No engine could recognise it. The ear hears nothing any more. */
  failed(reason: string): void;
}

/** What recognisers are trained with. Audio of 8 kHz is brought to it in the media worker. */
const SAMPLE_RATE = 16_000;
/** The caller hears nothing between the last word and what follows from it. */
const RESULT_WITHIN_MS = 10_000;

/** Hears what a call's far end says, utterance after utterance, until it is stopped. Its audio is kept only while somebody speaks. */
export class SpeechEar {
  readonly #recogniser: SpeechRecognition;
  readonly #options: EarOptions;
  readonly #events: EarEvents;
  readonly #endpointer: Endpointer;
  readonly #tap: AudioTap;
  #recognition: Recognition | undefined;
  /** The utterance has ended: what is said until its result is not heard. */
  #isAwaited = false;
  /** Samples of the utterance so far. */
  #samples = 0;
  #stopped = false;

  constructor(leg: MediaLeg, recogniser: SpeechRecognition, options: EarOptions, events: EarEvents) {
    this.#recogniser = recogniser;
    this.#options = options;
    this.#events = events;
    this.#endpointer = new Endpointer({ sampleRate: SAMPLE_RATE, endMs: options.endMs, maxMs: MAX_UTTERANCE_MS });
    const tap = { tracks: ['inbound'], encoding: 'l16', sampleRate: SAMPLE_RATE, noiseLevel: undefined } as const;
    this.#tap = leg.tap(tap, (_, audio) => this.#hear(audio));
  }

  /** Ends the utterance under way, if there is one. */
  endUtterance(): void {
    if (!this.#recognition || this.#isAwaited) return;
    this.#isAwaited = true;
    this.#recognition.end();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#tap.stop();
    this.#recognition?.cancel();
  }

  #hear(audio: Uint8Array): void {
    if (this.#stopped || this.#isAwaited) return;
    const heard = this.#endpointer.process(samplesOf(audio));
    if (heard.kind === 'silence') return;
    if (heard.kind === 'begin') this.#begin();
    for (const pcm of heard.audio) {
      this.#samples += pcm.length;
      this.#recognition?.push(pcm);
    }
    if (heard.kind !== 'end') return;
    this.endUtterance();
    this.#events.ended();
  }

  #begin(): void {
    const { endMs: _, ...request } = this.#options;
    const recognition = this.#recogniser.recognise({
      ...request,
      sampleRate: SAMPLE_RATE,
      resultWithinMs: RESULT_WITHIN_MS,
      interim: (result) => {
        if (!this.#stopped) this.#events.interim(result);
      },
    });
    this.#recognition = recognition;
    this.#samples = 0;
    recognition.result.then(
      (speech) =>
        this.#settle(() => {
          this.#events.transcribed((this.#samples / SAMPLE_RATE) * 1_000);
          if (speech.text === '') this.#events.nothing();
          else this.#events.said(speech);
        }),
      (error: unknown) =>
        this.#settle(() => {
          this.stop();
          this.#events.failed(error instanceof RecognitionError ? error.message : String(error));
        }),
    );
    this.#events.began();
  }

  #settle(tell: () => void): void {
    this.#recognition = undefined;
    // An engine may fail before the utterance has ended: that is the end of it.
    this.#isAwaited = false;
    if (!this.#stopped) tell();
  }
}

/** The bytes come with any alignment, and are the ear's own. */
function samplesOf(audio: Uint8Array): Int16Array {
  const pcm = new Int16Array(audio.byteLength >> 1);
  new Uint8Array(pcm.buffer).set(audio.subarray(0, pcm.byteLength));
  return pcm;
}
