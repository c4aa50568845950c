import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';

/** First wait after a lost connection; with jitter 125-250 ms, so that a restarted SMSC is back in use at once. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** After a wrong password or unknown host: SMSCs lock accounts that hammer, yet an operator's fix should need no restart here. */
const HOPELESS_MS = 60_000;

/** Waits between attempts to connect: exponential with jitter between half and all of it, so that many binds do not march in step. */
export class Redial {
  readonly #clock: Clock;
  readonly #random: Random;
  #attempts = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Runs `dial` after the wait and returns the wait in milliseconds. */
  plan(hopeless: boolean, dial: () => void): number {
    const full = hopeless ? HOPELESS_MS : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#attempts, MOST_DOUBLINGS));
    const waitMs = Math.round(full * (0.5 + this.#random.fraction() / 2));
    this.#attempts++;
    this.#cancel = this.#clock.after(waitMs, dial);
    return waitMs;
  }

  /** The last connection was a good one: the next wait is the shortest. */
  reset(): void {
    this.#attempts = 0;
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/** Beyond it the longest wait is reached many times over. */
const MOST_DOUBLINGS = 16;
