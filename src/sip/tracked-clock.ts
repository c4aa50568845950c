import type { Clock } from '../runtime/clock.ts';

/** A clock that knows its own running timers: so that a stack can show it has none left, and stop those it has. */
export class TrackedClock implements Clock {
  readonly #clock: Clock;
  readonly #running = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get pending(): number {
    return this.#running.size;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, task: () => void): () => void {
    const stop = () => {
      if (this.#running.delete(stop)) cancel();
    };
    const cancel = this.#clock.after(ms, () => {
      this.#running.delete(stop);
      task();
    });
    this.#running.add(stop);
    return stop;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal);
  }

  cancelAll(): void {
    for (const stop of [...this.#running]) stop();
  }
}
