import type { Clock } from '../../runtime/clock.ts';
import { type Sleeper, WakeHeap } from '../../runtime/wake-heap.ts';
import type { PendingWork } from './simulator-store.ts';

/** Work under way at once; what hands it over (receipts, inbound messages) gathers it into batches again. */
const MAX_RUNNING = 500;
/** Between tries of work that could not be handed over, doubling up to the maximum. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
/** About eight minutes of tries; then the work is left in storage, where a sweep finds it again. */
const MAX_TRIES = 20;

export interface ScheduledWork extends Sleeper {
  readonly work: PendingWork;
  tries: number;
  /** The inbound message of the work has been handed over, its receipts not yet. */
  inboundDone: boolean;
}

/** Pending work of this process in the order it falls due, and the one timer for it. Bounded by those who add. */
export class WorkSchedule {
  readonly #clock: Clock;
  readonly #handOver: (scheduled: ScheduledWork) => Promise<void>;
  readonly #left: () => void;
  readonly #waiting = new WakeHeap<ScheduledWork>();
  readonly #known = new Set<string>();
  #running = 0;
  #cancelTimer: (() => void) | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #stopped = false;
  #idle: PromiseWithResolvers<void> | undefined;

  /** `handOver` rejects when the work has to be tried again; `left` is called when work has gone and there is more room. */
  constructor(clock: Clock, handOver: (scheduled: ScheduledWork) => Promise<void>, left: () => void) {
    this.#clock = clock;
    this.#handOver = handOver;
    this.#left = left;
  }

  /** Waiting and running. */
  get size(): number {
    return this.#known.size;
  }

  /** Work that is here already is not added twice. */
  add(work: PendingWork): void {
    if (this.#stopped || this.#known.has(work.id)) return;
    this.#known.add(work.id);
    this.#waiting.set({ work, tries: 0, inboundDone: false, wakeAt: 0, heapIndex: -1 }, work.dueAt);
    this.#run();
  }

  /** Starts nothing more and resolves when what is under way has ended. What waits is in storage. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    if (this.#running === 0) return;
    this.#idle = Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  #run(): void {
    if (this.#stopped) return;
    const now = this.#clock.now();
    for (let next = this.#waiting.earliest; next && this.#running < MAX_RUNNING; next = this.#waiting.earliest) {
      if (next.wakeAt > now) {
        this.#setTimer(next.wakeAt, now);
        return;
      }
      this.#waiting.remove(next);
      this.#running += 1;
      void this.#try(next);
    }
  }

  async #try(scheduled: ScheduledWork): Promise<void> {
    try {
      await this.#handOver(scheduled);
      this.#known.delete(scheduled.work.id);
    } catch {
      scheduled.tries += 1;
      if (scheduled.tries >= MAX_TRIES) this.#known.delete(scheduled.work.id);
      else {
        const delay = Math.min(FIRST_RETRY_MS * 2 ** (scheduled.tries - 1), MAX_RETRY_MS);
        this.#waiting.set(scheduled, this.#clock.now() + delay);
      }
    }
    this.#running -= 1;
    if (this.#running === 0) this.#idle?.resolve();
    this.#left();
    this.#run();
  }

  #setTimer(at: number, now: number): void {
    if (this.#cancelTimer && this.#timerAt <= at) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = this.#clock.after(at - now, () => {
      this.#cancelTimer = undefined;
      this.#run();
    });
  }
}
