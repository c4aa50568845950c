import type pg from 'pg';
import { dayOf, TAKE } from '../billing/charge-store.ts';
import type { CarrierReceipt } from '../carriers/carrier.ts';
import { firstUuidOf } from '../runtime/ids.ts';
import { storableJson } from '../storage/storable-text.ts';
import { inTransaction } from '../storage/storage.ts';
import type { StatusNotifier } from './accept-store.ts';
import { LATE_AFTER_MS } from './lingering-store.ts';
import { type FactsRow, MESSAGE_FACTS, statusChangesOf } from './message-facts.ts';
import type { StatusChange } from './outbound.ts';
import type { AttemptRow, Outcome } from './outcome.ts';
import { ReceiptStore } from './receipt-store.ts';

type Ending = Extract<Outcome, { kind: 'sent' | 'failed' }>;
type Again = Extract<Outcome, { kind: 'again' }>;

const ATTEMPTS = `
  insert into attempts (message_id, attempt, part, carrier, link, submitted_at, answered_at, outcome, carrier_message_id, error_code, summary, cost_micros)
  select i, n, p, c, l, to_timestamp(s / 1000), to_timestamp(a / 1000), o, ci, e, su, co
  from json_to_recordset($2) as t(i uuid, n int2, p int2, c text, l text, s float8, a float8, o text, ci text, e text, su text, co int8)
  on conflict do nothing`;

/**
 * Attempts, the end of the queue row, the charge with the sums of its day, and the new state of the record, all in one statement. Whoever takes the queue row
 * away charges for the message, so it is charged once, even when two nodes sent it. Values come in one JSON object by id instead of
 * a table to join: planned while the tables were empty, the join read the whole index for each batch (33 rows 8.2 ms, now 1.7 ms).
 */
const END = `
with attempted as (${ATTEMPTS}),
gone as (delete from outbox where message_id = any($3::uuid[]) returning account_id, $1::jsonb->(message_id::text) as ending),
due as (select account_id, ending->>'ow' as owner_id, ending->>'ki' as kind, (ending->>'am')::int8 as amount, (ending->>'d')::date as day
  from gone),
${TAKE}
update messages m set state = $1::jsonb->(m.id::text)->>'st', error_code = $1::jsonb->(m.id::text)->>'e',
  transitions = m.transitions || ($1::jsonb->(m.id::text)->'h'), updated_at = to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000),
  sent_at = case when $1::jsonb->(m.id::text)->>'st' = 'sent' then to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000) end,
  final_at = case when $1::jsonb->(m.id::text)->>'st' = 'failed' then to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000) end,
  amount_micros = case when $1::jsonb->(m.id::text)->>'st' = 'failed' then 0 else m.amount_micros end,
  fee_micros = case when $1::jsonb->(m.id::text)->>'st' = 'failed' then 0 else m.fee_micros end,
  callbacks = m.callbacks + case when m.callback_url is null then 0 else 1 end,
  lingers = m.id < $4::uuid
where m.id = any($3::uuid[]) and m.state = 'queued'
returning ${MESSAGE_FACTS}`;

const AGAIN = `
with given as (select * from json_to_recordset($1) as g(i uuid, n int2, t text[], p int2[])),
attempted as (${ATTEMPTS})
update outbox o set attempt = g.n, tried = g.t, pending_parts = g.p from given g where o.message_id = g.i`;

/** messaging.md §19: after a message found no credit, Send is refused this long. */
const CREDIT_LOCK_MS = 120_000;
const LOCK = 'update accounts set credit_lock_until = to_timestamp($2::float8 / 1000) where auth_id = any($1)';

/** Writes what became of messages: a batch of outcomes and receipts in one transaction, in the order they happened. */
export class OutcomeStore {
  readonly #pool: pg.Pool;
  readonly #notifier: StatusNotifier;
  readonly #creditLocked: (accountIds: readonly string[]) => void;
  readonly #receipts: ReceiptStore;

  /** `creditLocked` is called after the commit that locks accounts because their credit ran out. */
  constructor(pool: pg.Pool, notifier: StatusNotifier, creditLocked: (accountIds: readonly string[]) => void) {
    this.#pool = pool;
    this.#notifier = notifier;
    this.#creditLocked = creditLocked;
    this.#receipts = new ReceiptStore();
  }

