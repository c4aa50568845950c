import type pg from 'pg';
import type { RunsStatements } from '../storage/statement.ts';
import { dayOf } from './charge-store.ts';
import type { Micros } from './money.ts';
import { type SpendSettings, spendLeft } from './spend-limits.ts';

/** What an account, or a subaccount, may do at this moment. */
export interface Standing {
  readonly isEnabled: boolean;
  /** Undefined for a subaccount: its account pays. */
  readonly balance: { readonly isPrepaid: boolean; readonly micros: Micros } | undefined;
  /** What limits let it spend today; Infinity where there are none. */
  readonly spendLeft: Micros;
  /** What its calls on other nodes are charged with if they end now. */
  readonly talkedElsewhere: Micros;
}

interface StandingRow {
  readonly authId: string;
  readonly isMain: boolean;
  readonly isEnabled: boolean;
  readonly isPrepaid: boolean;
  readonly micros: Micros;
  readonly settings: SpendSettings | null;
  readonly day: Micros | null;
  readonly month: Micros | null;
  readonly talked?: Micros;
}

/** Sums are read only where a limit asks for them. */
const STANDING = `a.auth_id as "authId", a.parent_id is null as "isMain", a.enabled as "isEnabled", a.billing_mode = 'prepaid' as "isPrepaid",
  a.balance_micros as micros, a.settings->'spend' as settings, s.day, s.month`;
const SUMS = `left join lateral (
  select sum(amount_micros) filter (where day = $2::date)::int8 as day, sum(amount_micros)::int8 as month from spend
  where a.settings ? 'spend' and scope_id = a.auth_id and day >= date_trunc('month', $2::date)::date and day <= $2::date) as s on true`;

const LOCKED = `select ${STANDING} from (select * from accounts where auth_id = any($1) order by auth_id for no key update) a ${SUMS}`;
const OF_ONE = `select ${STANDING} from accounts a ${SUMS} where a.auth_id = $1`;

/** Billed so far of the calls that other nodes have in hand: seconds from the answer, rounded up as at their end. */
const OF_CALLERS = `select ${STANDING}, coalesce(l.talked, 0)::float8 as talked from accounts a ${SUMS}
left join lateral (
  select sum(rate_micros / 60.0 * (minimum_seconds + increment_seconds * ceil(greatest(0,
    ceil(extract(epoch from to_timestamp($4::float8 / 1000) - answered_at)) - minimum_seconds) / increment_seconds))) as talked
  from live_calls where account_id = coalesce(a.parent_id, a.auth_id) and (a.parent_id is null or owner_id = a.auth_id)
    and node is not null and node <> $3 and answered_at is not null) as l on true
where a.auth_id = any($1)`;

/** What accounts have left, read past every cache. */
export class StandingStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(authId: string, now: number): Promise<Standing | undefined> {
    const { rows } = await this.#pool.query<StandingRow>({ name: 'standing', text: OF_ONE, values: [authId, dayOf(now)] });
    return rows[0] && toStanding(rows[0]);
  }

  /** Those of accounts and subaccounts with calls on `node`, with what their calls elsewhere cost by now. */
  async ofCallers(authIds: readonly string[], node: string, now: number): Promise<ReadonlyMap<string, Standing>> {
    const { rows } = await this.#pool.query<StandingRow>({
      name: 'standing-callers',
      text: OF_CALLERS,
      values: [authIds, dayOf(now), node, now],
    });
    return new Map(rows.map((row) => [row.authId, toStanding(row)]));
  }
}

const toStanding = (row: StandingRow): Standing => ({
  isEnabled: row.isEnabled,
  balance: row.isMain ? { isPrepaid: row.isPrepaid, micros: row.micros } : undefined,
  spendLeft: spendLeft(row.settings ?? undefined, { day: row.day ?? 0, month: row.month ?? 0 }),
  talkedElsewhere: Math.round(row.talked ?? 0),
});

/** What may still be spent in all: by the balance where it is prepaid, and by limits. */
export function leftOf({ balance, spendLeft, talkedElsewhere }: Standing): Micros {
  return Math.min(balance?.isPrepaid ? balance.micros : Number.POSITIVE_INFINITY, spendLeft) - talkedElsewhere;
}

/**
 * Whether an account, and the subaccount that asks, can pay for one thing more. The account's row stays locked until the transaction
 * ends, so that two requests at once do not spend the same money.
 */
export async function affordable(
  client: RunsStatements,
  accountId: string,
  ownerId: string,
  micros: Micros,
  now: number,
): Promise<boolean> {
  const { rows } = await client.query<StandingRow>({
    name: 'standing-locked',
    text: LOCKED,
    values: [[accountId, ownerId], dayOf(now)],
  });
  return rows.map(toStanding).every((standing) => leftOf(standing) >= micros);
}
