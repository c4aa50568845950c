import type pg from 'pg';
import { dayOf, TAKE } from '../billing/charge-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { isPassingFailure } from '../storage/failure.ts';
import { GroupCommit } from '../storage/group-commit.ts';
import { storableJson } from '../storage/storable-text.ts';
import { inTransaction } from '../storage/storage.ts';
import type { CallEnding, NewCall, OpenCall } from './call-record.ts';
import { OPEN_CALL_COLUMNS, type OpenCallRow, toInsertRow, toOpenCall } from './call-row.ts';
import { type CallState, statesBefore } from './call-state.ts';

/** Adds rows of the caller's own to a transaction. Resolves with what must be called once it has committed. */
export type InTransaction = (client: pg.ClientBase) => Promise<() => void>;

/** A call of an API request on its way into storage. */
export interface QueueEntry {
  readonly call: NewCall;
  /**
   * `dialing`: the node dials it as soon as it is stored. `queued` with a node: the node has it in memory and calls `markDialing` when
   * its turn comes. `queued` without: it waits in storage for `claimQueued` of any node.
   */
  readonly state: 'queued' | 'dialing';
  readonly node: string | undefined;
  /** The request may run twice (an asynchronous one after a crash) and then brings the same id again. */
  readonly mayRepeat: boolean;
}

const INSERT = `
insert into live_calls (call_id, account_id, owner_id, node, state, direction, from_number, to_number, caller_name, request_id,
  parent_call_id, application_id, endpoint_id, trunk, rate_micros, minimum_seconds, increment_seconds, stir_verification, stir_attestation,
  source_ip, options, initiated_at, ringing_at)
select i, a, o, n, st, d, f, t, cn, r, p, ap, ep, tr, ra, mi, inc, sv, sa, ip, op, to_timestamp(at / 1000),
  case when st = 'ringing' then to_timestamp(at / 1000) end
from json_to_recordset($1) as g(i uuid, a text, o text, n text, st text, d text, f text, t text, cn text, r uuid, p uuid, ap text,
  ep text, tr text, ra int8, mi int4, inc int4, sv text, sa text, ip text, op jsonb, at float8)
on conflict (call_id) do nothing
returning call_id as id`;

const KNOWN = 'select call_id as id from calls where call_id = any($1::uuid[])';

/** Values come in one JSON object by id, so that each row is reached by its key (decision 0002). */
const move = (assignments: string) => `
update live_calls set ${assignments} where call_id = any($1::uuid[]) and state = any($2::text[]) returning call_id as id`;
const since = (column: string) => `${column} = coalesce(${column}, to_timestamp(($3::jsonb->>(call_id::text))::float8 / 1000))`;
const MOVES = {
  dialing: move(`state = 'dialing'`),
  ringing: move(`state = 'ringing', ${since('ringing_at')}`),
  answered: move(`state = 'answered', ${since('answered_at')}`),
} as const;

const CLAIM = `
update live_calls set node = $3, state = 'dialing' where call_id in (
  select call_id from live_calls where account_id = $1 and node is null order by call_id limit $2 for update skip locked)
returning ${OPEN_CALL_COLUMNS}`;

/** One index probe for each account, however many calls wait. */
const ACCOUNTS_WAITING = `
with recursive waiting as (
  (select account_id from live_calls where node is null order by account_id limit 1)
  union all
  select (select l.account_id from live_calls l where l.node is null and l.account_id > waiting.account_id order by l.account_id limit 1)
  from waiting where waiting.account_id is not null)
select account_id as id from waiting where account_id is not null`;

/**
 * The end of legs: out of the open ones, into the records, and the balance goes down, all in one statement. Whoever takes the open row
 * away closes the leg, so it is closed and charged once, even when a node that was believed dead ends it as well.
 */
