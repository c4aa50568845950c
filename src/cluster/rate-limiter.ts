import type { Clock } from '../runtime/clock.ts';

export type RateDecision = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterMs: number };

/** Counts events of a key in a sliding window. The memory form counts this node's; a shared form counts all nodes'. */
export interface RateLimiter {
  /** Counts one event if fewer than `limit` happened within the last `windowMs`, else says when the next one may. */
  take(key: string, limit: number, windowMs: number): RateDecision | Promise<RateDecision>;
}

/** Keys held at once; the least recently used goes first. 300 timestamps each make 24 MB in the worst case. */
const MAX_KEYS = 10_000;

interface Ring {
  readonly times: Float64Array;
  next: number;
}

const ALLOWED: RateDecision = { allowed: true };

/**
 * Exact sliding window: a ring of the last `limit` times of each key. The slot to be overwritten next holds the event that
 * was `limit` events ago; while that one is inside the window there is no room.
 */
export function createMemoryRateLimiter(clock: Clock): RateLimiter {
  const rings = new Map<string, Ring>();
  return {
    take(key, limit, windowMs) {
      const now = clock.monotonic();
      let ring = rings.get(key);
      if (!ring || ring.times.length !== limit) {
        ring = { times: new Float64Array(limit).fill(Number.NEGATIVE_INFINITY), next: 0 };
        rings.set(key, ring);
        if (rings.size > MAX_KEYS) {
          const oldest = rings.keys().next().value;
          if (oldest !== undefined) rings.delete(oldest);
        }
      }
      const limiting = ring.times[ring.next] ?? Number.NEGATIVE_INFINITY;
      if (now - limiting < windowMs) return { allowed: false, retryAfterMs: Math.ceil(limiting + windowMs - now) };
      ring.times[ring.next] = now;
      ring.next = (ring.next + 1) % limit;
      return ALLOWED;
    },
  };
}
