import type { Clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';

export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/** Runs chores over and over, each at its own pace and never twice at a time. A failed one is logged and tried again next time. */
export class Maintenance {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #cancels = new Map<string, () => void>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  start(chores: readonly Chore[]): void {
    for (const chore of chores) this.#later(chore);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels.values()) cancel();
    await Promise.all(this.#running);
  }

  #later(chore: Chore): void {
    if (this.#stopped) return;
    this.#cancels.set(
      chore.name,
      this.#clock.after(chore.everyMs, () => {
        const run = this.#run(chore).finally(() => {
          this.#running.delete(run);
          this.#later(chore);
        });
        this.#running.add(run);
      }),
    );
  }

  async #run(chore: Chore): Promise<void> {
    try {
      await chore.run();
    } catch (error) {
      this.#log.warn({ err: error, chore: chore.name }, 'chore failed, it is tried again');
    }
  }
}
