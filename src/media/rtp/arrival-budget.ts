const PERIOD_MS = 20;
/** Packets of one leg that are looked at in 20 ms: a second's worth that a network held back; the rest of a flood is dropped unread. */
export const MAX_PACKETS_A_TURN = 64;

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
    return ++this.#packets <= MAX_PACKETS_A_TURN;
  }
}
