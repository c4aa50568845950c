/** What a WakeHeap holds: the heap keeps the index up to date so that an entry can be moved or removed in O(log n). */
export interface Sleeper {
  wakeAt: number;
  /** Place in the heap, -1 when it is not in it. Written by the heap alone. */
  heapIndex: number;
}

/** Binary heap of sleepers, earliest first. Each sleeper is in it at most once, so it is never longer than what it stands for. */
export class WakeHeap<T extends Sleeper> {
  readonly #entries: T[] = [];

  get size(): number {
    return this.#entries.length;
  }

  get earliest(): T | undefined {
    return this.#entries[0];
  }

  /** Puts the sleeper in, or moves it when it is in already. */
  set(sleeper: T, wakeAt: number): void {
    sleeper.wakeAt = wakeAt;
    if (sleeper.heapIndex < 0) {
      sleeper.heapIndex = this.#entries.length;
      this.#entries.push(sleeper);
    }
    this.#up(sleeper);
    this.#down(sleeper);
  }

  remove(sleeper: T): void {
    const index = sleeper.heapIndex;
    if (index < 0) return;
    const last = this.#entries.pop();
    sleeper.heapIndex = -1;
    if (last === undefined || last === sleeper) return;
    this.#place(last, index);
    this.#up(last);
    this.#down(last);
  }

  #place(sleeper: T, index: number): void {
    this.#entries[index] = sleeper;
    sleeper.heapIndex = index;
  }

  #up(sleeper: T): void {
    let index = sleeper.heapIndex;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#entries[above];
      if (parent === undefined || parent.wakeAt <= sleeper.wakeAt) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(sleeper, index);
  }

  #down(sleeper: T): void {
    let index = sleeper.heapIndex;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = this.#entries[leftIndex];
      if (left === undefined) break;
      const right = this.#entries[leftIndex + 1];
      const child = right !== undefined && right.wakeAt < left.wakeAt ? right : left;
      if (child.wakeAt >= sleeper.wakeAt) break;
      const childIndex = child.heapIndex;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(sleeper, index);
  }
}
