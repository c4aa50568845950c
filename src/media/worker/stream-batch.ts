import type { StreamTrack } from '../stream-audio.ts';
import type { MediaEvent, TappedFrame } from './protocol.ts';

/**
 * Batches that may be on their way to the main thread. A worker makes at most 500 in a second, so a main thread that stands still for
 * longer than some two seconds loses audio of streams instead of memory.
 */
export const MAX_BATCHES_UNDER_WAY = 1_024;
/** Word of the shared counters that holds how many batches are under way. */
export const BATCHES_WORD = 1;
const FIRST_BYTES = 16_384;

/** Frames of all taps of a worker, sent to the main thread together once a slot. */
export class StreamBatch {
  readonly #counters: Int32Array;
  readonly #tell: (event: MediaEvent, transfer: readonly ArrayBuffer[]) => void;
  #frames: TappedFrame[] = [];
  #audio = new Uint8Array(FIRST_BYTES);
  #length = 0;

  constructor(counters: Int32Array, tell: (event: MediaEvent, transfer: readonly ArrayBuffer[]) => void) {
    this.#counters = counters;
    this.#tell = tell;
  }

  add(leg: number, tap: number, track: StreamTrack, bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#audio.length) {
      const larger = new Uint8Array(this.#audio.length * 2);
      larger.set(this.#audio);
      this.#audio = larger;
    }
    this.#audio.set(bytes, this.#length);
    this.#frames.push({ leg, tap, track, start: this.#length, length: bytes.length });
    this.#length += bytes.length;
  }

  flush(): void {
    if (this.#frames.length === 0) return;
    if (Atomics.load(this.#counters, BATCHES_WORD) < MAX_BATCHES_UNDER_WAY) {
      Atomics.add(this.#counters, BATCHES_WORD, 1);
      const audio = this.#audio.slice(0, this.#length).buffer;
      this.#tell({ is: 'tapped', frames: this.#frames, audio }, [audio]);
    }
    this.#frames = [];
    this.#length = 0;
  }
}
