import type { AudioSource } from '../audio-source.ts';
import type { SampleRate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';

/** PCM in memory as a source; gives silence after its end. */
export class ClipSource implements AudioSource {
  readonly #pcm: Int16Array;
  #at = 0;

  constructor(pcm: Int16Array) {
    this.#pcm = pcm;
  }

  read(out: Int16Array): number {
    const count = Math.min(out.length, this.#pcm.length - this.#at);
    for (let index = 0; index < count; index++) out[index] = this.#pcm[this.#at + index] ?? 0;
    out.fill(0, count);
    this.#at += count;
    return count;
  }
}

/** Another source at the other of the two rates, in frames of 20 ms. */
export class ResampledSource implements AudioSource {
  readonly #source: AudioSource;
  readonly #resampler: Resampler;
  readonly #from: SampleRate;
  readonly #to: SampleRate;
  #input = new Int16Array(0);

  constructor(source: AudioSource, from: SampleRate, to: SampleRate) {
    this.#source = source;
    this.#from = from;
    this.#to = to;
    this.#resampler = new Resampler(from, to);
  }

  read(out: Int16Array): number {
    const wanted = (out.length * this.#from) / this.#to;
    if (this.#input.length !== wanted) this.#input = new Int16Array(wanted);
    const count = this.#source.read(this.#input);
    this.#resampler.process(this.#input, out);
    return Math.ceil((count * this.#to) / this.#from);
  }
}
