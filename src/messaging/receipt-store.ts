import type pg from 'pg';
import type { CarrierReceipt, MessageService } from '../carriers/carrier.ts';
import { storableJson } from '../storage/storable-text.ts';
import { type FactsRow, MESSAGE_FACTS, receiptHorizon } from './message-facts.ts';
import { eventOfReceipts, nextOutboundState, type OutboundEvent, type OutboundState, type PartReceipt } from './message-state.ts';
import type { StatusChange } from './outbound.ts';
import type { AttemptRow } from './outcome.ts';

/** Early receipts that no submit response claims: a carrier that reports so much later is not heard any more. */
const EARLY_RECEIPT_KEEP_MS = 3 * 24 * 3_600_000;

const MATCH = `
select r.n, a.message_id as id, a.part, m.state, m.units, m.service
from json_to_recordset($1) as r(n int4, c text, id text)
cross join lateral (select message_id, part from attempts
  where carrier_message_id = r.id and carrier = r.c and message_id >= $2 offset 0) a
cross join lateral (select state, units, service from messages where id = a.message_id offset 0) m`;

const LOCK = 'select from messages where id = any($1::uuid[]) order by id for update';

const EARLIER = `select message_id as id, part, state from receipts where message_id = any($1) and message_id >= $2 order by received_at`;

const KEEP_EARLY = `insert into orphan_receipts (carrier, carrier_message_id, received_at, receipt)
  select c, id, to_timestamp(at / 1000), r from json_to_recordset($1) as g(c text, id text, at float8, r jsonb)`;

const TAKE_EARLY = `delete from orphan_receipts o using json_to_recordset($1) as g(c text, id text)
  where o.carrier_message_id = g.id and o.carrier = g.c returning o.receipt`;

/** Of the last minutes only: all that a carrier sends for messages of somebody else would be looked up again and again. */
const SWEEP_EARLY = `delete from orphan_receipts o using attempts a
  where a.carrier_message_id = o.carrier_message_id and a.carrier = o.carrier and a.message_id >= $1
    and o.received_at >= to_timestamp($2::float8 / 1000) returning o.receipt`;
/** A submit response is recorded by its node within moments of its receipt; the database may have been away for a while. */
const SWEEP_REACH_MS = 10 * 60_000;

const RECORD = `
with given as (select * from json_to_recordset($1) as g(i uuid, p int2, c text, l text, ci text, s text, e text, d text, at float8))
insert into receipts (message_id, received_at, part, carrier, link, carrier_message_id, state, error_code, detail)
select i, to_timestamp(at / 1000), p, c, l, ci, s, e, d from given`;

const ADVANCE = `
update messages m set state = $1::jsonb->(m.id::text)->>'st', error_code = coalesce($1::jsonb->(m.id::text)->>'e', m.error_code),
  transitions = m.transitions || ($1::jsonb->(m.id::text)->'h'),
  updated_at = to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000),
  final_at = to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000),
  sent_at = coalesce(m.sent_at, to_timestamp(($1::jsonb->(m.id::text)->>'at')::float8 / 1000)),
  callbacks = m.callbacks + case when m.callback_url is null then 0 else ($1::jsonb->(m.id::text)->>'n')::int2 end
where m.id = any($2::uuid[]) and m.state = $1::jsonb->(m.id::text)->>'was'
returning ${MESSAGE_FACTS}`;

interface Match {
  readonly n: number;
  readonly id: string;
  readonly part: number;
  readonly state: OutboundState;
  readonly units: number;
  readonly service: MessageService;
}

interface Advance {
  was: OutboundState;
  state: OutboundState;
  errorCode: string | undefined;
  readonly history: [number, OutboundState, string][];
  at: number;
}

/** Delivery receipts: found to their message by the carrier's id, recorded, and turned into states. */
export class ReceiptStore {
  /** Whether any early receipt is waiting; false spares each batch a look. Other nodes' are found by the sweep. */
  #earlyExist = true;

  /** Records the receipts and advances their messages; those whose message is not known yet are kept for `takeEarly`. */
  async apply(client: pg.ClientBase, receipts: readonly CarrierReceipt[]): Promise<readonly StatusChange[]> {
    const horizon = receiptHorizon(receipts[0]?.receivedAt ?? 0);
    const keys = receipts.map((receipt, n) => ({ n, c: receipt.carrier, id: receipt.carrierMessageId }));
    const { rows: found } = await client.query<Match>({
      name: 'match-receipts',
      text: MATCH,
      values: [storableJson(keys), horizon],
    });
    const matches = newestOf(found);
    await this.#keepEarly(client, receipts, matches);
    if (matches.length === 0) return [];
    const earlier = await this.#earlierReceipts(client, matches, horizon);
    await client.query({
      name: 'record-receipts',
      text: RECORD,
      values: [storableJson(matches.map((match) => receiptRow(match, receipts)))],
    });
    const advances = new Map<string, Advance>();
    for (const match of [...matches].sort((a, b) => a.n - b.n)) {
      const receipt = receipts[match.n];
      if (receipt) advance(advances, match, receipt, earlier);
    }
    return this.#advance(client, advances);
  }

