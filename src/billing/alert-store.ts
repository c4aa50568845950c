import type pg from 'pg';
import { inTransaction } from '../storage/storage.ts';
import type { SpendAlert, SpendAlertNotifier } from './alerts.ts';
import { chargeOnce, dayOf } from './charge-store.ts';
import type { Micros } from './money.ts';
import { DEFAULT_ALERT_PERCENTS, type Recharge } from './spend-limits.ts';

/** What a limit is told of by, in one statement: the crossings of this moment that have not been noted before. */
const NOTE = `
with watched as (
  select a.auth_id, a.parent_id, a.balance_micros, a.settings->'spend' as given, s.day, s.month from accounts a
  left join lateral (
    select coalesce(sum(amount_micros) filter (where day = $1::date), 0)::int8 as day, coalesce(sum(amount_micros), 0)::int8 as month
    from spend where scope_id = a.auth_id and day >= date_trunc('month', $1::date)::date and day <= $1::date) as s on true
  where a.settings ? 'spend' and a.settings->'spend' ? 'alertUrl'),
limits as (
  select auth_id, given, 'day' as kind, 'day:' || $1::date::text as period, (given->>'perDayMicros')::int8 as bound, day as used from watched
  union all
  select auth_id, given, 'month', 'month:' || to_char($1::date, 'YYYY-MM'), (given->>'perMonthMicros')::int8, month from watched),
crossed as (
  select auth_id, given->>'alertUrl' as url, kind, period, percent::int8 as threshold, bound, used
  from limits cross join lateral jsonb_array_elements_text(coalesce(given->'alertPercents', $2::jsonb)) as p (percent)
  where bound > 0 and used::numeric * 100 >= bound::numeric * percent::int8
  union all
  select auth_id, given->>'alertUrl', 'balance', 'balance', amount::int8, 0, balance_micros
  from watched cross join lateral jsonb_array_elements_text(coalesce(given->'balanceAlertsMicros', '[]')) as b (amount)
  where parent_id is null and balance_micros < amount::int8),
noted as (
  insert into spend_alerts (scope_id, period, threshold, at)
  select auth_id, period, threshold, to_timestamp($3::float8 / 1000) from crossed order by auth_id, period, threshold
  on conflict do nothing returning scope_id, period, threshold)
select auth_id as "authId", url, kind, c.threshold, bound, used from crossed c
join noted n on n.scope_id = c.auth_id and n.period = c.period and n.threshold = c.threshold order by auth_id, kind, c.threshold`;

/** A balance that has risen again is told of anew when it falls the next time. */
const REARM = `delete from spend_alerts s using accounts a
  where s.period = 'balance' and a.auth_id = s.scope_id and a.balance_micros >= s.threshold`;

const LOW = `select auth_id as "accountId", balance_micros as balance, settings->'spend'->'recharge' as recharge from accounts
  where parent_id is null and settings ? 'spend' and balance_micros < (settings->'spend'->'recharge'->>'belowMicros')::int8
  order by auth_id for no key update skip locked`;

const GRANTED = `select count(*)::int as times, coalesce(-sum(amount_micros), 0)::int8 as micros from ledger_entries
  where account_id = $1 and kind = 'credit' and entry_key like 'recharge:%'
    and at >= date_trunc('month', to_timestamp($2::float8 / 1000) at time zone 'UTC') at time zone 'UTC'`;

interface CrossedRow {
  readonly authId: string;
  readonly url: string;
  readonly kind: 'day' | 'month' | 'balance';
  readonly threshold: number;
  readonly bound: Micros;
  readonly used: Micros;
}

/** Watches what limits and balances are near, for whoever wants to be told or recharged. Any number of nodes may do it at once. */
export class AlertStore {
  readonly #pool: pg.Pool;
  readonly #notifier: SpendAlertNotifier;

  constructor(pool: pg.Pool, notifier: SpendAlertNotifier) {
    this.#pool = pool;
    this.#notifier = notifier;
  }

  /** Tells of every crossing once: a day's or month's limit in that day or month, a balance until it has risen again. */
  async tell(now: number): Promise<number> {
    const { told, committed } = await inTransaction(this.#pool, async (client) => {
      await client.query(REARM);
      const percents = JSON.stringify(DEFAULT_ALERT_PERCENTS);
      const { rows } = await client.query<CrossedRow>(NOTE, [dayOf(now), percents, now]);
      if (rows.length === 0) return { told: 0, committed: undefined };
      return {
        told: rows.length,
        committed: await this.#notifier.write(
          client,
          rows.map((row) => alertOf(row, now)),
        ),
      };
    });
    committed?.();
    return told;
  }

  /** Grants the credit that accounts get by themselves when their balance is low, up to what they may get in a month. */
  async recharge(now: number): Promise<readonly string[]> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ accountId: string; balance: Micros; recharge: Recharge }>(LOW);
      const recharged: string[] = [];
      for (const { accountId, recharge } of rows) {
        const granted = (await client.query<{ times: number; micros: Micros }>(GRANTED, [accountId, now])).rows[0];
        if (!granted || granted.micros + recharge.addMicros > recharge.perMonthMicros) continue;
        const key = `recharge:${accountId}:${dayOf(now).slice(0, 7)}:${granted.times + 1}`;
        await chargeOnce(client, [{ key, accountId, ownerId: accountId, kind: 'credit', micros: -recharge.addMicros, at: now }]);
        await client.query('update accounts set credit_lock_until = null where auth_id = $1', [accountId]);
        recharged.push(accountId);
      }
      return recharged;
    });
  }
}

function alertOf({ authId, url, kind, threshold, bound, used }: CrossedRow, at: number): SpendAlert {
  const what =
    kind === 'balance'
      ? { kind, thresholdMicros: threshold, balanceMicros: used }
      : { kind, percent: threshold, limitMicros: bound, spentMicros: used };
  return { authId, url, what, at };
}
