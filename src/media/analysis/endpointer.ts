import type { SampleRate } from '../pcm.ts';
import { SilenceDetector } from './silence-detector.ts';

/** Sound that is shorter is no word: a cough on the line, a click, the start of a key's tone. */
const SHORTEST_SPEECH_MS = 100;
/** What is handed out from before the moment it was sure that somebody speaks: the first consonant is quieter than the background. */
const LEAD_MS = 400;

export interface EndpointerOptions {
  readonly sampleRate: SampleRate;
  /** Silence that ends an utterance. */
  readonly endMs: number;
  /** Longest utterance. */
  readonly maxMs: number;
}

/** What a frame is: before speech, the first of an utterance (with what led up to it), in it, or its last. */
export type Endpoint =
  | { readonly kind: 'silence' }
  | { readonly kind: 'begin' | 'speech' | 'end'; readonly audio: readonly Int16Array[] };

const SILENCE: Endpoint = { kind: 'silence' };

/** Cuts a stream of audio into utterances by its energy. Takes frames of 10 to 60 ms and keeps them: they must not change afterwards. */
export class Endpointer {
  readonly #options: EndpointerOptions;
  readonly #detector: SilenceDetector;
  #lead: Int16Array[] = [];
  #leadSamples = 0;
  #utteranceMs: number | undefined;
  /** Of the frames that sound, since it was last silent: the pauses among them, which the detector counts as sound, left out. */
  #soundMs = 0;

  constructor(options: EndpointerOptions) {
    this.#options = options;
    this.#detector = new SilenceDetector(options.sampleRate);
  }

  /** Whether an utterance has begun and not ended. */
  get speaking(): boolean {
    return this.#utteranceMs !== undefined;
  }

  process(pcm: Int16Array): Endpoint {
    const detector = this.#detector;
    detector.process(pcm);
    const ms = (pcm.length * 1_000) / this.#options.sampleRate;
    if (this.#utteranceMs === undefined) {
      this.#keep(pcm);
      if (detector.soundsNow) this.#soundMs += ms;
      else if (!detector.sounding) this.#soundMs = 0;
      if (!detector.sounding || this.#soundMs < SHORTEST_SPEECH_MS) return SILENCE;
      this.#utteranceMs = 0;
      this.#soundMs = 0;
      return { kind: 'begin', audio: this.#takeLead() };
    }
    this.#utteranceMs += ms;
    const isOver = detector.silenceMs >= this.#options.endMs || this.#utteranceMs >= this.#options.maxMs;
    if (isOver) this.#utteranceMs = undefined;
    return { kind: isOver ? 'end' : 'speech', audio: [pcm] };
  }

  #keep(pcm: Int16Array): void {
    const most = (LEAD_MS * this.#options.sampleRate) / 1_000;
    this.#lead.push(pcm);
    this.#leadSamples += pcm.length;
    while (this.#leadSamples > most) this.#leadSamples -= this.#lead.shift()?.length ?? this.#leadSamples;
  }

  #takeLead(): readonly Int16Array[] {
    const lead = this.#lead;
    this.#lead = [];
    this.#leadSamples = 0;
    return lead;
  }
}
