import type { Account } from '../accounts/account.ts';
import { type RateLimit, unlimited } from '../runtime/token-bucket.ts';
import type { QueuedOutbound } from './queued-outbound.ts';
import { noRegistrationRules, type RegistrationRules } from './registration.ts';

/** What the limits are read from without waiting: accounts that a request or a load has just looked up. */
export interface AccountsAtHand {
  /** The account as last read, however long ago; undefined when it has not been. */
  peek(authId: string): Pick<Account, 'enabled' | 'billingMode' | 'balanceMicros' | 'settings'> | undefined;
}

/** A second's worth may go at once after a pause, at least one message. */
const limit = (ratePerSecond: number | undefined): RateLimit =>
  ratePerSecond === undefined || ratePerSecond === 0
    ? unlimited
    : { ratePerSecond, burst: Math.max(1, Math.floor(ratePerSecond)) };

/** Throughput that the operator grants accounts and kinds of senders (docs/decisions: unlimited where nothing is said). */
export class AccountRates {
  readonly #accounts: AccountsAtHand;
  readonly #registration: RegistrationRules;

  constructor(accounts: AccountsAtHand, registration: RegistrationRules = noRegistrationRules) {
    this.#accounts = accounts;
    this.#registration = registration;
  }

  ofAccount(message: QueuedOutbound): RateLimit {
    return limit(this.#accounts.peek(message.account)?.settings.messagesPerSecond);
  }

  ofSender(message: QueuedOutbound): RateLimit {
    const granted = this.#accounts.peek(message.account)?.settings.senderRates?.[message.senderKind];
    const registered = message.service === 'whatsapp' ? undefined : this.#registration.rateOf(message.src);
    return limit(registered === undefined ? granted : Math.min(registered, granted || registered));
  }
}
