import type { SampleRate } from '../pcm.ts';

/**
 * Finds out in a few milliseconds of audio whether it is one single sine, and of what frequency, without knowing where to look:
 * for a sine, x[n-d] + x[n+d] = 2 cos(d w) x[n] at every sample. The best fitting cosine gives the frequency, what is left over
 * the purity. Two tones not far apart fit as well as one between them, which therefore is compared with the signal itself.
 */
export class SingleTone {
  /** Frequency of the best fitting sine, Hz. */
  hz = 0;
  /** Share of the signal that is not that sine: near 0 for a pure tone, a third and more for speech. */
  residue = 1;
  /** Share of that sine in the power of the signal: near 1 for a tone, near 0 for two tones with `hz` between them. */
  share = 0;
  /** Mean of the absolute samples. */
  meanAbsolute = 0;
  readonly #sampleRate: SampleRate;
  /** Distance of the samples compared: the same time at both rates, so that low frequencies are told apart as well at 16 kHz. */
  readonly #distance: number;

  constructor(sampleRate: SampleRate) {
    this.#sampleRate = sampleRate;
    this.#distance = sampleRate / 8000;
  }

  measure(pcm: Int16Array, offset: number, length: number): void {
    const distance = this.#distance;
    let absolute = 0;
    let squares = 0;
    let products = 0;
    let sums = 0;
    for (let at = offset; at < offset + length; at++) absolute += Math.abs(pcm[at] ?? 0);
    for (let at = offset + distance; at < offset + length - distance; at++) {
      const sample = pcm[at] ?? 0;
      const sum = (pcm[at - distance] ?? 0) + (pcm[at + distance] ?? 0);
      squares += sample * sample;
      products += sample * sum;
      sums += sum * sum;
    }
    this.meanAbsolute = absolute / Math.max(1, length);
    // Total least squares, as noise is in both: plain ones would measure 360 Hz with noise 15 dB down as 470. The sum of two samples
    // has twice the noise of one, hence the halves.
    const difference = sums / 2 - squares;
    const root = Math.sqrt(difference * difference + 2 * products * products);
    const slope = products === 0 ? 0 : (difference + root) / products;
    this.hz = (Math.acos(Math.max(-1, Math.min(1, slope / 2))) * this.#sampleRate) / (2 * Math.PI * distance);
    const whole = sums / 2 + squares;
    this.residue = whole === 0 ? 1 : (whole - root) / (2 * whole);
    this.share = this.#measureShare(pcm, offset, length);
  }

  #measureShare(pcm: Int16Array, offset: number, length: number): number {
    const step = (2 * Math.PI * this.hz) / this.#sampleRate;
    const turn = 2 * Math.cos(step);
    let newer = 0;
    let older = 0;
    let total = 0;
    for (let at = offset; at < offset + length; at++) {
      const sample = pcm[at] ?? 0;
      const next = sample + turn * newer - older;
      older = newer;
      newer = next;
      total += sample * sample;
    }
    return total === 0 ? 0 : (2 * (newer * newer + older * older - turn * newer * older)) / (length * total);
  }
}
