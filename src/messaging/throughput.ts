/**
 * Token bucket for message rates (messaging.md §17): `ratePerSecond` tokens a second, fractions allowed (one message in four seconds is
 * 0.25), at most `burst` saved up. Kept as the generic cell rate algorithm (ITU-T I.371): one number, the time at which the bucket
 * would be full, so there is no timer and nothing drifts. Times are monotonic milliseconds and are handed in.
 */

export interface RateLimit {
  /** Above 0; `Infinity` = unlimited. */
  readonly ratePerSecond: number;
  /** Messages that may go at once after a pause; 1 or more. */
  readonly burst: number;
}

export const unlimited: RateLimit = { ratePerSecond: Number.POSITIVE_INFINITY, burst: 1 };

/** Sums of fractions of milliseconds are off by far less than this; without it a bucket could be "ready" a hair after its own time. */
const EPSILON_MS = 1e-6;

export class TokenBucket {
  /** Milliseconds one token takes to come back. */
  readonly #interval: number;
  /** How far before `#fullAt` a token may be taken. */
  readonly #tolerance: number;
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit) {
    if (!(limit.ratePerSecond > 0) || !(limit.burst >= 1) || !Number.isFinite(limit.burst)) {
      throw new RangeError(`a rate is above 0 and a burst a number of at least 1, not ${limit.ratePerSecond} and ${limit.burst}`);
    }
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

  tryTake(now: number): boolean {
    if (now < this.readyAt) return false;
    this.#fullAt = Math.max(this.#fullAt, now) + this.#interval;
    return true;
  }

  /** Gives back the token of a message that did not go after all. */
  giveBack(): void {
    this.#fullAt -= this.#interval;
  }
}

/** Rates the documentation gives for an account: 5 SMS and 0.25 MMS a second, the documented default of a new account. */
export const accountRates = {
  sms: { ratePerSecond: 5, burst: 5 },
  mms: { ratePerSecond: 0.25, burst: 1 },
} as const satisfies Record<string, RateLimit>;

export type SenderClass = 'long_code' | 'toll_free' | 'short_code' | 'alphanumeric';

/**
 * Rate of one sender towards a country, after the newer column of messaging.md §17: long codes 1/s, toll-free 25/s, short codes 100/s in
 * the US; 15 a minute, 25/s, 10/s in Canada; everything else without a limit of the sender. Defaults: an operator sets others per number.
 */
export function senderRate(
  kind: SenderClass,
  service: 'sms' | 'mms' | 'whatsapp',
  destinationCountry: string | undefined,
): RateLimit {
  if (service === 'whatsapp' || kind === 'alphanumeric') return unlimited;
  if (destinationCountry !== 'US' && destinationCountry !== 'CA') return unlimited;
  if (service === 'mms') {
    if (kind === 'toll_free') return { ratePerSecond: 2, burst: 2 };
    return destinationCountry === 'CA' ? { ratePerSecond: 0.25, burst: 1 } : { ratePerSecond: 1, burst: 1 };
  }
  if (kind === 'toll_free') return { ratePerSecond: 25, burst: 25 };
  if (kind === 'short_code')
    return destinationCountry === 'CA' ? { ratePerSecond: 10, burst: 10 } : { ratePerSecond: 100, burst: 100 };
  return destinationCountry === 'CA' ? { ratePerSecond: 0.25, burst: 1 } : { ratePerSecond: 1, burst: 1 };
}
