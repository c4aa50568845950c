import type { Clock } from '../../runtime/clock.ts';

/** Submits saved up while idle: a tenth of a second's worth, so that an SMSC that counts in short spans sees no burst. */
const BURST_SECONDS = 0.1;

/**
 * Throughput of a carrier in submits per second. A message of several parts may overdraw it, because its parts go together; the
 * debt is paid before the next message.
 */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  /** 0 = unlimited. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#most = Math.max(1, perSecond * BURST_SECONDS);
    this.#tokens = this.#most;
    this.#at = clock.monotonic();
  }

  /** Whole submits that may go now; Infinity without a limit. */
  available(): number {
    if (this.#perSecond === 0) return Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    return Math.max(0, Math.floor(this.#tokens + ROUNDING));
  }

  take(submits: number): void {
    if (this.#perSecond !== 0) this.#tokens -= submits;
  }

  /** Milliseconds until one may go. */
  waitMs(): number {
    if (this.available() >= 1) return 0;
    return Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond);
  }
}

/** Sums of fractions fall short of the whole by less than this. */
const ROUNDING = 1e-9;
