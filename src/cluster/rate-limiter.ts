import type { Clock } from '../runtime/clock.ts';

export type RateDecision = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

/** Counts events of a key in a sliding window. The memory form counts this node's; a shared form counts all nodes'. */
export interface RateLimiter {
  /** Counts one event if fewer than `limit` (1 or more) happened within the last `windowMs`, else says when the next one may. */
  take(key: string, limit: number, windowMs: number): RateDecision | Promise<RateDecision>;
}

/** Keys held at once; the least recently used goes first. 300 timestamps each make 24 MB in the worst case. */
const MAX_KEYS = 10_000;

/** The last `times.length` times of a key; `next` is the slot of the oldest of them, which is overwritten next. */
interface Ring {
  readonly times: Float64Array;
  next: number;
}

const ALLOWED: RateDecision = { allowed: true };

/**
 * Exact sliding windows of this process: a ring of the last `limit` times of each key. The slot to be overwritten next holds the event that
 * was `limit` events ago; while that one is inside the window there is no room.
 */
export class SlidingWindows implements RateLimiter {
  readonly #clock: Clock;
  readonly #rings = new Map<string, Ring>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(key: string, limit: number, windowMs: number): RateDecision {
    const decision = this.peek(key, limit, windowMs);
    if (decision.allowed) this.note(key, limit);
    return decision;
  }

  /** What `take` would answer, without counting. */
  peek(key: string, limit: number, windowMs: number): RateDecision {
    const ring = this.#rings.get(key);
    if (!ring) return ALLOWED;
    const { times, next } = ring.times.length === limit ? ring : resized(ring, limit);
    const limiting = times[next] ?? Number.NEGATIVE_INFINITY;
    const left = limiting + windowMs - this.#clock.monotonic();
    return left > 0 ? { allowed: false, retryAfterMs: Math.ceil(left) } : ALLOWED;
  }

  /** Counts an event that somebody else has allowed. */
  note(key: string, limit: number): void {
    const found = this.#rings.get(key);
    const ring = found?.times.length === limit ? found : resized(found, limit);
    ring.times[ring.next] = this.#clock.monotonic();
    ring.next = (ring.next + 1) % limit;
    // Set anew: the oldest entry of the map is the least recently used.
    this.#rings.delete(key);
    this.#rings.set(key, ring);
    if (this.#rings.size <= MAX_KEYS) return;
    const oldest = this.#rings.keys().next().value;
    if (oldest !== undefined) this.#rings.delete(oldest);
  }
}

/** A ring for another limit with what the old one still knows: the limit of an account may change while its window is full. */
function resized(ring: Ring | undefined, limit: number): Ring {
  const times = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  if (!ring) return { times, next: 0 };
  const inOrder = [...ring.times.subarray(ring.next), ...ring.times.subarray(0, ring.next)];
  const newest = inOrder.slice(-limit);
  times.set(newest, limit - newest.length);
  return { times, next: 0 };
}
