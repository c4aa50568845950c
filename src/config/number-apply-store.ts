import type pg from 'pg';
import { type Row, upsertRows } from './upsert-store.ts';

/** A number of the file: its columns that are always set, and those that only a new row or a new owner gets. */
export interface DesiredNumber {
  readonly number: string;
  readonly columns: Row;
  readonly initial: Row;
}

const target = { table: 'numbers', key: ['number'] };

/** Gives numbers to accounts. One that had another owner, or was for sale, keeps nothing of it. */
export async function applyNumbers(
  client: pg.ClientBase,
  desired: readonly (DesiredNumber & { readonly accountId: string })[],
  at: Date,
): Promise<ReadonlyMap<string, 'added' | 'changed'>> {
  const owners = await ownersOf(client, desired);
  const rows = desired.map(({ number, accountId, columns, initial }) => ({
    number,
    account_id: accountId,
    ...(owners.get(number) !== accountId && {
      subaccount_id: null,
      app_id: null,
      carrier_id: null,
      alias: null,
      cnam_lookup: null,
      details: '{}',
      from_inventory: false,
      added_at: at,
      renewal_date: nextMonth(at),
      ...initial,
    }),
    ...columns,
  }));
  return await upsertRows(client, target, rows);
}

/** Puts numbers on sale, or changes their price and description while nobody has bought them. */
export async function applyInventory(
  client: pg.ClientBase,
  desired: readonly DesiredNumber[],
): Promise<ReadonlyMap<string, 'added' | 'changed'>> {
  const owners = await ownersOf(client, desired);
  const rows = desired.map(({ number, columns, initial }) => ({ number, ...(!owners.has(number) && initial), ...columns }));
  return await upsertRows(client, { ...target, changeable: 'numbers.account_id is null' }, rows);
}

/** Numbers that exist, with their account; null while they are for sale. */
async function ownersOf(client: pg.ClientBase, desired: readonly DesiredNumber[]): Promise<Map<string, string | null>> {
  const { rows } = await client.query<{ number: string; account_id: string | null }>(
    'select number, account_id from numbers where number = any($1)',
    [desired.map(({ number }) => number)],
  );
  return new Map(rows.map((row) => [row.number, row.account_id]));
}

/** The same day of the next month, or its last when it is shorter: `YYYY-MM-DD`. */
export function nextMonth(from: Date): string {
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 2, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), lastDay);
  return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, day)).toISOString().slice(0, 10);
}
