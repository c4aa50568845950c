import { HEADER_LENGTH } from './pdu.ts';

/** Larger than any PDU with a full message_payload of 64,000 octets that SMSCs send; bounds what one peer can make us hold. */
export const MAX_PDU_LENGTH = 65_536;

/** Told of each complete PDU: `buffer[start, end)`, at least 16 octets. The buffer is not written to afterwards. */
export type FrameListener = (buffer: Buffer, start: number, end: number) => void;

/**
 * Cuts a TCP stream into PDUs by command_length (SMPP 3.4 §3.2). PDUs that lie whole in a chunk are handed on in place; only one
 * that straddles chunks is copied, once, into a buffer of its own length. A length outside 16..limit cannot be resynchronised
 * from: `broken` is set and everything after it is dropped.
 */
export class Framer {
  broken = false;
  /** The impossible command_length, for the log. */
  brokenLength = 0;
  #paused = false;
  #running = false;
  readonly #limit: number;
  readonly #frame: FrameListener;
  /** Chunks that wait while paused; a paused socket delivers at most what was read already. */
  #waiting: Buffer[] = [];
  #waitingAt = 0;
  /** The PDU under assembly: its first octets, and how many there are. While the length is unknown it is a header's size. */
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(limit: number, frame: FrameListener) {
    this.#limit = limit;
    this.#frame = frame;
  }

  push(chunk: Buffer): void {
    if (this.broken || chunk.length === 0) return;
    this.#waiting.push(chunk);
    this.#run();
  }

  /** May be called from within the listener: the rest of the chunk then waits. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** Octets held: chunks waiting and the PDU under assembly. */
  get held(): number {
    let octets = this.#filled - this.#waitingAt;
    for (const chunk of this.#waiting) octets += chunk.length;
    return octets;
  }

  #run(): void {
    if (this.#running) return; // the listener resumed us from within
    this.#running = true;
    while (!this.#paused && !this.broken) {
      const chunk = this.#waiting[0];
      if (chunk === undefined) break;
      const at = this.#partial === undefined ? this.#whole(chunk, this.#waitingAt) : this.#fill(chunk, this.#waitingAt);
      if (at >= chunk.length) {
        this.#waiting.shift();
        this.#waitingAt = 0;
      } else {
        this.#waitingAt = at;
      }
    }
    this.#running = false;
    if (this.broken) {
      this.#waiting = [];
      this.#waitingAt = 0;
      this.#partial = undefined;
      this.#filled = 0;
    }
  }

  /** Hands on PDUs lying whole in the chunk; begins a partial one with the rest. Returns where reading goes on. */
  #whole(chunk: Buffer, from: number): number {
    let at = from;
    while (!this.#paused) {
      const left = chunk.length - at;
      if (left < HEADER_LENGTH) {
        if (left > 0) this.#begin(HEADER_LENGTH, chunk, at);
        return chunk.length;
      }
      const length = chunk.readUInt32BE(at);
      if (!this.#possible(length)) return chunk.length;
      if (length > left) {
        this.#begin(length, chunk, at);
        return chunk.length;
      }
      at += length;
      this.#frame(chunk, at - length, at);
    }
    return at;
  }

  #begin(size: number, chunk: Buffer, at: number): void {
    this.#partial = Buffer.allocUnsafeSlow(size);
    this.#filled = chunk.copy(this.#partial, 0, at);
  }

  #fill(chunk: Buffer, from: number): number {
    const partial = this.#partial;
    if (partial === undefined) return from;
    const copied = chunk.copy(partial, this.#filled, from);
    this.#filled += copied;
    const at = from + copied;
    if (this.#filled < partial.length) return at;
    const length = partial.readUInt32BE(0);
    if (!this.#possible(length)) return chunk.length;
    if (length > partial.length) {
      // Only the header had arrived: from here on the whole length is known.
      const whole = Buffer.allocUnsafeSlow(length);
      partial.copy(whole, 0);
      this.#partial = whole;
      return at;
    }
    this.#partial = undefined;
    this.#filled = 0;
    this.#frame(partial, 0, length);
    return at;
  }

  #possible(length: number): boolean {
    if (length >= HEADER_LENGTH && length <= this.#limit) return true;
    this.broken = true;
    this.brokenLength = length;
    return false;
  }
}
