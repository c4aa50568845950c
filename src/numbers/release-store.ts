import type { Kysely } from 'kysely';

interface NumberOwnership {
  number: string;
  account_id: string | null;
  subaccount_id: string | null;
  app_id: string | null;
  carrier_id: string | null;
  alias: string | null;
  cnam_lookup: string | null;
  details: Record<string, never> | object;
  from_inventory: boolean;
  added_at: Date | null;
  renewal_date: string | null;
}

export interface ReleaseTables {
  numbers: NumberOwnership;
}

export type ReleaseTarget = { readonly number: string } | { readonly subaccountId: string };

/**
 * Gives numbers up: those that were bought go back on sale with nothing left of their owner, the account's own vanish.
 * Runs on the caller's transaction.
 */
export async function releaseNumbers<DB extends ReleaseTables>(
  transaction: Kysely<DB>,
  target: ReleaseTarget,
): Promise<void> {
  const db = transaction.withTables<ReleaseTables>();
  const [column, value] = 'number' in target ? (['number', target.number] as const) : (['subaccount_id', target.subaccountId] as const);
  await db.deleteFrom('numbers').where(column, '=', value).where('from_inventory', '=', false).execute();
  await db
    .updateTable('numbers')
    .set({
      account_id: null,
      subaccount_id: null,
      app_id: null,
      carrier_id: null,
      alias: null,
      cnam_lookup: null,
      details: {},
      from_inventory: false,
      added_at: null,
      renewal_date: null,
    })
    .where(column, '=', value)
    .where('from_inventory', '=', true)
    .execute();
}