const END = `
with gone as (
  delete from live_calls where call_id = any($2::uuid[])
    and (state = 'queued' or ($1::jsonb->(call_id::text)->>'oq') is null)
  returning *),
due as (select account_id, owner_id, 'call' as kind, ($1::jsonb->(call_id::text)->>'am')::int8 as amount,
  ($1::jsonb->(call_id::text)->>'d')::date as day from gone),
${TAKE}
insert into calls (call_id, account_id, owner_id, direction, from_number, to_number, caller_name, request_id, parent_call_id,
  application_id, endpoint_id, trunk, carrier_failover, carrier_cost_micros, rate_micros, minimum_seconds, increment_seconds, amount_micros,
  bill_seconds, billed_seconds, hangup_code, hangup_cause, hangup_source, sip_status, stir_verification, stir_attestation, source_ip,
  conference_id, secure, cnam_lookup, initiated_at, ringing_at, answered_at, ended_at)
select call_id, account_id, owner_id, direction, from_number, to_number, caller_name, request_id, parent_call_id,
  application_id, endpoint_id, coalesce($1::jsonb->(call_id::text)->>'tr', trunk),
  coalesce(($1::jsonb->(call_id::text)->>'fo')::bool, false), coalesce(($1::jsonb->(call_id::text)->>'co')::int8, 0),
  rate_micros, minimum_seconds, increment_seconds, ($1::jsonb->(call_id::text)->>'am')::int8,
  ($1::jsonb->(call_id::text)->>'bs')::int4, ($1::jsonb->(call_id::text)->>'be')::int4,
  ($1::jsonb->(call_id::text)->>'hc')::int2, $1::jsonb->(call_id::text)->>'hn', $1::jsonb->(call_id::text)->>'hs',
  ($1::jsonb->(call_id::text)->>'ss')::int2, stir_verification, stir_attestation, source_ip,
  ($1::jsonb->(call_id::text)->>'cf')::uuid, coalesce((options->>'secure')::bool, false), coalesce(options->>'cnamLookup', ''), initiated_at,
  coalesce(to_timestamp(($1::jsonb->(call_id::text)->>'ri')::float8 / 1000), ringing_at),
  coalesce(to_timestamp(($1::jsonb->(call_id::text)->>'an')::float8 / 1000), answered_at),
  to_timestamp(($1::jsonb->(call_id::text)->>'at')::float8 / 1000)
from gone returning call_id as id`;

type Move = { readonly kind: 'move'; readonly callId: string; readonly to: keyof typeof MOVES; readonly at: number };
type Start = { readonly kind: 'start'; readonly call: NewCall; readonly state: CallState; readonly node: string };
type End = {
  readonly kind: 'end';
  readonly callId: string;
  readonly ending: CallEnding;
  readonly onlyQueued: boolean;
  readonly also: InTransaction | undefined;
};
type Write = Start | Move | End;

/** A statement of 200 rows takes some 10 ms: a caller's ringing does not wait longer behind others. */
const MAX_BATCH = 200;
/** A bulk request of 1000 destinations is one statement, with some neighbours. */
const MAX_QUEUED_BATCH = 1_200;
/** Bounded by the calls of this node, each with a few writes at once; beyond any number it can carry. */
const MAX_WAITING = 50_000;
const RETRY_MS = 200;

/**
 * Legs in storage while they live, and their end. Writes of all calls of a moment share a commit, in the order begin, move, end, so that
 * nobody has to wait for one before asking for the next. While the database is away they are tried again until `stop`.
 */
export class CallStore {
  readonly #pool: pg.Pool;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #writes: GroupCommit<Write, boolean>;
  readonly #queued: GroupCommit<readonly QueueEntry[], readonly string[]>;
  #stopped = false;

