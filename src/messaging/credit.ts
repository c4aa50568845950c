import type { Clock } from '../runtime/clock.ts';
import type { CreditStore } from './credit-store.ts';
import type { AccountsAtHand } from './sender-rates.ts';

/** A balance as old as this is read anew; what went out meanwhile on this node is subtracted. */
const FRESH_MS = 2_000;
/** Nobody has asked for so long that the account as the last request saw it is the newer word. */
const IDLE_MS = 10_000;
/** Accounts remembered at once. */
const MAX_ACCOUNTS = 10_000;

/** `900`: the credit does not cover it. `910`: the account, or the subaccount that sends, is disabled. `unknown`: ask again soon. */
export type Admission = 'granted' | 'unknown' | '900' | '910';

interface Purse {
  isEnabled: boolean;
  isPrepaid: boolean;
  left: number;
  /** When its content was last known, monotonic milliseconds. */
  knownAt: number;
  /** When it was last read from storage. */
  readAt: number;
  reading: boolean;
  /** Covered since the reading under way began: it may or may not know of them. */
  meanwhile: number;
}

/**
 * Whether what is about to go out may: its account is enabled, and can pay for it when it is prepaid. Asked once for every message, so
 * it answers from memory: a prepaid account may overdraw by what all nodes send within two seconds and what is with carriers then.
 */
export class Credit {
  readonly #store: Pick<CreditStore, 'balance'>;
  readonly #accounts: AccountsAtHand;
  readonly #clock: Clock;
  readonly #purses = new Map<string, Purse>();

  constructor(store: Pick<CreditStore, 'balance'>, accounts: AccountsAtHand, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#clock = clock;
  }

  /** `ownerId` is the subaccount that sends, or the account itself. No refusal stands on old words: those are read anew first. */
  admit(accountId: string, ownerId: string, micros: number): Admission {
    const purse = this.#purse(accountId);
    const isStale = this.#readIfStale(accountId, purse);
    if (!purse.isEnabled) return isStale ? 'unknown' : '910';
    if (ownerId !== accountId) {
      const owner = this.#purse(ownerId);
      const isOwnerStale = this.#readIfStale(ownerId, owner);
      if (!owner.isEnabled) return isOwnerStale ? 'unknown' : '910';
    }
    if (!purse.isPrepaid) return 'granted';
    if (purse.left < micros) return isStale ? 'unknown' : '900';
    purse.left -= micros;
    purse.meanwhile += micros;
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
