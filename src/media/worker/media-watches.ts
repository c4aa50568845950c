interface Watch {
  readonly id: number;
  readonly ms: number;
  sinceMs: number;
}

/** Who wants to hear that nothing valid has arrived for some time. Monotonic milliseconds. */
export class MediaWatches {
  readonly #watches: Watch[] = [];

  get isEmpty(): boolean {
    return this.#watches.length === 0;
  }

  add(id: number, ms: number, now: number): void {
    this.#watches.push({ id, ms, sinceMs: now });
  }

  remove(id: number): void {
    const index = this.#watches.findIndex((watch) => watch.id === id);
    if (index >= 0) this.#watches.splice(index, 1);
  }

  /** Time counts from now. */
  restart(now: number): void {
    for (const watch of this.#watches) watch.sinceMs = now;
  }

  /** Tells of those whose time is over since the last valid packet, and counts anew for them. */
  check(now: number, lastValidMs: number, timedOut: (id: number) => void): void {
    for (const watch of this.#watches) {
      if (now - Math.max(watch.sinceMs, lastValidMs) < watch.ms) continue;
      watch.sinceMs = now;
      timedOut(watch.id);
    }
  }
}