  /** `pool`: the one with fixed plans, `Storage.hot`. */
  constructor(pool: pg.Pool, clock: Clock, log: Log) {
    this.#pool = pool;
    this.#clock = clock;
    this.#log = log;
    // Whatever is not the database being away can be the fault of one call: its webhook, a value that cannot be stored.
    const isFaultOfEntry = (error: unknown) => !isPassingFailure(error);
    this.#writes = new GroupCommit({
      write: (batch) => this.#persist(batch),
      isFaultOfEntry,
      maxBatch: MAX_BATCH,
      lanes: 1,
      maxWaiting: MAX_WAITING,
    });
    this.#queued = new GroupCommit({
      write: (requests) => this.#insertQueued(requests),
      sizeOf: (request) => request.length,
      isFaultOfEntry,
      maxBatch: MAX_QUEUED_BATCH,
      lanes: 2,
      maxWaiting: MAX_WAITING,
    });
  }

  /**
   * Stores the calls of an API request, all or none; resolves when they are committed, with the ids that are new. What an earlier run of
   * the same request has stored is left as it is and not among them: it must not be dialled again.
   * @throws QueueFullError when storage does not keep up
   */
  insertQueued(entries: readonly QueueEntry[]): Promise<readonly string[]> {
    return entries.length === 0 ? Promise.resolve([]) : this.#queued.add(entries);
  }

  /** Accounts with calls that wait in storage. */
  async accountsWaiting(): Promise<readonly string[]> {
    return idsOf(await this.#pool.query<{ id: string }>({ name: 'calls-accounts-waiting', text: ACCOUNTS_WAITING }));
  }

  /** Takes up to `limit` waiting calls of an account, the oldest first, to be dialled by `node` at once. */
  async claimQueued(node: string, accountId: string, limit: number): Promise<readonly OpenCall[]> {
    const { rows } = await this.#pool.query<OpenCallRow>({
      name: 'calls-claim',
      text: CLAIM,
      values: [accountId, limit, node],
    });
    return rows.map(toOpenCall).sort((a, b) => (a.callId < b.callId ? -1 : 1));
  }

  /** Puts calls that this node holds and has not begun to dial back for others. */
  async releaseQueued(callIds: readonly string[]): Promise<void> {
    if (callIds.length === 0) return;
    await this.#pool.query(`update live_calls set node = null where call_id = any($1::uuid[]) and state = 'queued'`, [callIds]);
  }

  /** A leg that is not queued: an inbound call (`ringing`), or one that a Dial makes (`dialing`). Resolves when it is committed. */
  async insertStarted(call: NewCall, state: 'dialing' | 'ringing', node: string): Promise<void> {
    await this.#writes.add({ kind: 'start', call, state, node });
  }

  /** A queued call's turn has come. False: it was cancelled, or another node has it; it must not be dialled. */
  markDialing(callId: string): Promise<boolean> {
    return this.#writes.add({ kind: 'move', callId, to: 'dialing', at: 0 });
  }

  /** False when the leg is not in a state before this one, or has ended. */
  markRinging(callId: string, at: number): Promise<boolean> {
    return this.#writes.add({ kind: 'move', callId, to: 'ringing', at });
  }

  /** False when the leg was answered before, or has ended. */
  markAnswered(callId: string, at: number): Promise<boolean> {
    return this.#writes.add({ kind: 'move', callId, to: 'answered', at });
  }

  /**
   * Closes a leg: record, charge to the main account's balance, and what `also` adds (webhooks) are one transaction. False, and `also`
   * not called, when it was closed before.
   */
  end(callId: string, ending: CallEnding, also?: InTransaction): Promise<boolean> {
    return this.#writes.add({ kind: 'end', callId, ending, onlyQueued: false, also });
  }

  /** The same for a call that nobody has begun to dial. False when it is no longer queued. */
  cancelQueued(callId: string, ending: CallEnding, also?: InTransaction): Promise<boolean> {
    return this.#writes.add({ kind: 'end', callId, ending, onlyQueued: true, also });
  }

  /** Writes what is waiting, without trying for ever. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([this.#writes.drain(), this.#queued.drain()]);
  }

  async #insertQueued(requests: readonly (readonly QueueEntry[])[]): Promise<readonly (readonly string[])[]> {
    const entries = requests.flat();
    const repeatable = entries.filter((entry) => entry.mayRepeat).map((entry) => entry.call.callId);
    const known = new Set(
      repeatable.length === 0
        ? []
        : idsOf(await this.#pool.query<{ id: string }>({ name: 'calls-known', text: KNOWN, values: [repeatable] })),
    );
    const fresh = entries.filter(({ call }) => !known.has(call.callId));
    const stored = new Set(
      fresh.length === 0
        ? []
        : await insert(
            this.#pool,
            fresh.map(({ call, state, node }) => toInsertRow(call, state, node)),
          ),
    );
    return requests.map((request) => request.map(({ call }) => call.callId).filter((id) => stored.has(id)));
  }

  async #persist(batch: readonly Write[]): Promise<readonly boolean[]> {
    for (;;) {
      try {
        return await this.#write(batch);
      } catch (error) {
        if (!isPassingFailure(error) || this.#stopped) throw error;
        this.#log.warn({ err: error, calls: batch.length }, 'calls could not be written, trying again');
        await this.#clock.sleep(RETRY_MS);
      }
    }
  }

  async #write(batch: readonly Write[]): Promise<readonly boolean[]> {
    const steps = stepsOf(batch);
    const [only] = steps;
    if (only && steps.length === 1 && !batch.some((write) => write.kind === 'end' && write.also)) {
      const found = await only.run(this.#pool);
      return batch.map((write) => found.has(callIdOf(write)));
    }
    const done: (() => void)[] = [];
    const successes = await inTransaction(this.#pool, async (client) => {
      const successes = new Set<Write>();
      for (const step of steps) {
        const found = await step.run(client);
        for (const write of step.writes) if (found.has(callIdOf(write))) successes.add(write);
      }
      for (const write of successes) if (write.kind === 'end' && write.also) done.push(await write.also(client));
      return successes;
    });
    for (const committed of done) committed();
    return batch.map((write) => successes.has(write));
  }
}

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Writes of one statement, each about another leg. `run` answers the ids of the legs it found. */
interface Step {
  readonly writes: readonly Write[];
  run(on: Queryable): Promise<ReadonlySet<string>>;
}

