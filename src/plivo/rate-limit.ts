import type { Scope } from '../accounts/account.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import { Problem } from '../errors/catalogue.ts';

/** 300 requests in 5 seconds for an account with its subaccounts (00-conventions.md, Rate limit), and as many that make calls. */
const DEFAULT_REQUESTS = 300;
const WINDOW_MS = 5_000;
const MINUTE_MS = 60_000;

export interface MinuteLimit {
  /** What is counted. */
  readonly name: string;
  readonly requests: number;
}

export async function limitRequests(limiter: RateLimiter, scope: Scope, bucket: 'call' | undefined): Promise<void> {
  const { apiRequestsPer5s, callRequestsPer5s } = scope.account.settings;
  const limit = (bucket === 'call' ? callRequestsPer5s : apiRequestsPer5s) ?? DEFAULT_REQUESTS;
  await takeOrRefuse(limiter, `${bucket ?? 'api'}:${scope.account.authId}`, limit, WINDOW_MS, 'rate limit exceeded, slow down');
}

/** What some resources allow in a minute on top, counted together by name. An account whose requests are not limited has none of these. */
export async function limitByMinute(limiter: RateLimiter, scope: Scope, limit: MinuteLimit | undefined): Promise<void> {
  if (!limit || scope.account.settings.apiRequestsPer5s === 0) return;
  const key = `${limit.name}:${scope.account.authId}`;
  await takeOrRefuse(limiter, key, limit.requests, MINUTE_MS, `only ${limit.requests} of these requests are served in a minute`);
}

/** compliance.md §9: requirements of numbers, and everything else about the compliance of numbers. */
export const REQUIREMENTS_LIMIT: MinuteLimit = { name: 'number-requirements', requests: 100 };
export const NUMBER_COMPLIANCE_LIMIT: MinuteLimit = { name: 'number-compliance', requests: 60 };

/** Counts one event of `key`; throws `rate_limit_exceeded` when there is no room. Limit 0 = unlimited. */
export async function takeOrRefuse(
  limiter: RateLimiter,
  key: string,
  limit: number,
  windowMs: number,
  message: string,
): Promise<void> {
  if (limit === 0) return;
  const decision = await limiter.take(key, limit, windowMs);
  if (decision.allowed) return;
  throw new Problem('rate_limit_exceeded', message, { retryAfterSeconds: Math.max(1, Math.ceil(decision.retryAfterMs / 1000)) });
}
