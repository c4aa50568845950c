import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RateDecision } from './rate-limiter.ts';
import type { SharedWindows } from './shared-rate-limiter.ts';

/** Redis answers in well under a millisecond. What takes this long is not waited for; a stall of this process must not look like it. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** A connection with something unanswered for this long is given up: the other end may be gone without a word. */
const SILENCE_MS = 2_000;
const RECONNECT_MS = 1_000;
/** Idle for hours: that the other end is gone is found out by probes. */
const KEEP_ALIVE_MS = 30_000;
const PREFIX = 'ringdown:rate:';

/**
 * One event of an exact sliding window, decided and counted in one step. The list KEYS[1] holds the instants, microseconds of this server's
 * clock, of the last ARGV[1] events, oldest first; it goes when the last of them has left the window of ARGV[2] microseconds. Answers 0 when
 * the event counts, else in how many milliseconds there is room.
 * When the clock was set back, time stands still until it has caught up; when by more than a window, what was counted is of no use.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local newest = tonumber(redis.call('LINDEX', KEYS[1], -1))
if newest and newest > now then
  if newest - now > window then
    redis.call('DEL', KEYS[1])
  else
    now = newest
  end
end
local excess = redis.call('LLEN', KEYS[1]) - limit
if excess > 0 then
  redis.call('LTRIM', KEYS[1], excess, -1)
end
if excess >= 0 then
  local left = redis.call('LINDEX', KEYS[1], 0) + window - now
  if left > 0 then
    return math.ceil(left / 1000)
  end
  redis.call('LPOP', KEYS[1])
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return 0`;
const TAKE_SHA = createHash('sha1').update(TAKE).digest('hex');

/** Sliding windows in a Redis or Valkey, one round trip an event. Nothing waits for a connection: without one, `take` rejects at once. */
export class RedisWindows implements SharedWindows {
  readonly #redis: Redis;

  /** `url`: `redis://` or `valkey://`, with a second s over TLS. */
  constructor(url: string) {
    this.#redis = new Redis(url.replace(/^valkey/, 'redis'), {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      keepAlive: KEEP_ALIVE_MS,
      retryStrategy: () => RECONNECT_MS,
    });
    // Told by the next request, which then counts by itself.
    this.#redis.on('error', () => undefined);
  }

  /** Resolves with the version when it can be used; rejects when it does not answer, and goes on trying. */
  async open(): Promise<string> {
    await this.#redis.connect();
    const info = await this.#redis.info('server');
    return /^(?:redis|valkey)_version:(\S+)/m.exec(info)?.[1] ?? '';
  }

  async take(key: string, limit: number, windowMs: number): Promise<RateDecision> {
    if (this.#redis.status !== 'ready') throw new Error('there is no connection');
    const leftMs = await this.#run(PREFIX + key, String(limit), String(windowMs * 1000));
    if (typeof leftMs !== 'number') throw new Error('Redis answers something else than was asked for');
    return leftMs === 0 ? { allowed: true } : { allowed: false, retryAfterMs: leftMs };
  }

  close(): void {
    this.#redis.disconnect();
  }

  /** A Redis that was started anew does not know the script yet. */
  async #run(...given: readonly [key: string, limit: string, window: string]): Promise<unknown> {
    try {
      return await this.#redis.evalsha(TAKE_SHA, 1, ...given);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await this.#redis.eval(TAKE, 1, ...given);
    }
  }
}
