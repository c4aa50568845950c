import type { Clock } from '../src/runtime/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  /** Undefined once it has fired or been cancelled. */
  task: (() => void) | undefined;
}

/**
 * A clock that stands still until `advance` moves it. Timers fire in time order, ties in the order they were set; promises
 * that a fired timer settles get to run before the next timer fires.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap, soonest first: a test of thousands of calls sets and cancels timers by the hundred thousand. */
  #timers: Timer[] = [];
  #pending = 0;

  constructor(startMs = Date.UTC(2026, 0, 12, 9, 14, 2)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, task: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, ms), order: this.#order++, task };
    this.#insert(timer);
    this.#pending++;
    return () => {
      if (timer.task === undefined) return;
      timer.task = undefined;
      this.#pending--;
      if (this.#timers.length > 2 * this.#pending + SPARE_ENTRIES) this.#rebuild();
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Timers that have been set and neither fired nor cancelled: a leak check at the end of a test expects 0. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves time forward by `ms`, firing what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers[0];
      if (due === undefined || due.at > end) break;
      this.#removeFirst();
      const { task } = due;
      if (task === undefined) continue;
      due.task = undefined;
      this.#pending--;
      this.#now = Math.max(this.#now, due.at);
      task();
      await settle();
    }
    this.#now = end;
  }

  #insert(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isSooner(timer, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #removeFirst(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const leftChild = heap[left];
      const rightChild = heap[left + 1];
      if (leftChild === undefined) break;
      const [child, below] =
        rightChild !== undefined && isSooner(rightChild, leftChild) ? [rightChild, left + 1] : [leftChild, left];
      if (!isSooner(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
  }

  /** Drops what was cancelled; an array in order is a heap. */
  #rebuild(): void {
    this.#timers = this.#timers.filter((timer) => timer.task !== undefined).sort((a, b) => (isSooner(a, b) ? -1 : 1));
  }
}

/** Cancelled timers that may stay in the heap besides as many as there are live ones. */
const SPARE_ENTRIES = 64;

function isSooner(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Lets promise continuations run: real I/O is not awaited, only microtasks and immediates already queued. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
