/**
 * Token bucket for rates of messages and submits: `ratePerSecond` tokens a second, fractions allowed (one message in four seconds is
 * 0.25), at most `burst` saved up. Kept as the generic cell rate algorithm (ITU-T I.371): one number, the time at which the bucket
 * would be full, so there is no timer and nothing drifts. Times are monotonic milliseconds and are handed in.
 */

export interface RateLimit {
  /** Above 0; `Infinity` = unlimited. */
  readonly ratePerSecond: number;
  /** Tokens that may be taken at once after a pause; 1 or more. */
  readonly burst: number;
}

export const unlimited: RateLimit = { ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 };

/** Sums of fractions of milliseconds are off by far less than this; without it a bucket could be "ready" a hair after its own time. */
const EPSILON_MS = 1e-6;

export class TokenBucket {
  #limit: RateLimit = unlimited;
  /** Milliseconds one token takes to come back. */
  #interval = 0;
  /** How far before `#fullAt` a token may be taken. */
  #tolerance = 0;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit) {
    this.limit = limit;
  }

  /** Another limit from now on; what has been taken stays taken. */
  set limit(limit: RateLimit) {
    if (limit.ratePerSecond === this.#limit.ratePerSecond && limit.burst === this.#limit.burst) return;
    if (!(limit.ratePerSecond > 0) || !(limit.burst >= 1) || !Number.isFinite(limit.burst)) {
      throw new RangeError(`a rate is above 0 and a burst a number of at least 1, not ${limit.ratePerSecond} and ${limit.burst}`);
    }
    this.#limit = limit;
    this.#interval = 1000 / limit.ratePerSecond;
    this.#tolerance = this.#interval * (limit.burst - 1);
  }

  /** When the next token is there; now or earlier means at once. */
  get readyAt(): number {
    return this.#fullAt - this.#tolerance - EPSILON_MS;
  }

  /** When it is as if the bucket had never been used: its owner may forget it then. */
  get fullAt(): number {
    return this.#fullAt;
  }

  /** Whole tokens that are there; Infinity without a limit. */
  available(now: number): number {
    if (this.#interval === 0) return Number.POSITIVE_INFINITY;
    const missing = Math.max(0, this.#fullAt - now - EPSILON_MS) / this.#interval;
    return Math.max(0, Math.floor(this.#limit.burst - missing));
  }

  tryTake(now: number): boolean {
    if (now < this.readyAt) return false;
    this.take(now, 1);
    return true;
  }

  /** Takes tokens whether they are there or not: what goes together may overdraw, and the debt is paid before the next one. */
  take(now: number, tokens: number): void {
    this.#fullAt = Math.max(this.#fullAt, now) + tokens * this.#interval;
  }

  /** Gives back the token of a message that did not go after all. */
  giveBack(): void {
    this.#fullAt -= this.#interval;
  }
}
