import type { Clock } from '../runtime/clock.ts';
import type { CreditStore } from './credit-store.ts';
import type { AccountsAtHand } from './sender-rates.ts';

/** A balance as old as this is read anew; what went out meanwhile on this node is subtracted. */
const FRESH_MS = 2_000;
/** Nobody has asked for so long that the account as the last request saw it is the newer word. */
const IDLE_MS = 10_000;
/** Accounts remembered at once. */
const MAX_ACCOUNTS = 10_000;

interface Purse {
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
 * Whether prepaid accounts can pay for what is about to go out. Asked once for every message, so it answers from memory: a prepaid
 * account may overdraw by what all nodes send within two seconds and what is with carriers then. Postpaid accounts always can.
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

  /** Undefined: not by what was last heard, but that is old and being read anew, so ask again. */
  covers(accountId: string, micros: number): boolean | undefined {
    const purse = this.#purse(accountId);
    const isStale = this.#clock.monotonic() - purse.readAt > FRESH_MS;
    if (isStale) this.#read(accountId, purse);
    if (!purse.isPrepaid) return true;
    if (purse.left < micros) return isStale ? undefined : false;
    purse.left -= micros;
    purse.meanwhile += micros;
    return true;
  }

  /** At first, and after a pause, the account as the request that sent the message saw it. */
  #purse(accountId: string): Purse {
    const now = this.#clock.monotonic();
    const known = this.#purses.get(accountId);
    if (known && now - known.knownAt <= IDLE_MS) return known;
    const account = this.#accounts.peek(accountId);
    const purse: Purse = {
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
