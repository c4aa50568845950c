import type pg from 'pg';
import type { Found, PageRequest } from '../accounts/reach.ts';
import { inTransaction } from '../storage/storage.ts';
import type { ChargeKind } from './charge-kind.ts';
import { chargeOnce, dayOf } from './charge-store.ts';
import type { Micros } from './money.ts';
import type { SpendSettings } from './spend-limits.ts';

export interface LedgerEntry {
  readonly key: string;
  readonly ownerId: string;
  readonly kind: ChargeKind;
  /** What the balance went down by; negative = credit. */
  readonly micros: Micros;
  readonly detail: string;
  readonly at: Date;
}

export interface SpentOfKind {
  readonly kind: ChargeKind;
  readonly day: Micros;
  readonly month: Micros;
  /** Charges in the month: messages, calls, ... */
  readonly charges: number;
}

/** How an account or subaccount stands, as the operator sees it. */
export interface BillingStatement {
  readonly authId: string;
  readonly parentId: string | null;
  readonly billingMode: string;
  /** Of the account; null for a subaccount. */
  readonly balanceMicros: Micros | null;
  readonly settings: SpendSettings;
  readonly lockedUntil: Date | null;
  readonly spent: readonly SpentOfKind[];
}

/** Longer than anybody asks about a month that is over, and than any key comes again. */
const KEEP_DAYS = 400;

/** Entries, sums and credit, for the operator. */
export class LedgerStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async statement(authId: string, now: number): Promise<BillingStatement | undefined> {
    const { rows } = await this.#pool.query<Omit<BillingStatement, 'spent'>>(
      `select auth_id as "authId", parent_id as "parentId", billing_mode as "billingMode",
         case when parent_id is null then balance_micros end as "balanceMicros", coalesce(settings->'spend', '{}') as settings,
         credit_lock_until as "lockedUntil" from accounts where auth_id = $1`,
      [authId],
    );
    const [account] = rows;
    if (!account) return undefined;
    const { rows: spent } = await this.#pool.query<SpentOfKind>(
      `select kind, coalesce(sum(amount_micros) filter (where day = $2::date), 0)::int8 as day, sum(amount_micros)::int8 as month,
         sum(charges)::int8 as charges
       from spend where scope_id = $1 and day >= date_trunc('month', $2::date)::date and day <= $2::date group by kind order by kind`,
      [authId, dayOf(now)],
    );
    return { ...account, spent };
  }

  /** The newest first; of a subaccount those that it caused. */
  async list(authId: string, page: PageRequest): Promise<Found<LedgerEntry>> {
    const matching = `from ledger_entries where account_id = (select coalesce(parent_id, auth_id) from accounts where auth_id = $1)
      and (owner_id = $1 or account_id = $1)`;
    const counted = await this.#pool.query<{ total: number }>(`select count(*)::int as total ${matching}`, [authId]);
    const { rows } = await this.#pool.query<LedgerEntry>(
      `select entry_key as key, owner_id as "ownerId", kind, amount_micros as micros, detail, at ${matching}
       order by at desc, entry_key desc limit $2 offset $3`,
      [authId, page.limit, page.offset],
    );
    return { total: counted.rows[0]?.total ?? 0, items: rows };
  }

  /** Grants credit to a main account, once for each key, and lifts the lock that its lack has caused. False: there is no such account. */
  async credit(accountId: string, micros: Micros, key: string, detail: string, now: number): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query('select from accounts where auth_id = $1 and parent_id is null for no key update', [
        accountId,
      ]);
      if (rowCount !== 1) return false;
      await chargeOnce(client, [
        { key: `credit:${accountId}:${key}`, accountId, ownerId: accountId, kind: 'credit', micros: -micros, detail, at: now },
      ]);
      if (micros > 0) await client.query('update accounts set credit_lock_until = null where auth_id = $1', [accountId]);
      return true;
    });
  }

  /** Replaces limits and alerts of an account or subaccount. False: there is none. */
  async setLimits(authId: string, settings: SpendSettings, now: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update accounts set settings = settings || jsonb_build_object('spend', $2::jsonb), credit_lock_until = null,
         modified_at = to_timestamp($3::float8 / 1000) where auth_id = $1`,
      [authId, JSON.stringify(settings), now],
    );
    return rowCount === 1;
  }

  async forgetOld(now: number): Promise<void> {
    const since = `to_timestamp($1::float8 / 1000) - interval '${KEEP_DAYS} days'`;
    await this.#pool.query(`delete from ledger_entries where at < ${since}`, [now]);
    await this.#pool.query(`delete from spend where day < (${since})::date`, [now]);
    await this.#pool.query(`delete from spend_alerts where at < ${since} and period <> 'balance'`, [now]);
  }
}
