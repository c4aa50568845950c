import type { Clock } from '../runtime/clock.ts';

/** Timers are set no finer and no coarser than this. */
const MIN_WAIT_MS = 1;
const MAX_WAIT_MS = 1_000;

/** One timer for many wishes to be woken: the earliest wins, and whoever wished for later asks again when woken. */
export class Waker {
  readonly #clock: Clock;
  readonly #wake: () => void;
  #cancel: (() => void) | undefined;
  #at = 0;

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  in(ms: number): void {
    const delay = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, ms));
    const at = this.#clock.monotonic() + delay;
    if (this.#cancel && this.#at <= at) return;
    this.#cancel?.();
    this.#at = at;
    this.#cancel = this.#clock.after(delay, () => {
      this.#cancel = undefined;
      this.#wake();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
