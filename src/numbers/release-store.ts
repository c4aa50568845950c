import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { NumberTables } from './number-table.ts';

/** A number of an account, which may have it no more by now; or all those of a subaccount. */
export type ReleaseTarget = { readonly accountId: string; readonly number: string } | { readonly subaccountId: string };

/** Holds for a row `n` of numbers. */
type Which = RawBuilder<boolean>;

/**
 * Gives numbers up: those that were bought go back on sale with nothing left of their owner, the account's own vanish; pools and campaigns
 * lose them, and what was registered of them ends. Runs on the caller's transaction. Locks are taken in the order of a decision of the
 * registry (src/compliance/proceedings.ts): what is asked about, the number, the case.
 */
export async function releaseNumbers(transaction: Kysely<NumberTables>, target: ReleaseTarget): Promise<void> {
  const which: Which =
    'number' in target
      ? sql`n.number = ${target.number} and n.account_id = ${target.accountId}`
      : sql`n.subaccount_id = ${target.subaccountId}`;
  await endRegistrations(transaction, which);
  for (const members of ['pool_numbers', 'tendlc_campaign_numbers']) {
    await sql`delete from ${sql.table(members)} where number in (select number from numbers n where ${which})`.execute(
      transaction,
    );
  }
  await withdrawQuestions(transaction, which);
  await transaction.deleteFrom('numbers as n').where(which).where('from_inventory', '=', false).execute();
  await transaction
    .updateTable('numbers as n')
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
    .where(which)
    .where('from_inventory', '=', true)
    .execute();
}

/**
 * Verifications go, so that whoever rents the number the next time may ask anew, and the registry is asked no more about it; a hosted
 * number is disconnected (src/compliance/hosted-number-machine.ts).
 */
async function endRegistrations(transaction: Kysely<NumberTables>, which: Which): Promise<void> {
  await sql`with gone as (
      delete from tollfree_verifications v using numbers n
      where n.number = v.number and n.account_id = v.account_id and v.status <> 'REJECTED' and ${which} returning v.id)
    delete from registry_cases where kind = 'tollfree_verification' and decided_at is null and subject_id in (select id from gone)`.execute(
    transaction,
  );
  await sql`update hosted_numbers h set status = 'disconnected', updated_at = now() from numbers n
    where n.number = h.number and n.account_id = h.account_id and h.status = 'active' and ${which}`.execute(transaction);
}

/** The registry is asked no more about the numbers themselves. Two statements: the second sees what was asked while the first waited. */
async function withdrawQuestions(transaction: Kysely<NumberTables>, which: Which): Promise<void> {
  await sql`select from numbers n where ${which} order by number for update`.execute(transaction);
  await sql`delete from registry_cases where kind in ('number_linking', 'number_unlinking', 'caller_reputation') and decided_at is null
    and subject_id in (select number from numbers n where ${which})`.execute(transaction);
}
