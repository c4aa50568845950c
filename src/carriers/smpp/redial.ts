import type { Random } from '../../runtime/random.ts';

/** First wait after a lost connection; with jitter 125-250 ms, so that a restarted SMSC is back in use at once. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** After a wrong password or unknown host: SMSCs lock accounts that hammer, yet an operator's fix should need no restart here. */
const HOPELESS_MS = 60_000;

/** Waits between attempts to connect: exponential with jitter between half and all of it, so that many binds do not march in step. */
export class RedialBackoff {
  readonly #random: Random;
  #attempts = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(hopeless: boolean): number {
    const full = hopeless ? HOPELESS_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#attempts, 16));
    this.#attempts++;
    return Math.round(full * (0.5 + this.#random.fraction() / 2));
  }

  reset(): void {
    this.#attempts = 0;
  }
}
