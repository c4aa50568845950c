import type { SampleRate } from '../pcm.ts';
import { transform } from './fourier.ts';

/** What stands out of a stretch of sound. */
export interface StrongestTone {
  readonly hz: number;
  /** Share of the power that lies at this frequency, 0-1: close to 1 for a pure tone, 0.1 to 0.7 for a voice. */
  readonly share: number;
}

/** Half the width of a Hann window's main lobe, in bins of the unpadded window, and some more for a tone that begins within it. */
const LOBE_BINS = 2.5;

/**
 * Finds the strongest frequency of windows of one length, by FFT: some 50 us for 100 ms, so that a leg may be watched all the time.
 * A tone of 100 ms is found to within 2 Hz.
 */
export class StrongestToneFinder {
  readonly #sampleRate: SampleRate;
  readonly #window: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #lobe: number;

  constructor(sampleRate: SampleRate, samples: number) {
    const size = 2 ** Math.ceil(Math.log2(samples));
    this.#sampleRate = sampleRate;
    this.#window = Float64Array.from({ length: samples }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / samples));
    this.#real = new Float64Array(size);
    this.#imaginary = new Float64Array(size);
    this.#cosines = Float64Array.from({ length: size / 2 }, (_, at) => Math.cos((2 * Math.PI * at) / size));
    this.#sines = Float64Array.from({ length: size / 2 }, (_, at) => -Math.sin((2 * Math.PI * at) / size));
    this.#lobe = Math.ceil((LOBE_BINS * size) / samples);
  }

  /** Undefined when there is nothing but silence or a constant. */
  find(pcm: Int16Array): StrongestTone | undefined {
    this.#load(pcm);
    transform(this.#real, this.#imaginary, this.#cosines, this.#sines);
    const half = this.#real.length / 2;
    let best = 0;
    let bestPower = 0;
    let total = 0;
    for (let bin = 1; bin < half; bin++) {
      const power = this.#powerAt(bin);
      total += power;
      if (power <= bestPower) continue;
      best = bin;
      bestPower = power;
    }
    if (bestPower < 1) return undefined;
    let near = 0;
    for (let bin = Math.max(1, best - this.#lobe); bin <= Math.min(half - 1, best + this.#lobe); bin++)
      near += this.#powerAt(bin);
    return { hz: (this.#top(best) * this.#sampleRate) / this.#real.length, share: near / total };
  }

  /** The samples without their mean, windowed, zeros behind. */
  #load(pcm: Int16Array): void {
    const length = this.#window.length;
    let mean = 0;
    for (let at = 0; at < length; at++) mean += pcm[at] ?? 0;
    mean /= length;
    this.#real.fill(0, length);
    this.#imaginary.fill(0);
    for (let at = 0; at < length; at++) this.#real[at] = ((pcm[at] ?? 0) - mean) * (this.#window[at] ?? 0);
  }

  #powerAt(bin: number): number {
    return (this.#real[bin] ?? 0) ** 2 + (this.#imaginary[bin] ?? 0) ** 2;
  }

  /** The top of a parabola through the logarithms of a bin and its neighbours. */
  #top(bin: number): number {
    const left = Math.log(this.#powerAt(bin - 1) + 1e-9);
    const centre = Math.log(this.#powerAt(bin) + 1e-9);
    const right = Math.log(this.#powerAt(bin + 1) + 1e-9);
    const bend = left - 2 * centre + right;
    return bin + (bend < 0 ? (left - right) / (2 * bend) : 0);
  }
}
