import type { Micros } from '../billing/money.ts';
import { isLimited } from '../billing/spend-limits.ts';
import type { Standing } from '../billing/standing-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { AccountsAtHand } from './sender-rates.ts';

/** A balance as old as this is read anew; what went out meanwhile on this node is subtracted. */
const FRESH_MS = 2_000;
/** Nobody has asked for so long that the account as the last request saw it is the newer word. */
const IDLE_MS = 10_000;
/** Accounts remembered at once. */
const MAX_ACCOUNTS = 10_000;

/**
 * `900`: the credit does not cover it. `limit`, `owner limit`: the spend limit of the account, or of the subaccount that sends, does not.
 * `910`: one of them is disabled. `unknown`: ask again soon.
 */
export type Admission = 'granted' | 'unknown' | '900' | 'limit' | 'owner limit' | '910';

/** What is known of an account or subaccount in storage. */
export interface Balance {
  readonly isPrepaid: boolean;
  readonly micros: Micros;
  readonly isEnabled: boolean;
  /** What its spend limits leave; absent = it has none. */
  readonly spendLeft?: Micros;
}

export interface Balances {
  balance(authId: string): Promise<Balance | undefined>;
}

/** What a refused message fails with, and who is refused for a while afterwards, as a key of the message. */
export const REFUSALS = {
  '900': { code: '900', cause: 'the balance does not cover it', locks: 'account' },
  limit: { code: '900', cause: 'the spend limit of the account is reached', locks: 'account' },
  'owner limit': { code: '900', cause: 'the spend limit of the subaccount is reached', locks: 'ownerId' },
  '910': { code: '910', cause: 'the account is disabled', locks: undefined },
} as const;

interface Purse {
  isEnabled: boolean;
  isPrepaid: boolean;
  /** Of the balance. */
  left: number;
  /** Of the spend limits; Infinity where there are none. */
  spendLeft: number;
  /** When its content was last known, monotonic milliseconds. */
  knownAt: number;
  /** When it was last read from storage. */
  readAt: number;
  reading: boolean;
  /** Covered since the reading under way began: it may or may not know of them. */
  meanwhile: number;
}

/**
 * Whether what is about to go out may: its account is enabled, can pay for it when it is prepaid, and spends no more than its limits allow.
 * Asked once for every message, so it answers from memory: what all nodes send within two seconds, and what is with carriers then, may go
 * beyond a balance or limit.
 */
export class Credit {
  readonly #store: Balances;
  readonly #accounts: AccountsAtHand;
  readonly #clock: Clock;
  readonly #purses = new Map<string, Purse>();

  constructor(store: Balances, accounts: AccountsAtHand, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** `ownerId` is the subaccount that sends, or the account itself. No refusal stands on old words: those are read anew first. */
  admit(accountId: string, ownerId: string, micros: number): Admission {
    const purse = this.#purse(accountId);
    const isStale = this.#readIfStale(accountId, purse);
    if (!purse.isEnabled) return isStale ? 'unknown' : '910';
    let owner: Purse | undefined;
    if (ownerId !== accountId) {
      owner = this.#purse(ownerId);
      const isOwnerStale = this.#readIfStale(ownerId, owner);
      if (!owner.isEnabled) return isOwnerStale ? 'unknown' : '910';
      if (owner.spendLeft < micros) return isOwnerStale ? 'unknown' : 'owner limit';
    }
    if (purse.spendLeft < micros) return isStale ? 'unknown' : 'limit';
    if (purse.isPrepaid && purse.left < micros) return isStale ? 'unknown' : '900';
    take(purse, micros);
    if (owner) take(owner, micros);
    return 'granted';
  }

  #readIfStale(authId: string, purse: Purse): boolean {
    const isStale = this.#clock.monotonic() - purse.readAt > FRESH_MS;
    if (isStale) this.#read(authId, purse);
    return isStale;
  }

  /** At first, and after a pause, the account as the request that sent the message saw it. */
  #purse(accountId: string): Purse {
    const now = this.#clock.monotonic();
    const known = this.#purses.get(accountId);
    if (known && now - known.knownAt <= IDLE_MS) return known;
    const account = this.#accounts.peek(accountId);
    const purse: Purse = {
      isEnabled: account?.enabled ?? true,
      isPrepaid: account?.billingMode === 'prepaid',
      left: account?.balanceMicros ?? 0,
      // What was spent is not known from the account: it is read first.
      spendLeft: isLimited(account?.settings.spend) ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      knownAt: now,
      readAt: Number.NEGATIVE_INFINITY,
      reading: false,
      meanwhile: 0,
    };
    this.#purses.set(accountId, purse);
    if (this.#purses.size > MAX_ACCOUNTS) {
      const oldest = this.#purses.keys().next().value;
      if (oldest !== undefined) this.#purses.delete(oldest);
    }
    return purse;
  }

  #read(accountId: string, purse: Purse): void {
    if (purse.reading) return;
    purse.reading = true;
    purse.meanwhile = 0;
    this.#store
      .balance(accountId)
      .then(
        (balance) => {
          purse.isEnabled = balance?.isEnabled ?? true;
          purse.isPrepaid = balance?.isPrepaid ?? false;
          purse.left = (balance?.micros ?? 0) - purse.meanwhile;
          purse.spendLeft = (balance?.spendLeft ?? Number.POSITIVE_INFINITY) - purse.meanwhile;
          purse.readAt = this.#clock.monotonic();
          purse.knownAt = purse.readAt;
        },
        () => undefined, // storage is away: the last word stands
      )
      .finally(() => {
        purse.reading = false;
      });
  }
}

function take(purse: Purse, micros: Micros): void {
  purse.left -= micros;
  purse.spendLeft -= micros;
  purse.meanwhile += micros;
}

/** As messages ask: a subaccount has no balance of its own. */
export function balanceOf({ isEnabled, balance, spendLeft }: Standing): Balance {
  return { isEnabled, isPrepaid: balance?.isPrepaid ?? false, micros: balance?.micros ?? 0, spendLeft };
}
