/** As long as a turn of a leg, which looks at so many packets in it (worker/leg.ts). */
const PERIOD_MS = 20;
const MAX_PACKETS = 64;

/** How many packets are checked for being the peer's: a flood costs no more than that, wherever it comes from. */
export class ArrivalBudget {
  readonly #now: () => number;
  #fromMs = 0;
  #packets = 0;

  /** `now` is monotonic, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether one more is within it. */
  take(): boolean {
    const now = this.#now();
    if (now - this.#fromMs >= PERIOD_MS) {
      this.#fromMs = now;
      this.#packets = 0;
    }
    return ++this.#packets <= MAX_PACKETS;
  }
}
