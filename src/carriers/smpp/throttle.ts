import type { Clock } from '../../runtime/clock.ts';

/** First pause after ESME_RTHROTTLED: longer than a round trip, short enough that an SMSC counting per second is met again soon. */
const FIRST_PAUSE_MS = 250;
/** Longest pause: an SMSC that is full for minutes is asked twice a minute. */
const LONGEST_PAUSE_MS = 30_000;

/**
 * Back-off of one link while its SMSC answers "slow down". Pauses double while it goes on and begin anew after a success; after a
 * pause one submit goes first, and only its success opens the whole window again.
 */
export class ThrottleBackoff {
  readonly #clock: Clock;
  readonly #over: () => void;
  #pauseMs = 0;
  #until = 0;
  #cancel: (() => void) | undefined;

  /** `over` is called when a pause ends. */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** Milliseconds left of the pause, 0 when submits may go. */
  remainingMs(): number {
    return this.#pauseMs === 0 ? 0 : Math.max(0, this.#until - this.#clock.monotonic());
  }

  /** The pause is over and nobody knows yet whether the SMSC takes messages again. */
  get probing(): boolean {
    return this.#pauseMs > 0;
  }

  /** A submit written at `writtenAt` (monotonic) was throttled. Those of one full window count once. Returns the pause left. */
  throttled(writtenAt: number): number {
    const now = this.#clock.monotonic();
    if (this.#pauseMs === 0 || writtenAt >= this.#until) {
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs === 0 ? FIRST_PAUSE_MS : this.#pauseMs * 2);
      this.#until = now + this.#pauseMs;
      this.#cancel?.();
      this.#cancel = this.#clock.after(this.#pauseMs, this.#over);
    }
    return Math.max(1, Math.ceil(this.#until - now));
  }

  /** A submit written at `writtenAt` was taken. One from before the pause says nothing about after it. */
  succeeded(writtenAt: number): void {
    if (this.#pauseMs > 0 && writtenAt >= this.#until) this.reset();
  }

  reset(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pauseMs = 0;
    this.#until = 0;
  }
}
