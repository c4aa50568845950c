/** RFC 3711 §3.3.2 asks for 64 at least: packets of one stream overtake each other by a few, not by two seconds. */
const WINDOW = 128;

/** Which packets of a stream have come: each index is taken once, and none that is too old to tell (RFC 3711 §3.3.2). */
export class ReplayWindow {
  #highest = -1;
  /** By the index modulo the window: the last index that came there. */
  readonly #seen = new Float64Array(WINDOW).fill(-1);

  /** Whether a packet of this index has not come yet. */
  admits(index: number): boolean {
    return index > this.#highest - WINDOW && this.#seen[index % WINDOW] !== index;
  }

  /** The packet has come, and is the sender's. */
  add(index: number): void {
    this.#seen[index % WINDOW] = index;
    if (index > this.#highest) this.#highest = index;
  }
}
