import type { Clock } from '../runtime/clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Refilling in fractions leaves a token a rounding error short. */
const EPSILON = 1e-6;
/** Buckets kept; a full one says nothing that a new one would not, so those are dropped when there are this many. */
const MAX_BUCKETS = 10_000;

/** Calls per second by account: as many at once as a second allows, then at its rate. A rate of 0 is no limit. */
export class CallPace {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one call's place when there is one. `rate` in calls per second. */
  take(accountId: string, rate: number): boolean {
    if (rate === 0) return true;
    const bucket = this.#refilled(accountId, rate);
    if (bucket.tokens < 1 - EPSILON) return false;
    bucket.tokens -= 1;
    return true;
  }

  /** Places there are now. */
  available(accountId: string, rate: number): number {
    return rate === 0 ? Number.POSITIVE_INFINITY : Math.floor(this.#refilled(accountId, rate).tokens + EPSILON);
  }

  /** Milliseconds until there is a place; 0 = now. */
  waitMs(accountId: string, rate: number): number {
    if (rate === 0) return 0;
    const { tokens } = this.#refilled(accountId, rate);
    return tokens >= 1 - EPSILON ? 0 : Math.ceil(((1 - tokens) * 1000) / rate);
  }

  #refilled(accountId: string, rate: number): Bucket {
    const now = this.#clock.monotonic();
    const capacity = Math.max(1, rate);
    let bucket = this.#buckets.get(accountId);
    if (!bucket) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#forgetFull(now, capacity);
      bucket = { tokens: capacity, at: now };
      this.#buckets.set(accountId, bucket);
    }
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.at) * rate) / 1000);
    bucket.at = now;
    return bucket;
  }

  /** A bucket that was not touched for a second is full again. */
  #forgetFull(now: number, capacity: number): void {
    for (const [accountId, bucket] of this.#buckets) {
      if (now - bucket.at >= 1000 || bucket.tokens >= capacity) this.#buckets.delete(accountId);
    }
  }
}
