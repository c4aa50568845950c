import type { Account } from '../accounts/account.ts';
import type { Micros } from '../billing/money.ts';
import { isLimited } from '../billing/spend-limits.ts';
import { leftOf, type Standing } from '../billing/standing-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './call.ts';
import type { CallOwner } from './call-permissions.ts';
import { hangupCause } from './hangup-cause.ts';
import type { LiveCalls } from './live-calls.ts';
import { type CallRate, chargeCall } from './pricing.ts';

/** Standings of accounts and subaccounts by their id; one that is not among them is gone. */
export type ReadStandings = (authIds: readonly string[]) => Promise<ReadonlyMap<string, Standing>>;

export interface CreditWatchOptions {
  readonly clock: Clock;
  readonly live: LiveCalls;
  /** From memory: whether there is anything to watch. */
  account(authId: string): Promise<Account | undefined>;
  readonly standings: ReadStandings;
}

/** Whether an owner can pay for one more call. */
export type CanPay = (owner: CallOwner, rate: CallRate) => Promise<boolean>;

/**
 * Keeps calls within what their accounts can pay for, and within spend limits. A call is charged at its end, so the balance itself does
 * not show it: what those that are up cost by now is held against it. A call begins, and goes on after its answer, when its first step of
 * billing is covered besides; when the calls of an account or subaccount together cost more than is left, they end
 * (voice-xml.md §10: 1010, in any state).
 */
export class CreditWatch {
  readonly #options: CreditWatchOptions;

  constructor(options: CreditWatchOptions) {
    this.#options = options;
  }

  /** To be called every few seconds; what is talked in between goes unpaid at most. */
  async check(): Promise<void> {
    const now = this.#options.clock.now();
    const byScope = new Map<string, { cost: number; readonly calls: Call[] }>();
    for (const { call } of this.#options.live) {
      const cost = call.costAt(now);
      if (cost === 0) continue;
      for (const scope of scopesOf(call)) {
        const running = byScope.get(scope) ?? { cost: 0, calls: [] };
        running.cost += cost;
        running.calls.push(call);
        byScope.set(scope, running);
      }
    }
    const standings = await this.#standings([...byScope.keys()]);
    for (const [scope, { cost, calls }] of byScope) {
      const standing = standings.get(scope);
      if (!standing || leftOf(standing) >= cost) continue;
      for (const call of calls) call.hangUp(hangupCause(1010, 'Plivo'));
    }
  }

  /** For `CallEnvironment`. */
  readonly watchAnswer = (call: Call): void => {
    this.answered(call).catch((error: unknown) => call.note('credit_unknown', { reason: String(error) }));
  };

  /** A call has been answered: it alone ends when its first step is not covered besides the others. */
  async answered(call: Call): Promise<void> {
    if (!(await this.#covers(scopesOf(call), 0))) call.hangUp(hangupCause(1010, 'Plivo'));
  }

  readonly canPay: CanPay = async ({ account, subaccount }, rate) => {
    const first = chargeCall(rate, 0, 0).amountMicros;
    return this.#covers(subaccount ? [account.authId, subaccount.authId] : [account.authId], first);
  };

  /** Whether what is left of each covers its calls of now and `more`. */
  async #covers(scopes: readonly string[], more: Micros): Promise<boolean> {
    const standings = await this.#standings(scopes);
    const now = this.#options.clock.now();
    return [...standings].every(([scope, standing]) => {
      let cost = more;
      for (const { call } of this.#options.live) if (scopesOf(call).includes(scope)) cost += call.costAt(now);
      return leftOf(standing) >= cost;
    });
  }

  /** Of those that a balance or a limit binds; the others are not asked for. */
  async #standings(scopes: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const accounts = await Promise.all(scopes.map((scope) => this.#options.account(scope)));
    const bound = accounts.flatMap((account) => (account && isBound(account) ? [account.authId] : []));
    return bound.length === 0 ? new Map() : this.#options.standings(bound);
  }
}

const isBound = ({ parentId, billingMode, settings }: Account): boolean =>
  (parentId === null && billingMode === 'prepaid') || isLimited(settings.spend);

/** Who pays for a call, and whose limits it counts for. */
const scopesOf = ({ accountId, ownerId }: Call): readonly string[] =>
  ownerId === accountId ? [accountId] : [accountId, ownerId];
