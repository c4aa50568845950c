import type { Account } from '../accounts/account.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './call.ts';
import { hangupCause } from './hangup-cause.ts';
import type { LiveCalls } from './live-calls.ts';

/** Whether the account may begin no call that it would have to pay for. */
export const isOutOfCredit = ({ billingMode, balanceMicros }: Pick<Account, 'billingMode' | 'balanceMicros'>): boolean =>
  billingMode === 'prepaid' && balanceMicros <= 0;

export interface CreditWatchOptions {
  readonly clock: Clock;
  readonly live: LiveCalls;
  account(authId: string): Promise<Account | undefined>;
}

/**
 * Ends the calls of prepaid accounts that together cost more by now than the balance has: a call is charged at its end, so the balance
 * itself does not show it (voice-xml.md §10: 1010, in any state).
 */
export class CreditWatch {
  readonly #options: CreditWatchOptions;

  constructor(options: CreditWatchOptions) {
    this.#options = options;
  }

  /** To be called every few seconds; what is talked in between goes unpaid at most. */
  async check(): Promise<void> {
    const { clock, live } = this.#options;
    const now = clock.now();
    const byAccount = new Map<string, { cost: number; readonly calls: Call[] }>();
    for (const { call } of live) {
      const cost = call.costAt(now);
      if (cost === 0) continue;
      const running = byAccount.get(call.accountId) ?? { cost: 0, calls: [] };
      running.cost += cost;
      running.calls.push(call);
      byAccount.set(call.accountId, running);
    }
    for (const [accountId, { cost, calls }] of byAccount) {
      const account = await this.#options.account(accountId);
      if (account?.billingMode !== 'prepaid' || account.balanceMicros >= cost) continue;
      for (const call of calls) call.hangUp(hangupCause(1010, 'Plivo'));
    }
  }
}
