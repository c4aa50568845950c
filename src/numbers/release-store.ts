import { type Kysely, sql } from 'kysely';
import type { NumberTables } from './number-table.ts';

export type ReleaseTarget = { readonly number: string } | { readonly subaccountId: string };

type Column = 'number' | 'subaccount_id';

/**
 * Gives numbers up: those that were bought go back on sale with nothing left of their owner, the account's own vanish; pools and campaigns
 * lose them, and what was registered of them ends. Runs on the caller's transaction. Locks are taken in the order of a decision of the
 * registry (src/compliance/proceedings.ts): what is asked about, the number, the case.
 */
export async function releaseNumbers(transaction: Kysely<NumberTables>, target: ReleaseTarget): Promise<void> {
  const [column, value] =
    'number' in target ? (['number', target.number] as const) : (['subaccount_id', target.subaccountId] as const);
  await endRegistrations(transaction, column, value);
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
  await withdrawQuestions(transaction, column, value);
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

/**
 * Verifications go, so that whoever rents the number the next time may ask anew, and the registry is asked no more about it; a hosted
 * number is disconnected (src/compliance/hosted-number-machine.ts).
 */
async function endRegistrations(transaction: Kysely<NumberTables>, column: Column, value: string): Promise<void> {
  const which = sql.ref(`n.${column}`);
  await sql`with gone as (
      delete from tollfree_verifications v using numbers n
      where n.number = v.number and n.account_id = v.account_id and v.status <> 'REJECTED' and ${which} = ${value} returning v.id)
    delete from registry_cases where kind = 'tollfree_verification' and decided_at is null and subject_id in (select id from gone)`.execute(
    transaction,
  );
  await sql`update hosted_numbers h set status = 'disconnected', updated_at = now() from numbers n
    where n.number = h.number and n.account_id = h.account_id and h.status = 'active' and ${which} = ${value}`.execute(
    transaction,
  );
}

/** The registry is asked no more about the numbers themselves. Two statements: the second sees what was asked while the first waited. */
async function withdrawQuestions(transaction: Kysely<NumberTables>, column: Column, value: string): Promise<void> {
  const held = transaction.selectFrom('numbers').select('number').where(column, '=', value);
  await held.orderBy('number').forUpdate().execute();
  await transaction
    .withTables<{ registry_cases: { subject_id: string; kind: string; decided_at: Date | null } }>()
    .deleteFrom('registry_cases')
    .where('subject_id', 'in', held)
    .where('kind', 'in', ['number_linking', 'number_unlinking', 'caller_reputation'])
    .where('decided_at', 'is', null)
    .execute();
}
