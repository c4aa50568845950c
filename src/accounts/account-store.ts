import type { ColumnType, Generated, Kysely, Selectable, Updateable } from 'kysely';
import { countRows } from '../storage/count-rows.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { Storage, Tables } from '../storage/storage.ts';
import type { Account, AccountSettings, BillingMode } from './account.ts';
import { type Found, MAX_COUNTED, pageOf } from './reach.ts';

/** Columns with a default in the schema are optional at insert. */
interface AccountTable {
  auth_id: string;
  parent_id: ColumnType<string | null, string | null | undefined>;
  auth_token: string;
  name: string;
  address: Generated<string>;
  city: Generated<string>;
  state: Generated<string>;
  timezone: Generated<string>;
  enabled: Generated<boolean>;
  account_type: Generated<string>;
  billing_mode: Generated<BillingMode>;
  auto_recharge: Generated<boolean>;
  balance_micros: Generated<number>;
  credit_lock_until: ColumnType<Date | null, Date | null | undefined>;
  settings: Generated<AccountSettings>;
  created_at: Generated<Date>;
  modified_at: ColumnType<Date | null, Date | null | undefined>;
}

export type NewAccount = Pick<Account, 'authId' | 'authToken' | 'name'> & Partial<Account>;
export type AccountChange = Partial<
  Pick<
    Account,
    | 'authToken'
    | 'name'
    | 'address'
    | 'city'
    | 'state'
    | 'timezone'
    | 'enabled'
    | 'billingMode'
    | 'balanceMicros'
    | 'settings'
    | 'creditLockUntil'
  >
>;

/** Accounts and subaccounts in storage. Auth tokens are sealed on the way in and opened on the way out. */
export class AccountStore {
  readonly #db: Kysely<Tables & { accounts: AccountTable }>;
  readonly #sealing: Sealing;

  constructor(storage: Storage, sealing: Sealing) {
    this.#db = storage.kysely.withTables<{ accounts: AccountTable }>();
    this.#sealing = sealing;
  }

  async find(authId: string): Promise<Account | undefined> {
    const row = await this.#db.selectFrom('accounts').selectAll().where('auth_id', '=', authId).executeTakeFirst();
    return row && this.#toAccount(row);
  }

  /** Subaccounts of a main account, newest first. */
  async listSubaccounts(parentId: string, limit: number, offset: number): Promise<Found<Account>> {
    const children = this.#db.selectFrom('accounts').where('parent_id', '=', parentId);
    const rows = await children
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('auth_id')
      .limit(limit + 1)
      .offset(offset)
      .execute();
    const count = () => countRows(this.#db, children.select('auth_id').limit(MAX_COUNTED + 1));
    const { total, items } = await pageOf(rows, { limit, offset }, count);
    return { total, items: items.map((row) => this.#toAccount(row)) };
  }

  /** The main account that was created first: the one whose credentials the start screen shows. */
  async findFirst(): Promise<Account | undefined> {
    const row = await this.#db
      .selectFrom('accounts')
      .selectAll()
      .where('parent_id', 'is', null)
      .orderBy('created_at')
      .orderBy('auth_id')
      .executeTakeFirst();
    return row && this.#toAccount(row);
  }

  async insert(account: NewAccount): Promise<void> {
    await this.#db
      .insertInto('accounts')
      .values({
        ...this.#toRow(account),
        auth_id: account.authId,
        auth_token: this.#sealing.seal(account.authToken),
        name: account.name,
        ...(account.createdAt && { created_at: account.createdAt }),
      })
      .execute();
  }

  async update(authId: string, change: AccountChange, at: Date): Promise<boolean> {
    const result = await this.#db
      .updateTable('accounts')
      .set({ ...this.#toRow(change), modified_at: at })
      .where('auth_id', '=', authId)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async delete(authId: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('accounts').where('auth_id', '=', authId).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  #toRow(account: Partial<Account>): Updateable<AccountTable> {
    return {
      ...(account.parentId !== undefined && { parent_id: account.parentId }),
      ...(account.authToken !== undefined && { auth_token: this.#sealing.seal(account.authToken) }),
      ...(account.name !== undefined && { name: account.name }),
      ...(account.address !== undefined && { address: account.address }),
      ...(account.city !== undefined && { city: account.city }),
      ...(account.state !== undefined && { state: account.state }),
      ...(account.timezone !== undefined && { timezone: account.timezone }),
      ...(account.enabled !== undefined && { enabled: account.enabled }),
      ...(account.billingMode !== undefined && { billing_mode: account.billingMode }),
      ...(account.balanceMicros !== undefined && { balance_micros: account.balanceMicros }),
      ...(account.creditLockUntil !== undefined && { credit_lock_until: account.creditLockUntil }),
      ...(account.settings !== undefined && { settings: account.settings }),
    };
  }

  #toAccount(row: Selectable<AccountTable>): Account {
    return {
      authId: row.auth_id,
      parentId: row.parent_id,
      authToken: this.#sealing.unseal(row.auth_token),
      name: row.name,
      address: row.address,
      city: row.city,
      state: row.state,
      timezone: row.timezone,
      enabled: row.enabled,
      accountType: row.account_type,
      billingMode: row.billing_mode,
      autoRecharge: row.auto_recharge,
      balanceMicros: row.balance_micros,
      creditLockUntil: row.credit_lock_until,
      settings: row.settings,
      createdAt: row.created_at,
      modifiedAt: row.modified_at,
    };
  }
}
