import { sinePeakOfDbm0 } from '../analysis/level.ts';
import type { AudioSource } from '../audio-source.ts';
import { type SampleRate, saturate } from '../pcm.ts';

/** One sine of a tone. */
export interface Sine {
  readonly hz: number;
  /** Level of this sine alone. */
  readonly dbm0: number;
}

/** A stretch of tone or, without sines, of silence. */
export interface ToneSegment {
  readonly sines: readonly Sine[];
  readonly ms: number;
}

/** Rise and fall of a tone: short beside the 40 ms that a digit has at least, long enough that no click is heard. */
const RAMP_MS = 3;

interface Oscillator {
  /** 2 cos of the phase step: next = turn * newer - older. */
  readonly turn: number;
  readonly first: number;
  newer: number;
  older: number;
}

interface Stretch {
  readonly oscillators: readonly Oscillator[];
  readonly samples: number;
}

/**
 * Plays tone segments one after the other, once or for ever. Every tone begins at a zero crossing and rises and falls smoothly.
 * A segment without end has `ms: Infinity`.
 */
export class ToneSource implements AudioSource {
  readonly #stretches: readonly Stretch[];
  readonly #rampSamples: number;
  readonly #repeat: boolean;
  #index = 0;
  #at = 0;

  constructor(sampleRate: SampleRate, segments: readonly ToneSegment[], { repeat = false } = {}) {
    this.#rampSamples = (sampleRate * RAMP_MS) / 1000;
    this.#stretches = segments
      .map(({ sines, ms }) => ({
        oscillators: sines.map(({ hz, dbm0 }) => oscillator(sampleRate, hz, sinePeakOfDbm0(dbm0))),
        samples: Math.round((sampleRate * ms) / 1000),
      }))
      .filter(({ samples }) => samples > 0);
    this.#repeat = repeat;
  }

  read(out: Int16Array): number {
    let written = 0;
    while (written < out.length) {
      const stretch = this.#stretches[this.#index];
      if (stretch === undefined) {
        out.fill(0, written);
        return written;
      }
      const count = Math.min(out.length - written, stretch.samples - this.#at);
      this.#render(stretch, out, written, count);
      written += count;
      this.#at += count;
      if (this.#at >= stretch.samples) this.#next();
    }
    return written;
  }

  #next(): void {
    this.#at = 0;
    this.#index += 1;
    if (this.#repeat && this.#index === this.#stretches.length) this.#index = 0;
  }

  #render({ oscillators, samples }: Stretch, out: Int16Array, from: number, count: number): void {
    out.fill(0, from, from + count);
    for (const wave of oscillators) {
      if (this.#at === 0) {
        wave.newer = 0;
        wave.older = -wave.first;
      }
      for (let at = 0; at < count; at++) {
        out[from + at] = saturate((out[from + at] ?? 0) + Math.round(wave.newer * this.#gain(this.#at + at, samples)));
        const next = wave.turn * wave.newer - wave.older;
        wave.older = wave.newer;
        wave.newer = next;
      }
    }
  }

  #gain(at: number, samples: number): number {
    const edge = Math.min(at, samples - 1 - at);
    if (edge >= this.#rampSamples) return 1;
    return 0.5 - 0.5 * Math.cos((Math.PI * (edge + 1)) / (this.#rampSamples + 1));
  }
}

function oscillator(sampleRate: number, hz: number, peak: number): Oscillator {
  const step = (2 * Math.PI * hz) / sampleRate;
  return { turn: 2 * Math.cos(step), first: peak * Math.sin(step), newer: 0, older: 0 };
}
