import type { Clock } from './clock.ts';

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly loadedAt: number;
}

/**
 * Values of storage held in memory for a short time: what this node changes is forgotten at once by `invalidate`, what another
 * node changes is seen after `freshMs` at the latest. Absent values are remembered too. Holds at most `capacity` entries, the
 * oldest load goes first; several askers of one key share one load.
 */
export class FreshCache<Value> {
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #capacity: number;
  readonly #load: (key: string) => Promise<Value>;
  readonly #entries = new Map<string, Entry<Value>>();

  constructor(clock: Clock, options: { freshMs: number; capacity: number }, load: (key: string) => Promise<Value>) {
    this.#clock = clock;
    this.#freshMs = options.freshMs;
    this.#capacity = options.capacity;
    this.#load = load;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Promise<Value> {
    const cached = this.#entries.get(key);
    if (cached && this.#clock.monotonic() - cached.loadedAt < this.#freshMs) return cached.value;
    const entry: Entry<Value> = { value: this.#load(key), loadedAt: this.#clock.monotonic() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#capacity) this.#dropOldest();
    // A failed load is not remembered: the next asker tries again.
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  invalidate(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  #dropOldest(): void {
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
