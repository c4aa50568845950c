import type pg from 'pg';
import { lastUuidOf } from '../runtime/ids.ts';
import { type QueuedOutbound, type QueuedSource, queuedOutbound } from './queued-outbound.ts';

const LOADED = `o.message_id as id, o.account_id as "accountId", m.owner_id as "ownerId", coalesce(o.payload->>'kind', 'long_code') as "senderKind", m.service,
  m.from_number as src, coalesce(o.payload->>'dst', m.to_number) as dst, coalesce(o.payload->>'text', m.text, '') as text,
  coalesce(o.payload->'media', '[]') as media, o.payload->'structured' as structured, (m.amount_micros + m.fee_micros) as "chargeMicros",
  (extract(epoch from o.expires_at) * 1000)::float8 as "expiresAt", o.attempt, o.tried, o.pending_parts as "pendingParts", o.in_flight as marked`;

const ACCOUNTS_WAITING = `
with recursive waiting(account_id) as (
  (select account_id from outbox where node is null order by account_id limit 1)
  union all
  select (select o.account_id from outbox o where o.node is null and o.account_id > w.account_id order by o.account_id limit 1)
  from waiting w where w.account_id is not null)
select account_id from waiting where account_id is not null`;

const CLAIM = `
with mine as (
  select message_id from outbox where node is null and account_id = $1 and expires_at > to_timestamp($4::float8 / 1000)
  order by message_id limit $2 for update skip locked),
claimed as (update outbox o set node = $3 from mine where o.message_id = mine.message_id returning o.*)
select ${LOADED} from claimed o cross join lateral (select * from messages where id = o.message_id offset 0) m order by o.message_id`;

const MISLAID = `select ${LOADED} from outbox o cross join lateral (select * from messages where id = o.message_id offset 0) m
  where o.node = $1 and o.message_id < $2 and o.message_id <> all($3::uuid[]) order by o.message_id limit 1000`;

const EXPIRED = `select message_id as id from outbox where node is null and expires_at <= to_timestamp($1::float8 / 1000) limit 1000 for update skip locked`;

/** Gives a dead node's messages back. Those it may have submitted get an attempt that says so. */
const RELEASE = `
with freed as (
  update outbox set node = null, attempt = attempt + case when in_flight then 1 else 0 end, in_flight = false
  where node = $1 returning message_id, attempt, (select old.in_flight from outbox old where old.message_id = outbox.message_id) as was_in_flight)
insert into attempts (message_id, attempt, part, carrier, link, submitted_at, answered_at, outcome, summary)
select message_id, attempt, 0, '', '', to_timestamp($2::float8 / 1000), to_timestamp($2::float8 / 1000), 'unanswered',
  'the server stopped while it had the message in hand: whether a carrier took it is unknown, so it is sent again'
from freed where was_in_flight on conflict do nothing`;

/** The queue table, as a node works through it. */
export class QueueStore {
  readonly #pool: pg.Pool;
  readonly #node: string;

  constructor(pool: pg.Pool, node: string) {
    this.#pool = pool;
    this.#node = node;
  }

  /** Accounts with messages that nobody has in hand; one index probe for each. */
  async accountsWaiting(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ account_id: string }>(ACCOUNTS_WAITING);
    return rows.map((row) => row.account_id);
  }

  /** Takes up to `limit` of an account's messages, oldest first. */
  async claim(accountId: string, limit: number, now: number): Promise<readonly QueuedOutbound[]> {
    const { rows } = await this.#pool.query<QueuedSource>({
      name: 'claim-messages',
      text: CLAIM,
      values: [accountId, limit, this.#node, now],
    });
    return rows.map(queuedOutbound);
  }

  /** Messages of this node that are not in its hands: their commit was in doubt when the database connection broke. */
  async mislaid(inHand: readonly string[], olderThan: number): Promise<readonly QueuedOutbound[]> {
    const { rows } = await this.#pool.query<QueuedSource>(MISLAID, [this.#node, lastUuidOf(olderThan), inHand]);
    return rows.map(queuedOutbound);
  }

  /** Messages whose time ran out while nobody had them in hand. */
  async expired(now: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(EXPIRED, [now]);
    return rows.map((row) => row.id);
  }

  /** Notes that these are about to be submitted. Answers those that are no longer this node's. */
  async mark(ids: readonly string[]): Promise<readonly string[]> {
    const { rowCount } = await this.#pool.query({
      name: 'mark-messages',
      text: 'update outbox set in_flight = true where message_id = any($1) and node = $2',
      values: [ids, this.#node],
    });
    if (rowCount === ids.length) return [];
    const { rows } = await this.#pool.query<{ id: string }>(
      'select message_id as id from outbox where message_id = any($1) and node = $2',
      [ids, this.#node],
    );
    const own = new Set(rows.map((row) => row.id));
    return ids.filter((id) => !own.has(id));
  }

  /** Puts what this node holds and has not submitted back for others. */
  async release(ids: readonly string[]): Promise<void> {
    if (ids.length > 0)
      await this.#pool.query('update outbox set node = null, in_flight = false where message_id = any($1)', [ids]);
  }

  /** Frees what a dead process of the given node left behind. Returns how many had perhaps been submitted. */
  async takeOver(node: string, now: number): Promise<number> {
    const { rowCount } = await this.#pool.query(RELEASE, [node, now]);
    return rowCount ?? 0;
  }
}