const callIdOf = (write: Write): string => (write.kind === 'start' ? write.call.callId : write.callId);

const idsOf = (result: { readonly rows: readonly { readonly id: string }[] }): readonly string[] =>
  result.rows.map((row) => row.id);

async function insert(on: Queryable, rows: readonly object[]): Promise<readonly string[]> {
  return idsOf(await on.query<{ id: string }>({ name: 'calls-insert', text: INSERT, values: [storableJson(rows)] }));
}

/** Begins before moves before ends. */
function stepsOf(batch: readonly Write[]): readonly Step[] {
  const steps: Step[] = [];
  const starts = batch.filter((write) => write.kind === 'start');
  for (const writes of roundsOf(starts)) {
    const rows = writes.map(({ call, state, node }) => toInsertRow(call, state, node));
    steps.push({ writes, run: async (on) => new Set(await insert(on, rows)) });
  }
  for (const to of ['dialing', 'ringing', 'answered'] as const) {
    const moves = batch.filter((write) => write.kind === 'move' && write.to === to);
    for (const writes of roundsOf(moves)) {
      const at = JSON.stringify(
        Object.fromEntries(writes.map((write) => [callIdOf(write), write.kind === 'move' ? write.at : 0])),
      );
      const values = [writes.map(callIdOf), statesBefore(to), ...(to === 'dialing' ? [] : [at])];
      steps.push(step(writes, `calls-${to}`, MOVES[to], values));
    }
  }
  const ends = batch.filter((write) => write.kind === 'end');
  for (const writes of roundsOf(ends)) {
    const byId = Object.fromEntries(writes.map((write) => [write.callId, endingRow(write)]));
    steps.push(step(writes, 'calls-end', END, [storableJson(byId), writes.map(callIdOf)]));
  }
  return steps;
}

const step = (writes: readonly Write[], name: string, text: string, values: readonly unknown[]): Step => ({
  writes,
  run: async (on) => new Set(idsOf(await on.query<{ id: string }>({ name, text, values: [...values] }))),
});

/** Writes in which no leg occurs twice: the second about one leg sees what the first did. */
function roundsOf<Each extends Write>(writes: readonly Each[]): readonly (readonly Each[])[] {
  const rounds: Each[][] = [];
  const seen = new Map<string, number>();
  for (const write of writes) {
    const round = seen.get(callIdOf(write)) ?? 0;
    seen.set(callIdOf(write), round + 1);
    const members = rounds[round] ?? [];
    members.push(write);
    rounds[round] = members;
  }
  return rounds;
}

const endingRow = ({ ending, onlyQueued }: End) => ({
  oq: onlyQueued ? 1 : undefined,
  tr: ending.trunk,
  fo: ending.carrierFailover,
  co: ending.carrierCostMicros,
  cf: ending.conferenceId,
  ri: ending.ringingAt,
  an: ending.answeredAt,
  am: ending.ended.amountMicros,
  bs: ending.ended.durationS,
  be: ending.ended.billedS,
  hc: ending.ended.cause.code,
  hn: ending.ended.cause.cause,
  hs: ending.ended.cause.source,
  ss: ending.ended.cause.sipStatus,
  d: dayOf(ending.ended.at),
  at: ending.ended.at,
});
