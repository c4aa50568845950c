/**
 * Frames from one thread to another without a message each: a ring of slots of fixed size in shared memory, one producer, one
 * consumer. The positions only grow (modulo 2^32); Atomics order them against the data.
 *
 * A slot: 32-bit tag, 32-bit length in octets, then the data.
 */

const POSITIONS_BYTES = 8;
const SLOT_HEADER_BYTES = 8;
const WRITTEN = 0;
const READ = 1;

/** @returns memory for `slots` (a power of two, so that positions may wrap) frames of at most `bytes` octets (a multiple of 8) */
export function allocateFrameRing(slots: number, bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(POSITIONS_BYTES + slots * (SLOT_HEADER_BYTES + bytes));
}

export class FrameRing {
  readonly #positions: Uint32Array;
  readonly #headers: Uint32Array;
  readonly #data: Uint8Array;
  readonly #slots: number;
  readonly #bytes: number;

  constructor(memory: SharedArrayBuffer, slots: number) {
    this.#slots = slots;
    this.#bytes = (memory.byteLength - POSITIONS_BYTES) / slots - SLOT_HEADER_BYTES;
    this.#positions = new Uint32Array(memory, 0, 2);
    this.#headers = new Uint32Array(memory, POSITIONS_BYTES, slots * 2);
    this.#data = new Uint8Array(memory, POSITIONS_BYTES + slots * SLOT_HEADER_BYTES);
  }

  /** Frames waiting. */
  get filled(): number {
    return (Atomics.load(this.#positions, WRITTEN) - Atomics.load(this.#positions, READ)) >>> 0;
  }

  /** @returns false when the ring is full: the frame is lost */
  push(tag: number, data: Uint8Array, length: number): boolean {
    if (this.filled >= this.#slots) return false;
    const written = Atomics.load(this.#positions, WRITTEN);
    const slot = written % this.#slots;
    this.#headers[slot * 2] = tag;
    this.#headers[slot * 2 + 1] = length;
    const start = slot * this.#bytes;
    for (let index = 0; index < length; index++) this.#data[start + index] = data[index] ?? 0;
    Atomics.store(this.#positions, WRITTEN, written + 1);
    return true;
  }

  /** Copies the oldest frame into `into`. @returns its length, or -1 when none waits. Its tag is in `lastTag`. */
  pop(into: Uint8Array): number {
    if (this.filled === 0) return -1;
    const read = Atomics.load(this.#positions, READ);
    const slot = read % this.#slots;
    this.lastTag = this.#headers[slot * 2] ?? 0;
    const length = this.#headers[slot * 2 + 1] ?? 0;
    const start = slot * this.#bytes;
    for (let index = 0; index < length; index++) into[index] = this.#data[start + index] ?? 0;
    Atomics.store(this.#positions, READ, read + 1);
    return length;
  }

  lastTag = 0;
}
