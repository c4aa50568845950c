import { transform } from '../analysis/fourier.ts';
import { levelDbov, SILENCE_DBOV } from '../analysis/level.ts';

/** Answers are judged at this rate: what tells a person from a machine lies below 4 kHz. */
export const FEATURE_RATE = 8000;
/** One frame, 20 ms. */
export const FEATURE_SAMPLES = 160;

/** 64 ms: lines of 440 and 480 Hz, as in ring-back, are just told apart. */
const WINDOW = 512;
/** Half the main lobe of a Hann window, in bins. */
const LOBE = 2;
/** Lines this near to the strongest, 63 Hz, belong to one tone whose loudness swings: 400 Hz with 25 Hz on it has lines at 375, 400 and 425. */
const SWINGING_BINS = 4;
/** Below 60 Hz there is hum, no sound of a call. */
const LOWEST_BIN = 4;
/** Pitch of voices, from 62 to 500 Hz, as lags in samples of 4 kHz. */
const SHORTEST_LAG = 8;
const LONGEST_LAG = 64;
/** Two periods of the deepest voice: 40 ms at 4 kHz. */
const PITCH_SAMPLES = 160;

/**
 * What 20 ms of sound are like, each with the 44 ms before it: level, the two strongest spectral lines, and whether there is a
 * pitch. Everything is made once; `take` allocates nothing. 20 to 50 us a frame (bench/amd.ts).
 */
export class SoundFeatures {
  /** Of the frame itself. */
  levelDbov = SILENCE_DBOV;
  /** The strongest line, Hz; 0 in silence. */
  hz = 0;
  /** The second line. */
  secondHz = 0;
  /** Shares of the two lines in the power of the window, 0-1. */
  share = 0;
  secondShare = 0;
  /** Share of all lines around the strongest, 0-1. */
  swingingShare = 0;
  /** How well the sound repeats itself with the period of a voice: 1 for a hummed tone, 0.3 and less for noise. */
  periodicity = 0;
  readonly #history = new Int16Array(WINDOW);
  readonly #low = new Float64Array(WINDOW / 2);
  readonly #hann = Float64Array.from({ length: WINDOW }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / WINDOW));
  readonly #real = new Float64Array(WINDOW);
  readonly #imaginary = new Float64Array(WINDOW);
  readonly #power = new Float64Array(WINDOW / 2);
  readonly #cosines = Float64Array.from({ length: WINDOW / 2 }, (_, at) => Math.cos((2 * Math.PI * at) / WINDOW));
  readonly #sines = Float64Array.from({ length: WINDOW / 2 }, (_, at) => -Math.sin((2 * Math.PI * at) / WINDOW));

  /** 160 samples at 8 kHz. */
  take(pcm: Int16Array): void {
    this.#history.copyWithin(0, FEATURE_SAMPLES);
    for (let at = 0; at < FEATURE_SAMPLES; at++) this.#history[WINDOW - FEATURE_SAMPLES + at] = pcm[at] ?? 0;
    this.levelDbov = levelDbov(pcm, FEATURE_SAMPLES);
    this.#measureLines();
    this.periodicity = this.#measurePeriodicity();
  }

  #measureLines(): void {
    for (let at = 0; at < WINDOW; at++) this.#real[at] = (this.#history[at] ?? 0) * (this.#hann[at] ?? 0);
    this.#imaginary.fill(0);
    transform(this.#real, this.#imaginary, this.#cosines, this.#sines);
    let total = 0;
    for (let bin = LOWEST_BIN; bin < WINDOW / 2; bin++) {
      const power = (this.#real[bin] ?? 0) ** 2 + (this.#imaginary[bin] ?? 0) ** 2;
      this.#power[bin] = power;
      total += power;
    }
    this.hz = this.secondHz = this.share = this.secondShare = this.swingingShare = 0;
    if (total < 1) return;
    const first = this.#strongestBin();
    this.hz = this.#hzAt(first);
    this.swingingShare = this.#powerAround(first, SWINGING_BINS) / total;
    this.share = this.#takeLine(first) / total;
    const second = this.#strongestBin();
    this.secondHz = this.#hzAt(second);
    this.secondShare = this.#takeLine(second) / total;
  }

  #strongestBin(): number {
    let best = LOWEST_BIN;
    for (let bin = LOWEST_BIN; bin < WINDOW / 2; bin++) if ((this.#power[bin] ?? 0) > (this.#power[best] ?? 0)) best = bin;
    return best;
  }

  /** The top of a parabola through the logarithms of a bin and its neighbours. */
  #hzAt(bin: number): number {
    const left = Math.log((this.#power[bin - 1] ?? 0) + 1e-9);
    const centre = Math.log((this.#power[bin] ?? 0) + 1e-9);
    const right = Math.log((this.#power[bin + 1] ?? 0) + 1e-9);
    const bend = left - 2 * centre + right;
    return ((bin + (bend < 0 ? (left - right) / (2 * bend) : 0)) * FEATURE_RATE) / WINDOW;
  }

  /** Power of the line around a bin, which is gone afterwards. */
  #takeLine(bin: number): number {
    const power = this.#powerAround(bin, LOBE);
    this.#power.fill(0, Math.max(LOWEST_BIN, bin - LOBE), bin + LOBE + 1);
    return power;
  }

  #powerAround(bin: number, bins: number): number {
    let sum = 0;
    for (let at = Math.max(LOWEST_BIN, bin - bins); at <= Math.min(WINDOW / 2 - 1, bin + bins); at++) sum += this.#power[at] ?? 0;
    return sum;
  }

  /** The greatest normalised correlation of the last 40 ms with what was a pitch period earlier, at 4 kHz. */
  #measurePeriodicity(): number {
    const low = this.#low;
    let mean = 0;
    for (let at = 0; at < low.length; at++) {
      low[at] = (this.#history[2 * at] ?? 0) + (this.#history[2 * at + 1] ?? 0);
      mean += low[at] ?? 0;
    }
    mean /= low.length;
    for (let at = 0; at < low.length; at++) low[at] = (low[at] ?? 0) - mean;
    const start = low.length - PITCH_SAMPLES;
    let energy = 0;
    let earlier = 0;
    for (let at = start; at < low.length; at++) {
      energy += (low[at] ?? 0) ** 2;
      earlier += (low[at - SHORTEST_LAG] ?? 0) ** 2;
    }
    let best = 0;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag++) {
      let product = 0;
      for (let at = start; at < low.length; at++) product += (low[at] ?? 0) * (low[at - lag] ?? 0);
      if (product > 0) best = Math.max(best, product / Math.sqrt(energy * earlier + 1));
      earlier += (low[start - lag - 1] ?? 0) ** 2 - (low[low.length - lag - 1] ?? 0) ** 2;
    }
    return best;
  }
}
