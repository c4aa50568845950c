import type { Scope } from '../accounts/account.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import { Problem } from '../errors/catalogue.ts';

/** 300 requests in 5 seconds for an account with its subaccounts (00-conventions.md, Rate limit), and as many that make calls. */
const DEFAULT_REQUESTS = 300;
const WINDOW_MS = 5_000;

export async function limitRequests(limiter: RateLimiter, scope: Scope, bucket: 'call' | undefined): Promise<void> {
  const { apiRequestsPer5s, callRequestsPer5s } = scope.account.settings;
  const limit = (bucket === 'call' ? callRequestsPer5s : apiRequestsPer5s) ?? DEFAULT_REQUESTS;
  await takeOrRefuse(limiter, `${bucket ?? 'api'}:${scope.account.authId}`, limit, WINDOW_MS, 'rate limit exceeded, slow down');
}

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
