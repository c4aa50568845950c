import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf } from '../../accounts/reach.ts';
import type { NumberType } from '../../numbers/number.ts';
import { countMatching } from '../../storage/count-rows.ts';
import type { PoolService, Powerpack } from './powerpack.ts';

/** The list of a pool that a number was added to. */
export type PoolList = 'number' | 'tollfree' | 'shortcode';

/** A number as a member of a pool. */
export interface PoolNumber {
  readonly number: string;
  readonly poolId: string;
  readonly type: NumberType;
  readonly countryIso: string;
  /** Added for MMS. */
  readonly mms: boolean;
  readonly addedAt: Date;
}

export interface PoolNumberFilter {
  readonly types?: readonly NumberType[] | undefined;
  /** Digits with country code; begins with one of them. */
  readonly prefixes?: readonly string[] | undefined;
  readonly countryIso?: string | undefined;
  /** Able to send it for the pool. */
  readonly service?: PoolService | undefined;
}

export interface NewPoolNumber {
  readonly number: string;
  readonly list: PoolList;
  readonly mms: boolean;
  readonly countryIso: string;
  readonly at: Date;
}

interface PoolNumberRow {
  readonly number: string;
  readonly pool_id: string;
  readonly type: NumberType;
  readonly country_iso: string;
  readonly mms: boolean;
  readonly added_at: Date;
}

const COLUMNS = 'p.number, p.pool_id, n.type, n.country_iso, p.mms, p.added_at';
/**
 * A number that has gone to another owner meanwhile is no member any more. Looked up one by one (`offset 0` keeps the planner from turning
 * it into a join): a pool is small against all numbers, of which a million were read to count 10,000 members, 210 ms.
 */
const MEMBERS = `pool_numbers p join powerpacks k using (pool_id) cross join lateral (select * from numbers where number = p.number
  and account_id = k.account_id and (k.subaccount_id is null or subaccount_id = k.subaccount_id) offset 0) n`;
/** Toll-free numbers and short codes go by their own ability. */
export const SENDS_MMS = "(case when n.type in ('tollfree', 'shortcode') then n.mms_enabled else p.mms and n.mms_enabled end)";
const MATCHING = `${MEMBERS} where p.pool_id = $1 and p.listed = $2 and ($3::text[] is null or n.type = any($3))
  and ($4::text[] is null or exists (select from unnest($4::text[]) as prefix where starts_with(p.number, prefix)))
  and ($5::text is null or n.country_iso = $5)
  and ($6::text is null or case when $6 = 'mms' then ${SENDS_MMS} else n.sms_enabled end)`;

/** Members of number pools. */
export class NumberPoolStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Newest first. */
  async list(poolId: string, list: PoolList, filter: PoolNumberFilter, page: PageRequest): Promise<Found<PoolNumber>> {
    const values = matchingValues(poolId, list, filter);
    const { rows } = await this.#pool.query<PoolNumberRow>(
      `select ${COLUMNS} from ${MATCHING} order by p.added_at desc, p.number limit $7 offset $8`,
      [...values, page.limit + 1, page.offset],
    );
    return pageOf(rows.map(toPoolNumber), page, () => countMatching(this.#pool, MATCHING, values, MAX_COUNTED + 1));
  }

  async find(poolId: string, list: PoolList, number: string, service: PoolService | undefined): Promise<PoolNumber | undefined> {
    const { rows } = await this.#pool.query<PoolNumberRow>(`select ${COLUMNS} from ${MATCHING} and p.number = $7`, [
      ...matchingValues(poolId, list, { service }),
      number,
    ]);
    return rows[0] && toPoolNumber(rows[0]);
  }

  /** Adds it, or the ability to send MMS to one that is there. A short code of another pool, or a second one of a country, violates a constraint. */
  async add(poolId: string, { number, list, mms, countryIso, at }: NewPoolNumber): Promise<void> {
    await this.#pool.query(
      `insert into pool_numbers as p (pool_id, number, listed, mms, short_code_country, added_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (pool_id, number) do update set listed = excluded.listed, mms = p.mms or excluded.mms`,
      [poolId, number, list, mms, list === 'shortcode' ? countryIso : null, at],
    );
  }

  /** False when it is not in that list. */
  async remove(poolId: string, list: PoolList, number: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('delete from pool_numbers where pool_id = $1 and listed = $2 and number = $3', [
      poolId,
      list,
      number,
    ]);
    return rowCount === 1;
  }

  /** Everything in the pool but short codes, which are nobody's to give up. */
  async rented({ poolId }: Pick<Powerpack, 'poolId'>): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ number: string }>(
      `select p.number from ${MEMBERS} where p.pool_id = $1 and p.listed <> 'shortcode' order by p.number`,
      [poolId],
    );
    return rows.map((row) => row.number);
  }
}

const matchingValues = (poolId: string, list: PoolList, { types, prefixes, countryIso, service }: PoolNumberFilter) => [
  poolId,
  list,
  types ?? null,
  prefixes ?? null,
  countryIso ?? null,
  service ?? null,
];

const toPoolNumber = (row: PoolNumberRow): PoolNumber => ({
  number: row.number,
  poolId: row.pool_id,
  type: row.type,
  countryIso: row.country_iso,
  mms: row.mms,
  addedAt: row.added_at,
});
