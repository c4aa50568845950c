import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';

/** What wire commands call into. Filled by the composition root. */
export interface Services {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limiter: RateLimiter;
  readonly directory: AccountDirectory;
  readonly accounts: AccountStore;
  /** How customers reach this server, without trailing slash: what media URLs begin with. */
  readonly publicUrl: string;
}
