import type { Codec } from '../codecs/codec.ts';
import type { SampleRate } from '../pcm.ts';

/** Samples of 20 ms at the higher of the two rates. */
export const MAX_FRAME_SAMPLES = 320;

/** Octets of 20 ms in the codec whose payloads are passed on, G.722. */
export const PASSED_BYTES = 160;

/** 20 ms that came from a far end; written anew every turn. It has the payload, the PCM or both. */
export class AudioFrame {
  codec: Codec | undefined;
  sampleRate: SampleRate = 8000;
  hasPayload = false;
  hasPcm = false;
  readonly payload = new Uint8Array(PASSED_BYTES);
  readonly narrow: Int16Array;
  readonly wide: Int16Array;
  /** The octets of `wide`, and with half of the length those of `narrow`. */
  readonly bytes: Uint8Array;
  /** Digit that the far end presses during these 20 ms (it sends no audio then), or ''. */
  digit = '';

  constructor() {
    this.wide = new Int16Array(MAX_FRAME_SAMPLES);
    this.narrow = this.wide.subarray(0, MAX_FRAME_SAMPLES / 2);
    this.bytes = new Uint8Array(this.wide.buffer);
  }

  /** The samples at the present rate. */
  get pcm(): Int16Array {
    return this.sampleRate === 8000 ? this.narrow : this.wide;
  }

  clear(): void {
    this.hasPayload = false;
    this.hasPcm = false;
    this.digit = '';
  }
}
