import type { Clock } from '../../runtime/clock.ts';
import { Status } from './statuses.ts';

interface Turn {
  readonly startedAt: number;
  readonly answer: (status: number) => void;
}

/**
 * Bounds how many incoming messages and receipts of a link are being stored at a time. When it is full the link stops reading, so
 * the SMSC waits instead of our memory growing. One whose processing does not end in time is answered with a temporary error, upon
 * which the SMSC delivers it again later.
 */
export class InboundGate {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #timeoutMs: number;
  readonly #regulate: () => void;
  /** In order of arrival, so that the first is always the oldest. */
  readonly #turns = new Set<Turn>();
  #cancelSweep: (() => void) | undefined;

  /** `regulate` is called when the gate became full or stopped being so. */
  constructor(clock: Clock, limit: number, timeoutMs: number, regulate: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#timeoutMs = timeoutMs;
    this.#regulate = regulate;
  }

  get full(): boolean {
    return this.#turns.size >= this.#limit;
  }

  get size(): number {
    return this.#turns.size;
  }

  /** `answer` is called once: with what `work` resolves with, or the temporary error when that takes too long. */
  enter(work: Promise<number>, answer: (status: number) => void): void {
    const turn: Turn = { startedAt: this.#clock.monotonic(), answer };
    this.#turns.add(turn);
    this.#cancelSweep ??= this.#clock.after(this.#timeoutMs, this.#sweep);
    if (this.full) this.#regulate();
    work.then(
      (status) => this.#leave(turn, status),
      () => this.#leave(turn, Status.temporaryAppError),
    );
  }

  #leave(turn: Turn, status: number): void {
    const wasFull = this.full;
    if (!this.#turns.delete(turn)) return; // timed out and answered before
    if (this.#turns.size === 0) {
      this.#cancelSweep?.();
      this.#cancelSweep = undefined;
    }
    turn.answer(status);
    if (wasFull) this.#regulate();
  }

  readonly #sweep = (): void => {
    this.#cancelSweep = undefined;
    const now = this.#clock.monotonic();
    for (const turn of this.#turns) {
      const due = turn.startedAt + this.#timeoutMs;
      if (due > now) {
        this.#cancelSweep = this.#clock.after(due - now, this.#sweep);
        return;
      }
      this.#leave(turn, Status.temporaryAppError);
    }
  };
}
