import { encodeMulaw } from '../codecs/g711.ts';
import { type NoiseSuppressor, noiseSuppression } from '../noise/noise-suppressor.ts';
import { Resampler } from '../resampling/resampler.ts';
import type { StreamTrack, TapOptions } from '../stream-audio.ts';
import { TURN_MS } from './slot-wheel.ts';

type Emit = (track: StreamTrack, bytes: Uint8Array) => void;

/** Takes the tracks of a leg, turn by turn, in the encoding that was asked for. */
export class StreamTap {
  readonly id: number;
  readonly wantsInbound: boolean;
  readonly wantsOutbound: boolean;
  readonly #inbound: TrackEncoder;
  readonly #outbound: TrackEncoder;
  readonly #noiseLevel: number | undefined;
  /** Of one rate: made anew when the leg goes on at another. */
  #suppressor: { readonly pcm: Int16Array; readonly engine: NoiseSuppressor } | undefined;

  constructor(id: number, options: TapOptions) {
    this.id = id;
    this.wantsInbound = options.tracks.includes('inbound');
    this.wantsOutbound = options.tracks.includes('outbound');
    this.#inbound = new TrackEncoder(options);
    this.#outbound = new TrackEncoder(options);
    this.#noiseLevel = options.noiseLevel;
  }

  /** Frames of 20 ms at the leg's rate; `said` is undefined when nothing is received, which is silence. */
  take(said: Int16Array | undefined, heard: Int16Array, emit: Emit): void {
    if (this.wantsInbound) {
      const clean = said && this.#noiseLevel !== undefined ? this.#suppress(said, this.#noiseLevel) : said;
      emit('inbound', this.#inbound.encode(clean, heard.length));
    }
    if (this.wantsOutbound) emit('outbound', this.#outbound.encode(heard, heard.length));
  }

  /** On a copy: recordings and the bridged party hear the line as it is. */
  #suppress(said: Int16Array, level: number): Int16Array {
    if (this.#suppressor?.pcm.length !== said.length) {
      const engine = noiseSuppression.create((said.length * 1_000) / TURN_MS, level);
      this.#suppressor = { pcm: new Int16Array(said.length), engine };
    }
    const { pcm, engine } = this.#suppressor;
    pcm.set(said);
    engine.process(pcm);
    return pcm;
  }
}

/** One track: resampled and encoded into a buffer that is written anew every turn. */
class TrackEncoder {
  readonly #rate: number;
  readonly #mulaw: boolean;
  readonly #pcm: Int16Array;
  readonly #bytes: Uint8Array;
  #silence = new Int16Array(0);
  #resampler: Resampler | undefined;
  #resampledFrom = 0;

  constructor({ sampleRate, encoding }: TapOptions) {
    const samples = (sampleRate * TURN_MS) / 1_000;
    this.#rate = sampleRate;
    this.#mulaw = encoding === 'mulaw';
    this.#pcm = new Int16Array(samples);
    this.#bytes = new Uint8Array(samples * (this.#mulaw ? 1 : 2));
  }

  encode(frame: Int16Array | undefined, samples: number): Uint8Array {
    if (!frame && this.#silence.length !== samples) this.#silence = new Int16Array(samples);
    const pcm = this.#atRate(frame ?? this.#silence);
    if (this.#mulaw) encodeMulaw(pcm, this.#bytes, 0);
    else {
      for (let index = 0; index < pcm.length; index++) {
        const sample = pcm[index] ?? 0;
        this.#bytes[2 * index] = sample & 0xff;
        this.#bytes[2 * index + 1] = (sample >> 8) & 0xff;
      }
    }
    return this.#bytes;
  }

  #atRate(frame: Int16Array): Int16Array {
    if (frame.length === this.#pcm.length) return frame;
    const from = (frame.length * 1_000) / TURN_MS;
    if (this.#resampledFrom !== from) {
      this.#resampler = new Resampler(from, this.#rate);
      this.#resampledFrom = from;
    }
    // The rates are 8, 16 and 24 kHz, of which every frame gives a whole frame.
    this.#resampler?.process(frame, this.#pcm);
    return this.#pcm;
  }
}
