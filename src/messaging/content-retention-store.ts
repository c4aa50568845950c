import type pg from 'pg';
import { firstUuidOf } from '../runtime/ids.ts';

/** Whose texts are kept for how long. */
export interface RetentionRule {
  /** Empty: every account that has no rule of its own. */
  readonly accountId: string;
  readonly days: number;
  /** Texts of messages made before this are blank already, wall-clock milliseconds. */
  readonly blankedUntil: number;
}

export interface BlankedBatch {
  /** Inbound messages of the batch: their webhooks repeat the text. */
  readonly inboundIds: readonly string[];
  /** Id of the last message looked at; undefined when there was none. */
  readonly lastId: string | undefined;
}

/** Accounts with a retention of their own, and those that once had one: a rule that was lifted must reach what is older. */
const RULES = `
select coalesce(a.auth_id, r.account_id) as "accountId", coalesce((a.settings->>'contentRetentionDays')::int, $1) as days,
  case when r.days <= coalesce((a.settings->>'contentRetentionDays')::int, $1) then coalesce((extract(epoch from r.blanked_until) * 1000)::float8, 0)
    else 0 end as "blankedUntil"
from (select auth_id, settings from accounts where parent_id is null and settings->>'contentRetentionDays' is not null) as a
full join (select * from content_retention where account_id <> '') as r on r.account_id = a.auth_id
order by 1`;

/** Texts of messages, blanked by age without an index for it: each rule remembers how far it has come. */
export class ContentRetentionStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** The rules of single accounts, then the one for all others. */
  async rules(defaultDays: number): Promise<readonly RetentionRule[]> {
    const { rows: own } = await this.#pool.query<RetentionRule>(RULES, [defaultDays]);
    const { rows: general } = await this.#pool.query<{ blankedUntil: number }>(
      `select (extract(epoch from blanked_until) * 1000)::float8 as "blankedUntil" from content_retention where account_id = ''`,
    );
    return [...own, { accountId: '', days: defaultDays, blankedUntil: general[0]?.blankedUntil ?? 0 }];
  }

  /** Blanks the texts of at most `limit` messages after `afterId` and before the time, oldest first. */
  async blank(
    rule: RetentionRule,
    except: readonly string[],
    afterId: string,
    beforeMs: number,
    limit: number,
  ): Promise<BlankedBatch> {
    const whose = rule.accountId === '' ? 'account_id <> all($4)' : 'account_id = any($4)';
    const { rows } = await this.#pool.query<{ id: string; inbound: boolean }>(
      `with batch as (select id, direction = 'inbound' as inbound from messages where id > $1 and id < $2 and ${whose} order by id limit $3),
       blanked as (update messages m set text = null from batch where m.id = batch.id and m.text is not null)
       select id, inbound from batch order by id`,
      [afterId, firstUuidOf(beforeMs), limit, rule.accountId === '' ? except : [rule.accountId]],
    );
    return { inboundIds: rows.flatMap((row) => (row.inbound ? [row.id] : [])), lastId: rows.at(-1)?.id };
  }

  async remember(rule: RetentionRule, blankedUntil: number): Promise<void> {
    await this.#pool.query(
      `insert into content_retention (account_id, days, blanked_until) values ($1, $2, to_timestamp($3::float8 / 1000))
       on conflict (account_id) do update set days = excluded.days, blanked_until = excluded.blanked_until`,
      [rule.accountId, rule.days, blankedUntil],
    );
  }
}
