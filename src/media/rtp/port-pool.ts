import type { Clock } from '../../runtime/clock.ts';

/** Thrown when no port pair of the range is free. */
export class NoFreePorts extends Error {
  override readonly name = 'NoFreePorts';
}

/** Pairs are not given out again for this long, so that late packets of an ended call do not reach the next one. */
export const REUSE_DELAY_MS = 1_000;

/**
 * The RTP/RTCP port pairs of a range: RTP even, RTCP the odd one above (RFC 3550 §11). A queue, so taking and giving back cost
 * the same however full it is, and a pair rests as long as possible.
 */
export class PortPool {
  readonly #clock: Clock;
  /** RTP ports in the order in which they come free, a ring. */
  readonly #ports: Uint16Array;
  readonly #freeAt: Float64Array;
  #head = 0;
  #free: number;

  /** @param range first and last UDP port, both included. @throws RangeError when it holds no pair */
  constructor(range: { readonly from: number; readonly to: number }, clock: Clock, startAt = 0) {
    const first = range.from + (range.from % 2);
    const pairs = Math.floor((range.to - first + 1) / 2);
    if (pairs < 1 || range.from < 1 || range.to > 65_535) throw new RangeError(`no RTP port pair in ${range.from}-${range.to}`);
    this.#clock = clock;
    this.#ports = Uint16Array.from({ length: pairs }, (_, index) => first + ((index + startAt) % pairs) * 2);
    this.#freeAt = new Float64Array(pairs);
    this.#free = pairs;
  }

  /** Pairs that are given out. */
  get taken(): number {
    return this.#ports.length - this.#free;
  }

  /** Pairs of the whole range. */
  get size(): number {
    return this.#ports.length;
  }

  /** @throws NoFreePorts */
  take(): number {
    const at = this.#head;
    if (this.#free === 0) throw new NoFreePorts(`all ${this.#ports.length} RTP port pairs are in use`);
    if ((this.#freeAt[at] ?? 0) > this.#clock.monotonic()) {
      throw new NoFreePorts(`all ${this.#ports.length} RTP port pairs are in use or rest after a call`);
    }
    this.#head = (at + 1) % this.#ports.length;
    this.#free--;
    return this.#ports[at] ?? 0;
  }

  /** Gives a pair back: to the end of the queue, also when it could not be bound because another program has it. */
  giveBack(port: number): void {
    const at = (this.#head + this.#free) % this.#ports.length;
    this.#ports[at] = port;
    this.#freeAt[at] = this.#clock.monotonic() + REUSE_DELAY_MS;
    this.#free++;
  }
}
