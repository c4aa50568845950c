/** Width of a bucket, milliseconds: a hundredth of a tick is finer than anything it decides. */
const BUCKET_MS = 0.25;
/** 50 ms in buckets; the last one holds all that is later, when the sound is broken anyway. */
const BUCKETS = 200;

/** Counts how late packets left against their grid. Fixed memory, nothing is allocated by `add`. */
export class LatenessHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(ms: number): void {
    const bucket = ms <= 0 ? 0 : ms >= BUCKET_MS * BUCKETS ? BUCKETS - 1 : (ms / BUCKET_MS) | 0;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  /** Upper edge of the bucket in which the share `quantile` (0-1) of all values is reached; 0 without values. */
  quantile(quantile: number): number {
    if (this.#total === 0) return 0;
    const wanted = Math.ceil(this.#total * quantile);
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= wanted) return (bucket + 1) * BUCKET_MS;
    }
    return BUCKETS * BUCKET_MS;
  }
}