  /** Takes out the early receipts that belong to these attempts, or (sweep) to any recorded attempt. */
  async takeEarly(
    client: pg.ClientBase,
    attempts: readonly AttemptRow[],
    sweepAt: number | undefined,
  ): Promise<readonly CarrierReceipt[]> {
    if (sweepAt !== undefined) {
      await client.query('delete from orphan_receipts where received_at < to_timestamp($1::float8 / 1000)', [
        sweepAt - EARLY_RECEIPT_KEEP_MS,
      ]);
      const { rows } = await client.query<{ receipt: CarrierReceipt }>(SWEEP_EARLY, [
        receiptHorizon(sweepAt),
        sweepAt - SWEEP_REACH_MS,
      ]);
      const left = await client.query<{ some: boolean }>('select exists (select from orphan_receipts) as some');
      this.#earlyExist = left.rows[0]?.some ?? true;
      return rows.map((row) => row.receipt);
    }
    const accepted = attempts.filter((attempt) => attempt.carrierMessageId !== undefined);
    if (!this.#earlyExist || accepted.length === 0) return [];
    const keys = accepted.map((attempt) => ({ c: attempt.carrier, id: attempt.carrierMessageId }));
    const { rows } = await client.query<{ receipt: CarrierReceipt }>(TAKE_EARLY, [storableJson(keys)]);
    return rows.map((row) => row.receipt);
  }

  async #keepEarly(client: pg.ClientBase, receipts: readonly CarrierReceipt[], matches: readonly Match[]): Promise<void> {
    if (matches.length >= receipts.length) return;
    const matched = new Set(matches.map((match) => match.n));
    const early = receipts
      .filter((_, n) => !matched.has(n))
      .map((receipt) => ({ c: receipt.carrier, id: receipt.carrierMessageId, at: receipt.receivedAt, r: receipt }));
    if (early.length === 0) return;
    this.#earlyExist = true;
    await client.query(KEEP_EARLY, [storableJson(early)]);
  }

  /** What parts of long messages have reported before; single-part messages need no look. */
  async #earlierReceipts(client: pg.ClientBase, matches: readonly Match[], horizon: string): Promise<Map<string, PartReceipt[]>> {
    const long = matches.filter((match) => match.units > 1);
    const parts = new Map<string, PartReceipt[]>(
      long.map((match) => [match.id, new Array<PartReceipt>(match.units).fill('none')]),
    );
    if (long.length === 0) return parts;
    // Another node may be recording the other part at this moment: whoever comes second sees what the first has written.
    await client.query(LOCK, [[...parts.keys()]]);
    const { rows } = await client.query<{ id: string; part: number; state: string }>(EARLIER, [[...parts.keys()], horizon]);
    for (const row of rows) {
      const state = partReceipt(row.state);
      const known = parts.get(row.id);
      if (known && state !== 'none') known[row.part] = state;
    }
    return parts;
  }

  async #advance(client: pg.ClientBase, advances: ReadonlyMap<string, Advance>): Promise<readonly StatusChange[]> {
    const moved = [...advances].filter(([, step]) => step.history.length > 0);
    if (moved.length === 0) return [];
    const byId = Object.fromEntries(
      moved.map(([id, step]) => [
        id,
        { was: step.was, st: step.state, e: step.errorCode, h: step.history, n: step.history.length, at: step.at },
      ]),
    );
    const { rows } = await client.query<FactsRow>({
      name: 'advance-messages',
      text: ADVANCE,
      values: [storableJson(byId), moved.map(([id]) => id)],
    });
    return rows.filter((row) => row.callbackUrl !== null).flatMap((row) => changesOf(row, advances.get(row.id)));
  }
}

/** Carriers come round to the same id within a week: a receipt is for the newest message that has it. */
function newestOf(matches: readonly Match[]): readonly Match[] {
  const newest = new Map<number, string>();
  for (const { n, id } of matches) if (id > (newest.get(n) ?? '')) newest.set(n, id);
  return matches.filter(({ n, id }) => newest.get(n) === id);
}

function changesOf(row: FactsRow, step: Advance | undefined): readonly StatusChange[] {
  const history = step?.history ?? [];
  return history.map(([at, state], index) => ({
    facts: row,
    state,
    errorCode: state === 'sent' ? null : row.errorCode,
    sequence: row.callbacks - (history.length - 1 - index),
    at,
  }));
}

function advance(
  advances: Map<string, Advance>,
  match: Match,
  receipt: CarrierReceipt,
  earlier: Map<string, PartReceipt[]>,
): void {
  const step = advances.get(match.id) ?? {
    was: match.state,
    state: match.state,
    errorCode: undefined,
    history: [],
    at: receipt.receivedAt,
  };
  advances.set(match.id, step);
  const event = eventOf(match, receipt, earlier.get(match.id));
  if (!event) return;
  const transition = nextOutboundState(step.state, event);
  if (transition.kind !== 'moved') return;
  for (const state of transition.entered)
    step.history.push([receipt.receivedAt, state, `receipt from ${receipt.carrier}: ${receipt.detail}`]);
  step.state = transition.entered.at(-1) ?? step.state;
  step.errorCode = event === 'receipt_undelivered' ? receipt.errorCode : '000';
  step.at = receipt.receivedAt;
}

/** A message of one part follows its receipt; one of several follows the worst, once all have reported. */
function eventOf(match: Match, receipt: CarrierReceipt, parts: PartReceipt[] | undefined): OutboundEvent | undefined {
  const state = partReceipt(receipt.state);
  if (state === 'none' || (state === 'read' && match.service !== 'whatsapp')) return undefined;
  if (!parts) return eventOfReceipts([state]);
  parts[match.part] = state;
  return eventOfReceipts(parts);
}

function partReceipt(state: string): PartReceipt {
  return state === 'delivered' || state === 'undelivered' || state === 'read' ? state : 'none';
}

function receiptRow(match: Match, receipts: readonly CarrierReceipt[]) {
  const receipt = receipts[match.n];
  return {
    i: match.id,
    p: match.part,
    c: receipt?.carrier,
    l: receipt?.link,
    ci: receipt?.carrierMessageId,
    s: receipt?.state,
    e: receipt?.errorCode,
    d: receipt?.detail,
    at: receipt?.receivedAt,
  };
}
