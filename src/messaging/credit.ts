import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Clock } from '../runtime/clock.ts';

/** A balance as old as this is read anew; what was spent meanwhile on this node is subtracted. */
const FRESH_MS = 2_000;
/** Accounts remembered at once. */
const MAX_ACCOUNTS = 10_000;

interface Purse {
  prepaid: boolean;
  left: number;
  readAt: number;
  reading: boolean;
}

/**
 * Whether prepaid accounts can pay for what is about to go out. Asked for every message, so it answers from memory; a prepaid
 * account may overdraw by what all nodes send within two seconds. Postpaid accounts always can.
 */
export class Credit {
  readonly #directory: AccountDirectory;
  readonly #clock: Clock;
  readonly #purses = new Map<string, Purse>();

  constructor(directory: AccountDirectory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  covers(accountId: string, micros: number): boolean {
    const purse = this.#purse(accountId);
    if (this.#clock.monotonic() - purse.readAt > FRESH_MS) this.#read(accountId, purse);
    if (!purse.prepaid) return true;
    if (purse.left < micros) return false;
    purse.left -= micros;
    return true;
  }

  #purse(accountId: string): Purse {
    const known = this.#purses.get(accountId);
    if (known) return known;
    const purse: Purse = { prepaid: false, left: 0, readAt: Number.NEGATIVE_INFINITY, reading: false };
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
    this.#directory
      .find(accountId)
      .then(
        (account) => {
          purse.prepaid = account?.billingMode === 'prepaid';
          purse.left = account?.balanceMicros ?? 0;
          purse.readAt = this.#clock.monotonic();
        },
        () => undefined, // storage is away: the last word stands
      )
      .finally(() => {
        purse.reading = false;
      });
  }
}
