import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { countMatching } from '../storage/count-rows.ts';

/** Something that an account registered: who owns it, the state it is in, and what it says. */
export interface Owned<Status extends string, Facts extends object> {
  readonly id: string;
  readonly accountId: string;
  /** Null: the main account's own. */
  readonly subaccountId: string | null;
  readonly status: Status;
  readonly facts: Facts;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A condition of a list. `column` is a name of the code's own, never of a request. */
export interface Condition {
  readonly column: string;
  readonly comparison: '=' | '<' | '<=' | '>' | '>=';
  readonly value: string | Date;
}

/** Conditions of equality for the values that were given. */
export const equalTo = (values: Readonly<Record<string, string | undefined>>): readonly Condition[] =>
  Object.entries(values).flatMap(([column, value]) => (value === undefined ? [] : [{ column, comparison: '=', value }]));

type Client = pg.ClientBase | pg.Pool;

interface Row<Status, Facts> {
  id: string;
  account_id: string;
  subaccount_id: string | null;
  status: Status;
  facts: Facts;
  created_at: Date;
  updated_at: Date;
}

/** Ids are UUIDs, or letters and digits that the registry gave; anything else is not worth asking storage for. */
const ID = /^[A-Za-z0-9-]{1,64}$/;
const COLUMNS = 'id, account_id, subaccount_id, status, facts, created_at, updated_at';

/**
 * Rows of one of the tables of what accounts register. The tables have the same columns, and those that their lists filter by are
 * generated of `facts` (migrations 0101 to 0106).
 */
export class OwnedStore<Status extends string, Facts extends object> {
  readonly #pool: pg.Pool;
  readonly #table: string;

  constructor(pool: pg.Pool, table: string) {
    this.#pool = pool;
    this.#table = table;
  }

  /** False, and nothing is stored, when the id, or whatever else may exist only once, exists. */
  async insert(item: Owned<Status, Facts>, client: Client = this.#pool): Promise<boolean> {
    const { rowCount } = await client.query(
      `insert into ${this.#table} (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [item.id, item.accountId, item.subaccountId, item.status, JSON.stringify(item.facts), item.createdAt, item.updatedAt],
    );
    return rowCount === 1;
  }

  async findWithin(reach: Reach, id: string, client: Client = this.#pool): Promise<Owned<Status, Facts> | undefined> {
    return this.#one(client, reach, id, '');
  }

  /** The same, held until the transaction ends. */
  async lockWithin(client: pg.ClientBase, reach: Reach, id: string): Promise<Owned<Status, Facts> | undefined> {
    return this.#one(client, reach, id, 'for update');
  }

  /** Whoever's it is: for what the registry decides. */
  async lock(client: pg.ClientBase, id: string): Promise<Owned<Status, Facts> | undefined> {
    const { rows } = await client.query<Row<Status, Facts>>(`select ${COLUMNS} from ${this.#table} where id = $1 for update`, [
      id,
    ]);
    return rows[0] && toOwned(rows[0]);
  }

  /** Newest first. */
  async list(reach: Reach, conditions: readonly Condition[], page: PageRequest): Promise<Found<Owned<Status, Facts>>> {
    const { where, values } = matching(reach, conditions);
    const { rows } = await this.#pool.query<Row<Status, Facts>>(
      `select ${COLUMNS} from ${this.#table} where ${where} order by created_at desc, id
       limit $${values.length + 1} offset $${values.length + 2}`,
      [...values, page.limit + 1, page.offset],
    );
    const count = () => countMatching(this.#pool, `${this.#table} where ${where}`, values, MAX_COUNTED + 1);
    return pageOf(rows.map(toOwned<Status, Facts>), page, count);
  }

  /** Those that fulfil the conditions, the newest `limit` of them. */
  async select(
    reach: Reach,
    conditions: readonly Condition[],
    limit: number,
    client: Client = this.#pool,
  ): Promise<readonly Owned<Status, Facts>[]> {
    const { where, values } = matching(reach, conditions);
    const { rows } = await client.query<Row<Status, Facts>>(
      `select ${COLUMNS} from ${this.#table} where ${where} order by created_at desc, id limit $${values.length + 1}`,
      [...values, limit],
    );
    return rows.map(toOwned);
  }

  /** Whether a row refers to something by this column. */
  async isReferred(client: Client, column: string, id: string): Promise<boolean> {
    const { rows } = await client.query(`select 1 from ${this.#table} where ${column} = $1 limit 1`, [id]);
    return rows.length > 0;
  }

  async update(
    client: Client,
    id: string,
    change: { readonly status?: Status; readonly facts?: Facts; readonly at: Date },
  ): Promise<void> {
    await client.query(
      `update ${this.#table} set status = coalesce($2, status), facts = coalesce($3::jsonb, facts), updated_at = $4 where id = $1`,
      [id, change.status ?? null, change.facts === undefined ? null : JSON.stringify(change.facts), change.at],
    );
  }

  async delete(client: Client, id: string): Promise<void> {
    await client.query(`delete from ${this.#table} where id = $1`, [id]);
  }

  async #one(client: Client, reach: Reach, id: string, lock: '' | 'for update'): Promise<Owned<Status, Facts> | undefined> {
    if (!ID.test(id)) return undefined;
    const { where, values } = matching(reach, [{ column: 'id', comparison: '=', value: id }]);
    const { rows } = await client.query<Row<Status, Facts>>(
      `select ${COLUMNS} from ${this.#table} where ${where} ${lock}`,
      values,
    );
    return rows[0] && toOwned(rows[0]);
  }
}

function matching(reach: Reach, conditions: readonly Condition[]) {
  const all: readonly Condition[] = [
    { column: 'account_id', comparison: '=', value: reach.accountId },
    ...equalTo({ subaccount_id: reach.subaccountId }),
    ...conditions,
  ];
  return {
    where: all.map(({ column, comparison }, index) => `${column} ${comparison} $${index + 1}`).join(' and '),
    values: all.map(({ value }) => value),
  };
}

const toOwned = <Status extends string, Facts extends object>(row: Row<Status, Facts>): Owned<Status, Facts> => ({
  id: row.id,
  accountId: row.account_id,
  subaccountId: row.subaccount_id,
  status: row.status,
  facts: row.facts,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
