import type { Clock } from '../runtime/clock.ts';

/**
 * A clock that knows its own running timers: so that a stack can show it has none left, and stop those it has. What a task throws
 * goes to `onError`.
 */
export class TrackedClock implements Clock {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<() => void>();

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
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
      try {
        task();
      } catch (error) {
        this.#onError(error);
      }
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
