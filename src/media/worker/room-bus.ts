import { frameSamples, type SampleRate, saturate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import { AudioFrame } from './audio-frame.ts';

/** Something that sounds in a room in this turn, at both rates as far as they are wanted. */
export class Voice {
  readonly #frame: AudioFrame;
  readonly #other: Record<SampleRate, Int16Array> = { 8000: new Int16Array(0), 16000: new Int16Array(0) };
  #toOther: Resampler | undefined;
  #from: SampleRate = 8000;
  #converted = false;

  constructor(frame: AudioFrame) {
    this.#frame = frame;
  }

  /** A new turn: what was converted is stale. */
  renew(): void {
    this.#converted = false;
  }

  at(rate: SampleRate): Int16Array {
    const { sampleRate, pcm } = this.#frame;
    if (sampleRate === rate) return pcm;
    if (!this.#toOther || this.#from !== sampleRate) {
      this.#toOther = new Resampler(sampleRate, rate);
      this.#from = sampleRate;
      this.#other[rate] = new Int16Array(frameSamples(rate));
      this.#converted = false;
    }
    const converted = this.#other[rate];
    if (!this.#converted) this.#toOther.process(pcm, converted);
    this.#converted = true;
    return converted;
  }
}

/** A sum of voices at one rate, and what is made of it. */
export class RoomBus {
  readonly sampleRate: SampleRate;
  /** The whole sum: for those who say nothing in it, and for recordings. */
  readonly everything = new AudioFrame();
  /** How many voices are in the sum. */
  voices = 0;
  readonly #less = new AudioFrame();
  readonly #sum: Int32Array;

  constructor(sampleRate: SampleRate) {
    this.sampleRate = sampleRate;
    this.#sum = new Int32Array(frameSamples(sampleRate));
    this.everything.sampleRate = sampleRate;
    this.#less.sampleRate = sampleRate;
    this.#less.hasPcm = true;
  }

  clear(): void {
    this.#sum.fill(0);
    this.voices = 0;
  }

  /** Begins with the sum of another bus of the same rate. */
  begin(other: RoomBus): void {
    this.#sum.set(other.#sum);
    this.voices = other.voices;
  }

  add(voice: Voice): void {
    const pcm = voice.at(this.sampleRate);
    const sum = this.#sum;
    for (let at = 0; at < sum.length; at++) sum[at] = (sum[at] ?? 0) + (pcm[at] ?? 0);
    this.voices++;
  }

  /** Held at the limits once, after the sum: what one member is without must be taken from the exact sum. */
  finish(): void {
    const sum = this.#sum;
    const { pcm } = this.everything;
    for (let at = 0; at < sum.length; at++) pcm[at] = saturate(sum[at] ?? 0);
    this.everything.hasPcm = this.voices > 0;
  }

  /** The sum without one of its voices. Valid until the next call. */
  without(voice: Voice): AudioFrame {
    const own = voice.at(this.sampleRate);
    const sum = this.#sum;
    const { pcm } = this.#less;
    for (let at = 0; at < sum.length; at++) pcm[at] = saturate((sum[at] ?? 0) - (own[at] ?? 0));
    return this.#less;
  }
}
