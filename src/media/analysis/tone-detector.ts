import { FRAME_MS, frameSamples, type SampleRate } from '../pcm.ts';
import { Goertzel } from './goertzel.ts';
import { meanSquareOfDbm0 } from './level.ts';

export interface ToneDetectorOptions {
  /** How long the tone must last to count. */
  readonly minimumMs?: number;
  /** Level of the tone as a whole below which it is not heard. */
  readonly thresholdDbm0?: number;
}

const MINIMUM_MS = 200;
const THRESHOLD_DBM0 = -40;
/** Share of the frequencies in the whole power; a sixth is left for noise and for the spread of a 20 ms window. */
const LEAST_SHARE = 0.8;
/** The weakest of several frequencies against the strongest: 10 dB. */
const LEAST_BALANCE = 0.1;
/** A frame that does not match within a tone is forgiven: a lost packet. */
const FORGIVEN_FRAMES = 1;

/** Recognises one tone of known frequencies, such as fax CNG (1100), ring-back (440, 480) or a test tone, in frames of 20 ms. */
export class ToneDetector {
  readonly #goertzels: readonly Goertzel[];
  readonly #frame: number;
  readonly #minimumMs: number;
  readonly #threshold: number;
  #runMs = 0;
  #missed = 0;

  /** Frequencies in Hz; all of them must sound, and nothing else. */
  constructor(sampleRate: SampleRate, frequencies: readonly number[], options: ToneDetectorOptions = {}) {
    this.#goertzels = frequencies.map((hz) => new Goertzel(sampleRate, hz));
    this.#frame = frameSamples(sampleRate);
    this.#minimumMs = options.minimumMs ?? MINIMUM_MS;
    this.#threshold = meanSquareOfDbm0(options.thresholdDbm0 ?? THRESHOLD_DBM0);
  }

  /** Whether the tone sounds and has lasted long enough. */
  get present(): boolean {
    return this.#runMs >= this.#minimumMs;
  }

  /** How long it has sounded, however short; 0 when it does not. */
  get durationMs(): number {
    return this.#runMs;
  }

  process(pcm: Int16Array): void {
    for (let at = 0; at + this.#frame <= pcm.length; at += this.#frame) {
      if (this.#matches(pcm, at)) {
        this.#runMs += (this.#missed + 1) * FRAME_MS;
        this.#missed = 0;
      } else if (this.#runMs > 0 && this.#missed < FORGIVEN_FRAMES) this.#missed += 1;
      else {
        this.#runMs = 0;
        this.#missed = 0;
      }
    }
  }

  #matches(pcm: Int16Array, offset: number): boolean {
    let total = 0;
    for (let at = offset; at < offset + this.#frame; at++) total += (pcm[at] ?? 0) ** 2;
    total /= this.#frame;
    if (total < this.#threshold) return false;
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    for (const goertzel of this.#goertzels) {
      const power = goertzel.measure(pcm, offset, this.#frame);
      sum += power;
      least = Math.min(least, power);
      most = Math.max(most, power);
    }
    return least >= most * LEAST_BALANCE && sum >= total * LEAST_SHARE;
  }
}