  async write(outcomes: readonly Outcome[]): Promise<void> {
    const endings = outcomes.filter((outcome) => outcome.kind === 'sent' || outcome.kind === 'failed');
    const again = outcomes.filter((outcome) => outcome.kind === 'again');
    const sweeps = outcomes.filter((outcome) => outcome.kind === 'sweep');
    const receipts: CarrierReceipt[] = outcomes.flatMap((outcome) => (outcome.kind === 'receipt' ? [outcome.receipt] : []));
    const locked: string[] = [];
    const committed = await inTransaction(this.#pool, async (client) => {
      const changes: StatusChange[] = [];
      if (again.length > 0) await this.#again(client, again);
      if (endings.length > 0) {
        const ended = await this.#end(client, endings);
        changes.push(...statusChangesOf(ended, new Map(endings.map((ending) => [ending.messageId, ending.at]))));
        locked.push(...(await this.#lock(client, endings)));
      }
      const early = await this.#receipts.takeEarly(
        client,
        [...endings, ...again].flatMap((outcome) => outcome.attempts),
        sweeps[0]?.at,
      );
      if (receipts.length + early.length > 0) changes.push(...(await this.#receipts.apply(client, [...early, ...receipts])));
      return changes.length > 0 ? this.#notifier.write(client, changes) : undefined;
    });
    if (locked.length > 0) this.#creditLocked(locked);
    committed?.();
  }

  /** Answers the messages that ended by this; those that had left `queued` before stay what they are. */
  async #end(client: pg.ClientBase, endings: readonly Ending[]): Promise<readonly FactsRow[]> {
    const ids = endings.map((ending) => ending.messageId);
    const byId = Object.fromEntries(
      endings.map((ending) => [
        ending.messageId,
        {
          st: ending.kind,
          e: ending.kind === 'failed' ? ending.errorCode : undefined,
          h: [[ending.at, ending.kind, ending.cause]],
          at: ending.at,
          ...(ending.kind === 'sent' && {
            am: ending.chargeMicros,
            ow: ending.ownerId,
            ki: ending.service,
            d: dayOf(ending.at),
          }),
        },
      ]),
    );
    const at = Math.max(...endings.map((ending) => ending.at));
    const attempts = endings.flatMap((ending) => ending.attempts.map(attemptRow));
    const result = await client.query<FactsRow>({
      name: 'end-messages',
      text: END,
      values: [storableJson(byId), storableJson(attempts), ids, firstUuidOf(at - LATE_AFTER_MS)],
    });
    return result.rows;
  }

  async #lock(client: pg.ClientBase, endings: readonly Ending[]): Promise<readonly string[]> {
    const broke = endings.flatMap((ending) =>
      ending.kind === 'failed' && ending.locks !== undefined ? [{ authId: ending.locks, at: ending.at }] : [],
    );
    if (broke.length === 0) return [];
    const accounts = [...new Set(broke.map(({ authId }) => authId))].sort();
    await client.query(LOCK, [accounts, Math.max(...broke.map(({ at }) => at)) + CREDIT_LOCK_MS]);
    return accounts;
  }

  async #again(client: pg.ClientBase, again: readonly Again[]): Promise<void> {
    const rows = again.map((outcome) => ({
      i: outcome.messageId,
      n: outcome.attempt,
      t: outcome.tried,
      p: outcome.pendingParts,
    }));
    const attempts = again.flatMap((outcome) => outcome.attempts.map(attemptRow));
    await client.query({ name: 'retry-messages', text: AGAIN, values: [storableJson(rows), storableJson(attempts)] });
  }
}

function attemptRow(row: AttemptRow) {
  return {
    i: row.messageId,
    n: row.attempt,
    p: row.part,
    c: row.carrier,
    l: row.link,
    s: row.submittedAt,
    a: row.answeredAt,
    o: row.outcome,
    ci: row.carrierMessageId,
    e: row.errorCode,
    su: row.summary,
    co: row.costMicros,
  };
}
