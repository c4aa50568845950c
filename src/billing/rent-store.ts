import type pg from 'pg';
import { inTransaction } from '../storage/storage.ts';
import { chargeOnce, type KeyedDue } from './charge-store.ts';
import type { Micros } from './money.ts';

/** Numbers whose rent is charged in one transaction. */
const BATCH = 200;
/** Recordings whose storage is. */
const STORAGE_BATCH = 500;
/** voice-api.md §9: storage is free for so long. */
const STORAGE_FREE_DAYS = 90;
const STORAGE_MONTH_DAYS = 30;

interface RentRow {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly micros: Micros;
  readonly day: string;
}

/**
 * What is charged month by month. The date of the next month moves in the transaction that charges the one before, and rows that another
 * node has in hand are passed over, so a month is charged once, however many nodes and crashes there are. Who was down for months
 * charges each of them.
 */
export class RentStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Charges the rent of all numbers that begin another month. Answers how many months. */
  async chargeNumbers(now: number): Promise<number> {
    let charged = 0;
    for (;;) {
      const found = await inTransaction(this.#pool, (client) => chargeBatch(client, now));
      charged += found;
      if (found < BATCH) return charged;
    }
  }

  /** Charges the storage of recordings for every 30 days that have passed beyond the free ones. `price`: of a minute for a month. */
  async chargeStorage(price: Micros, now: number): Promise<number> {
    if (price === 0) return 0;
    let charged = 0;
    for (;;) {
      const found = await inTransaction(this.#pool, (client) => chargeStorageBatch(client, price, now));
      charged += found;
      if (found < STORAGE_BATCH) return charged;
    }
  }
}

/** The day of the month stays that of the purchase, where the month has it. */
async function chargeBatch(client: pg.ClientBase, now: number): Promise<number> {
  const { rows } = await client.query<RentRow>(
    `with due as (
       select number, renewal_date as day from numbers
       where account_id is not null and renewal_date <= (to_timestamp($1::float8 / 1000) at time zone 'UTC')::date
       order by renewal_date, number limit ${BATCH} for update skip locked)
     update numbers n set renewal_date = (coalesce(n.added_at at time zone 'UTC', due.day)::date + make_interval(months => 1 +
         ((extract(year from due.day) - extract(year from coalesce(n.added_at at time zone 'UTC', due.day))) * 12
           + extract(month from due.day) - extract(month from coalesce(n.added_at at time zone 'UTC', due.day)))::int))::date
     from due where n.number = due.number
     returning n.number, n.account_id as "accountId", n.subaccount_id as "subaccountId", n.monthly_micros as micros, due.day::text as day`,
    [now],
  );
  await chargeOnce(
    client,
    rows.map(({ number, accountId, subaccountId, micros, day }): KeyedDue => {
      const ownerId = subaccountId ?? accountId;
      return { key: rentKey(number, accountId, day), accountId, ownerId, kind: 'number_rent', micros, detail: number, at: now };
    }),
  );
  return rows.length;
}

/** Of the month that begins that day, or that moment. */
export const rentKey = (number: string, accountId: string, from: string): string => `number_rent:${number}:${accountId}:${from}`;

async function chargeStorageBatch(client: pg.ClientBase, price: Micros, now: number): Promise<number> {
  const { rows } = await client.query<{ id: string; accountId: string; ownerId: string; minutes: number; month: number }>(
    `update recordings set storage_months = storage_months + 1 where recording_id in (
       select recording_id from recordings where state = 'available'
         and added_at <= to_timestamp($1::float8 / 1000) - make_interval(days => ${STORAGE_FREE_DAYS} + ${STORAGE_MONTH_DAYS} * (storage_months + 1))
         and added_at <= to_timestamp($1::float8 / 1000) - make_interval(days => ${STORAGE_FREE_DAYS + STORAGE_MONTH_DAYS})
       limit ${STORAGE_BATCH} for update skip locked)
     returning recording_id as id, account_id as "accountId", owner_id as "ownerId", ceil(duration_ms / 60000.0)::int as minutes,
       storage_months as month`,
    [now],
  );
  await chargeOnce(
    client,
    rows.map(
      ({ id, accountId, ownerId, minutes, month }): KeyedDue => ({
        key: `recording_storage:${id}:${month}`,
        accountId,
        ownerId,
        kind: 'recording_storage',
        micros: price * minutes,
        detail: id,
        at: now,
      }),
    ),
  );
  return rows.length;
}
