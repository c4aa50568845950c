import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { ApplicationDirectory } from '../accounts/application-directory.ts';
import type { ApplicationStore } from '../accounts/application-store.ts';
import type { SubaccountStore } from '../accounts/subaccount-store.ts';
import type { RateLimiter } from '../cluster/rate-limiter.ts';
import type { Media } from '../messaging/media.ts';
import type { MessageRecordStore } from '../messaging/message-record-store.ts';
import type { MessageSearchStore } from '../messaging/message-search-store.ts';
import type { SendService } from '../messaging/send.ts';
import type { IncomingCarrierStore } from '../numbers/incoming-carrier-store.ts';
import type { InventoryStore } from '../numbers/inventory-store.ts';
import type { NumberDirectory } from '../numbers/number-directory.ts';
import type { NumberStore } from '../numbers/number-store.ts';
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
  readonly subaccounts: SubaccountStore;
  readonly applications: ApplicationStore;
  readonly applicationDirectory: ApplicationDirectory;
  readonly numbers: NumberStore;
  readonly numberDirectory: NumberDirectory;
  readonly inventory: InventoryStore;
  readonly incomingCarriers: IncomingCarrierStore;
  readonly messages: MessageRecordStore;
  readonly messageSearch: MessageSearchStore;
  readonly media: Media;
  readonly sending: SendService;
  /** How customers reach this server, without trailing slash: what media URLs begin with. */
  readonly publicUrl: string;
}
