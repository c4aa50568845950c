import type { Clock } from '../../runtime/clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

export interface SourceLimits {
  /** Messages a second that one source address may send for long. */
  readonly perSecond: number;
  /** Messages at once after silence. */
  readonly burst: number;
  /** Source addresses remembered; the one silent for longest is forgotten first, and starts with a full bucket again. */
  readonly mostSources: number;
}

/** A token bucket for every source address: one that floods is dropped before its messages are parsed. */
export class SourceLimiter {
  readonly #clock: Clock;
  readonly #limits: SourceLimits;
  /** In the order of last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limits: SourceLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  get sources(): number {
    return this.#buckets.size;
  }

  /** Takes one message of the source; false when it has no more to send now. */
  admit(address: string): boolean {
    const now = this.#clock.monotonic();
    const { perSecond, burst, mostSources } = this.#limits;
    const known = this.#buckets.get(address);
    const bucket = known ?? { tokens: burst, at: now };
    if (known !== undefined) this.#buckets.delete(address);
    else if (this.#buckets.size >= mostSources) this.#forgetOldest();
    this.#buckets.set(address, bucket);
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) * perSecond) / 1000);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }

  #forgetOldest(): void {
    for (const address of this.#buckets.keys()) {
      this.#buckets.delete(address);
      return;
    }
  }
}
