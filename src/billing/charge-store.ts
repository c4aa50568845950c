import type { RunsStatements } from '../storage/statement.ts';
import { storableJson, storableText } from '../storage/storable-text.ts';
import type { ChargeKind } from './charge-kind.ts';
import type { Micros } from './money.ts';

/** What somebody owes. `at` decides the day it counts for. */
export interface Due {
  readonly accountId: string;
  /** The subaccount that used it, or the account itself. */
  readonly ownerId: string;
  readonly kind: ChargeKind;
  readonly micros: Micros;
  /** Wall-clock milliseconds. */
  readonly at: number;
}

/** A charge whose record is its entry in the ledger. Whoever brings the same key again is not charged. */
export interface KeyedDue extends Due {
  readonly key: string;
  readonly detail?: string | undefined;
}

/**
 * The rest of a statement whose CTE `due (account_id, owner_id, kind, amount, day)` says what is owed: balances go down, and the same
 * amounts are added to what was spent that day by the account and by the subaccount. `spent` reads `charged`, so that the row of the
 * account is locked before those of its days: two batches of one account wait for each other there and nowhere else.
 */
export const TAKE = `
sums as (select account_id, owner_id, kind, day, sum(amount)::int8 as amount, count(*) as charges
  from due where amount <> 0 group by account_id, owner_id, kind, day),
charged as (update accounts a set balance_micros = a.balance_micros - c.amount
  from (select account_id, sum(amount)::int8 as amount from sums group by account_id) as c
  where a.auth_id = c.account_id returning a.auth_id),
spent as (insert into spend as s (scope_id, day, kind, amount_micros, charges)
  select scope, day, kind, sum(amount)::int8, sum(charges)::int8 from sums join charged on auth_id = account_id
    cross join lateral (select account_id as scope union select owner_id) as scopes
  where amount > 0 and kind <> 'credit' group by scope, day, kind order by scope, day, kind
  on conflict (scope_id, day, kind) do update
    set amount_micros = s.amount_micros + excluded.amount_micros, charges = s.charges + excluded.charges)`;

/** The day (UTC) that a charge counts for: `YYYY-MM-DD`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const TAKE_DUE = `
with due as (select a as account_id, o as owner_id, k as kind, m as amount, d as day
  from json_to_recordset($1) as g(a text, o text, k text, m int8, d date)),
${TAKE}
select`;

const CHARGE_ONCE = `
with fresh as (insert into ledger_entries (entry_key, account_id, owner_id, kind, amount_micros, detail, at)
  select y, a, o, k, m, t, to_timestamp(at / 1000)
  from json_to_recordset($1) as g(y text, a text, o text, k text, m int8, t text, at float8)
  where exists (select from accounts where auth_id = a)
  on conflict (entry_key) do nothing
  returning entry_key, account_id, owner_id, kind, amount_micros, at),
due as (select account_id, owner_id, kind, amount_micros as amount, (at at time zone 'UTC')::date as day from fresh),
${TAKE}
select entry_key as key from fresh`;

/** Takes what is owed from the balances, in the transaction that closes the records it is owed for: those say that it was taken. */
export async function takeDue(on: RunsStatements, due: readonly Due[]): Promise<void> {
  const rows = due.filter(({ micros }) => micros !== 0);
  if (rows.length === 0) return;
  const values = rows.map(({ accountId, ownerId, kind, micros, at }) => ({
    a: accountId,
    o: ownerId,
    k: kind,
    m: micros,
    d: dayOf(at),
  }));
  await on.query({ name: 'take-due', text: TAKE_DUE, values: [storableJson(values)] });
}

/**
 * Writes entries into the ledger and takes them from the balances, each key once. Answers the keys that are new. Negative amounts are
 * credit. Free of charge leaves no entry.
 */
export async function chargeOnce(on: RunsStatements, due: readonly KeyedDue[]): Promise<ReadonlySet<string>> {
  const rows = due.filter(({ micros }) => micros !== 0);
  if (rows.length === 0) return new Set();
  const values = rows.map((each) => ({
    y: storableText(each.key),
    a: each.accountId,
    o: each.ownerId,
    k: each.kind,
    m: each.micros,
    t: storableText(each.detail ?? ''),
    at: each.at,
  }));
  const found = await on.query<{ key: string }>({ name: 'charge-once', text: CHARGE_ONCE, values: [storableJson(values)] });
  return new Set(found.rows.map(({ key }) => key));
}
