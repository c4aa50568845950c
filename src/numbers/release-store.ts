import type { Kysely } from 'kysely';
import type { NumberTables } from './number-table.ts';

export type ReleaseTarget = { readonly number: string } | { readonly subaccountId: string };

/**
 * Gives numbers up: those that were bought go back on sale with nothing left of their owner, the account's own vanish; pools and campaigns lose them.
 * Runs on the caller's transaction.
 */
export async function releaseNumbers(transaction: Kysely<NumberTables>, target: ReleaseTarget): Promise<void> {
  const [column, value] =
    'number' in target ? (['number', target.number] as const) : (['subaccount_id', target.subaccountId] as const);
  await transaction
    .withTables<{ pool_numbers: { number: string } }>()
    .deleteFrom('pool_numbers')
    .where('number', 'in', (numbers) => numbers.selectFrom('numbers').select('number').where(column, '=', value))
    .execute();
  await transaction
    .withTables<{ tendlc_campaign_numbers: { number: string } }>()
    .deleteFrom('tendlc_campaign_numbers')
    .where('number', 'in', (numbers) => numbers.selectFrom('numbers').select('number').where(column, '=', value))
    .execute();
  await transaction.deleteFrom('numbers').where(column, '=', value).where('from_inventory', '=', false).execute();
  await transaction
    .updateTable('numbers')
    .set({
      account_id: null,
      subaccount_id: null,
      app_id: null,
      trunk_id: null,
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
