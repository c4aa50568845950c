import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type RateDecision, type RateLimiter, SlidingWindows } from './rate-limiter.ts';

/** Windows that all nodes count in, as `RateLimiter.take`. Rejects, and never hangs, when it does not know. */
export interface SharedWindows {
  take(key: string, limit: number, windowMs: number): Promise<RateDecision>;
}

/** After a failure one request a second tries again; the others do not wait for it. */
const RETRY_MS = 1_000;

/**
 * Counts over all nodes, and by this node alone while the shared windows do not answer:
 *
 * | state | a request                                                            | leaves by                        |
 * | ----- | -------------------------------------------------------------------- | -------------------------------- |
 * | up    | asks the shared windows                                              | one that fails: away, with a warning |
 * | away  | asks this process's own; every `RETRY_MS` one asks the shared ones   | one that is answered: up         |
 *
 * What this process has let through it counts itself in either state. So it lets nothing through beyond the limit when the shared windows
 * go away, or come back empty.
 */
export class SharedRateLimiter implements RateLimiter {
  readonly #shared: SharedWindows;
  readonly #own: SlidingWindows;
  readonly #clock: Clock;
  readonly #log: Log;
  /** When the shared windows are tried again; undefined while they answer. */
  #retryAt: number | undefined;

  constructor(shared: SharedWindows, clock: Clock, log: Log) {
    this.#shared = shared;
    this.#own = new SlidingWindows(clock);
    this.#clock = clock;
    this.#log = log;
  }

  get state(): 'up' | 'away' {
    return this.#retryAt === undefined ? 'up' : 'away';
  }

  async take(key: string, limit: number, windowMs: number): Promise<RateDecision> {
    const own = this.#own.peek(key, limit, windowMs);
    if (!own.allowed) return own;
    if (!this.#mayAsk()) return this.#own.take(key, limit, windowMs);
    let decision: RateDecision;
    try {
      decision = await this.#shared.take(key, limit, windowMs);
    } catch (error) {
      this.#failed(error);
      return this.#own.take(key, limit, windowMs);
    }
    this.#answered();
    if (decision.allowed) this.#own.note(key, limit);
    return decision;
  }

  #mayAsk(): boolean {
    if (this.#retryAt === undefined) return true;
    const now = this.#clock.monotonic();
    if (now < this.#retryAt) return false;
    this.#retryAt = now + RETRY_MS;
    return true;
  }

  #failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.state === 'up') this.#log.warn({ reason: message }, 'Redis does not answer: this node counts requests by itself');
    this.#retryAt = this.#clock.monotonic() + RETRY_MS;
  }

  #answered(): void {
    if (this.state === 'away') this.#log.info('Redis answers: requests are counted over all nodes again');
    this.#retryAt = undefined;
  }
}
