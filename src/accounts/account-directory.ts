import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';

/** How long another node's change (a disabled subaccount, a new token) may go unseen. */
const FRESH_MS = 5_000;
/** Bounds memory, also against somebody who tries Auth IDs: unknown ids are remembered as absent. */
const MAX_ENTRIES = 20_000;

interface Entry {
  readonly account: Account | undefined;
  readonly tokenDigest: Buffer | undefined;
  readonly loadedAt: number;
}

/** Accounts as requests need them: looked up by Auth ID on every one, so held in memory for a few seconds. */
export class AccountDirectory {
  readonly #store: Pick<AccountStore, 'find'>;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(store: Pick<AccountStore, 'find'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async find(authId: string): Promise<Account | undefined> {
    return (await this.#entry(authId)).account;
  }

  /** The account as last read, however long ago; undefined when it has not been. */
  peek(authId: string): Account | undefined {
    return this.#entries.get(authId)?.account;
  }

  /** The account when the token is its own; compares in constant time, for unknown ids too. */
  async authenticate(authId: string, token: string): Promise<Account | undefined> {
    const cached = this.#entries.get(authId);
    const entry = cached && this.#isFresh(cached) ? cached : await this.#entry(authId);
    const given = digest(token);
    const matches = timingSafeEqual(given, entry.tokenDigest ?? given);
    return matches && entry.tokenDigest ? entry.account : undefined;
  }

  /** Reads an account anew at its next use, because this node has just changed it; what `peek` answers stays until then. */
  invalidate(authId: string): void {
    const entry = this.#entries.get(authId);
    if (entry) this.#entries.set(authId, { ...entry, loadedAt: Number.NEGATIVE_INFINITY });
  }

  /** The same for all accounts. */
  invalidateAll(): void {
    for (const authId of this.#entries.keys()) this.invalidate(authId);
  }

  async #entry(authId: string): Promise<Entry> {
    const cached = this.#entries.get(authId);
    if (cached && this.#isFresh(cached)) return cached;
    const account = await this.#store.find(authId);
    const entry: Entry = { account, tokenDigest: account && digest(account.authToken), loadedAt: this.#clock.monotonic() };
    this.#entries.delete(authId);
    this.#entries.set(authId, entry);
    if (this.#entries.size > MAX_ENTRIES) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    return entry;
  }

  #isFresh(entry: Entry): boolean {
    return this.#clock.monotonic() - entry.loadedAt < FRESH_MS;
  }
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
