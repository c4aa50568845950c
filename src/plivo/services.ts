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
import type { CallControl } from '../voice/call-control.ts';
import type { CallFeedbackStore } from '../voice/call-feedback-store.ts';
import type { CallRecordStore } from '../voice/call-record-store.ts';
import type { ConferenceControl } from '../voice/conferences/conference-control.ts';
import type { EndpointStore } from '../voice/endpoint-store.ts';
import type { OpenCallStore } from '../voice/open-call-store.ts';
import type { Recordings } from '../voice/recordings.ts';
import type { EndpointRegistrations } from '../voice/registrations.ts';
import type { VerifiedCallers } from '../voice/verified-callers.ts';

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
  readonly calls: CallControl;
  readonly conferences: ConferenceControl;
  readonly callRecords: CallRecordStore;
  readonly openCalls: OpenCallStore;
  readonly callFeedback: CallFeedbackStore;
  readonly recordings: Recordings;
  readonly endpoints: EndpointStore;
  readonly registrations: EndpointRegistrations;
  readonly verifiedCallers: VerifiedCallers;
  /** How customers reach this server, without trailing slash: what media URLs begin with. */
  readonly publicUrl: string;
}
