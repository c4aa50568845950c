import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type RateLimiter, SlidingWindows } from './rate-limiter.ts';
import { SharedRateLimiter } from './shared-rate-limiter.ts';

/** What the nodes of a database share beside it. */
export interface SharedState {
  readonly limiter: RateLimiter;
  /** Undefined: nothing is shared. */
  readonly redis: (() => 'up' | 'away') | undefined;
  close(): void;
}

/** Of this process alone without a URL. A Redis that is not there yet holds up nothing: it is used as soon as it is. */
export async function openSharedState(redisUrl: string | undefined, clock: Clock, log: Log): Promise<SharedState> {
  if (redisUrl === undefined) return { limiter: new SlidingWindows(clock), redis: undefined, close: () => undefined };
  const { RedisWindows } = await import('./redis-windows.ts');
  const windows = new RedisWindows(redisUrl);
  const limiter = new SharedRateLimiter(windows, clock, log);
  // Told by the first request that has to count by itself.
  await windows.open().catch(() => undefined);
  return { limiter, redis: () => limiter.state, close: () => windows.close() };
}
