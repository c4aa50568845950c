import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../../accounts/reach.ts';
import { takeDue } from '../../billing/charge-store.ts';
import { isUuid } from '../../runtime/ids.ts';
import { countMatching } from '../../storage/count-rows.ts';
import { storableJson, storableText } from '../../storage/storable-text.ts';
import { inTransaction } from '../../storage/storage.ts';
import type { WriteNotifications } from '../write-notifications.ts';
import type { MultiPartyFilter } from './multiparty-control.ts';
import type { MultiPartyNotification } from './multiparty-notification.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';
import {
  MULTIPARTY_COLUMNS,
  type MultiPartyRow,
  PARTICIPANT_COLUMNS,
  type ParticipantRow,
  toMultiParty,
  toParticipant,
} from './multiparty-row.ts';
import type { StatusCallback } from './multiparty-teller.ts';
import type { KeptMultiParty, MultiPartyRecords } from './record-keeper.ts';

export interface MultiPartyStoreOptions {
  readonly pool: pg.Pool;
  readonly node: string;
  readonly writeNotifications: WriteNotifications;
}

/** Records of ended and live multiparty calls, as lists ask for them. */
export interface MultiPartyArchive {
  /** The newest first. */
  list(reach: Reach, filter: MultiPartyFilter, page: PageRequest): Promise<Found<MultiPartyRecord>>;
  find(reach: Reach, id: string): Promise<MultiPartyRecord | undefined>;
  /** In the order of their entry. */
  participants(multiPartyId: string, callId: string | undefined, page: PageRequest): Promise<Found<ParticipantRecord>>;
  participant(multiPartyId: string, memberId: string): Promise<ParticipantRecord | undefined>;
}

const time = (value: string) => `to_timestamp(${value}::float8 / 1000)`;

const SAVE = `
insert into multiparty_calls (mpc_id, account_id, owner_id, node, name, state, recording, stay_alone, max_participants, max_duration_ms,
  status_callback, sequence, rate_micros, created_at, started_at, ended_at, duration_seconds, billed_seconds, amount_micros,
  termination_code)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, ${time('$14')}, ${time('$15')}, ${time('$16')}, $17, $18, $19, $20)
on conflict (mpc_id) do update set state = excluded.state, recording = excluded.recording, status_callback = excluded.status_callback,
  sequence = excluded.sequence, started_at = excluded.started_at, ended_at = excluded.ended_at,
  duration_seconds = excluded.duration_seconds, billed_seconds = excluded.billed_seconds, amount_micros = excluded.amount_micros,
  termination_code = excluded.termination_code
where multiparty_calls.ended_at is null
returning mpc_id`;

const SAVE_PARTICIPANT = `
insert into multiparty_participants (mpc_id, member_id, call_id, address, role, coach, mute, hold, start_on_enter, end_on_exit,
  joined_at, exited_at, duration_seconds, billed_seconds, amount_micros, exit)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${time('$11')}, ${time('$12')}, $13, $14, $15, $16)
on conflict (mpc_id, member_id) do update set coach = excluded.coach, mute = excluded.mute, hold = excluded.hold,
  exited_at = excluded.exited_at, duration_seconds = excluded.duration_seconds, billed_seconds = excluded.billed_seconds,
  amount_micros = excluded.amount_micros, exit = excluded.exit
where multiparty_participants.exited_at is null`;

const OPEN = `
select ${MULTIPARTY_COLUMNS}, status_callback as "statusCallback", sequence, rate_micros as "rateMicros",
  least((select extract(epoch from active_at) * 1000 from call_engines where node = $1), $2::float8)::float8 as "lastActiveAt"
from multiparty_calls where node = $1 and ended_at is null`;

/** Whoever was still in, up to when the process was last known to run. */
const CLOSE_PARTICIPANTS = `
update multiparty_participants set coach = null, mute = null, hold = null, exit = 'ended',
  exited_at = greatest(joined_at, ${time('$2')}),
  duration_seconds = greatest(0, round(extract(epoch from ${time('$2')} - joined_at))),
  billed_seconds = 60 * greatest(1, ceil(extract(epoch from ${time('$2')} - joined_at) / 60)),
  amount_micros = $3::int8 * greatest(1, ceil(extract(epoch from ${time('$2')} - joined_at) / 60))
where mpc_id = $1 and exited_at is null`;

const TOTALS = `
select coalesce(sum(billed_seconds), 0)::int4 as billed, coalesce(sum(amount_micros), 0)::int8 as amount
from multiparty_participants where mpc_id = $1`;

const OF_REACH = 'account_id = $1 and ($2::text is null or owner_id = $2)';

/** Multiparty calls in storage: one transaction for each write, so that an end, its charge and its notification are there together. */
export class MultiPartyStore implements MultiPartyRecords, MultiPartyArchive {
  readonly #options: MultiPartyStoreOptions;

  constructor(options: MultiPartyStoreOptions) {
    this.#options = options;
  }

  async save(kept: KeptMultiParty, participants: readonly ParticipantRecord[]): Promise<void> {
    await inTransaction(this.#options.pool, async (client) => {
      if (await this.#save(client, kept)) await saveParticipants(client, participants);
    });
  }

  close(
    kept: KeptMultiParty,
    participants: readonly ParticipantRecord[],
    told: MultiPartyNotification | undefined,
  ): Promise<boolean> {
    return this.#close(kept, told, (client) => saveParticipants(client, participants));
  }

  async list(reach: Reach, filter: MultiPartyFilter, page: PageRequest): Promise<Found<MultiPartyRecord>> {
    const values: unknown[] = [reach.accountId, reach.subaccountId ?? null];
    const conditions = [OF_REACH];
    const where = (value: unknown, condition: (place: string) => string) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    // The second is what the index of subaccounts holds.
    const isSubaccount = filter.ownerId !== undefined && filter.ownerId !== reach.accountId;
    where(filter.ownerId, (place) => `owner_id = ${place}${isSubaccount ? ' and owner_id <> account_id' : ''}`);
    where(filter.name === undefined ? undefined : storableText(filter.name), (place) => `name = ${place}`);
    where(filter.state, (place) => `state = ${place}${filter.state === 'ended' ? '' : ' and ended_at is null'}`);
    where(filter.terminationCode, (place) => `termination_code = ${place}`);
    where(filter.createdFromMs, (place) => `created_at >= ${time(place)}`);
    where(filter.createdToMs, (place) => `created_at < ${time(place)} + interval '1 ms'`);
    where(filter.endedFromMs, (place) => `(ended_at is null or ended_at >= ${time(place)})`);
    where(filter.endedToMs, (place) => `(ended_at is null or ended_at < ${time(place)} + interval '1 ms')`);
    const matching = `multiparty_calls where ${conditions.join(' and ')}`;
    const { pool } = this.#options;
    const { rows } = await pool.query<MultiPartyRow>(
      `select ${MULTIPARTY_COLUMNS} from ${matching} order by created_at desc, mpc_id desc
       limit $${values.length + 1} offset $${values.length + 2}`,
      [...values, page.limit + 1, page.offset],
    );
    return pageOf(rows.map(toMultiParty), page, () => countMatching(pool, matching, values, MAX_COUNTED + 1));
  }

  async find(reach: Reach, id: string): Promise<MultiPartyRecord | undefined> {
    if (!isUuid(id)) return undefined;
    const { rows } = await this.#options.pool.query<MultiPartyRow>(
      `select ${MULTIPARTY_COLUMNS} from multiparty_calls where ${OF_REACH} and mpc_id = $3`,
      [reach.accountId, reach.subaccountId ?? null, id],
    );
    return rows[0] && toMultiParty(rows[0]);
  }

  async participants(multiPartyId: string, callId: string | undefined, page: PageRequest): Promise<Found<ParticipantRecord>> {
    if (!isUuid(multiPartyId) || (callId !== undefined && !isUuid(callId))) return { total: 0, items: [] };
    const matching = 'multiparty_participants where mpc_id = $1 and ($2::uuid is null or call_id = $2)';
    const values = [multiPartyId, callId ?? null];
    const { pool } = this.#options;
    const { rows } = await pool.query<ParticipantRow>(
      `select ${PARTICIPANT_COLUMNS} from ${matching} order by member_id limit $3 offset $4`,
      [...values, page.limit + 1, page.offset],
    );
    return pageOf(rows.map(toParticipant), page, () => countMatching(pool, matching, values, MAX_COUNTED + 1));
  }

  async participant(multiPartyId: string, memberId: string): Promise<ParticipantRecord | undefined> {
    if (!isUuid(multiPartyId) || !isMemberId(memberId)) return undefined;
    const { rows } = await this.#options.pool.query<ParticipantRow>(
      `select ${PARTICIPANT_COLUMNS} from multiparty_participants where mpc_id = $1 and member_id = $2`,
      [multiPartyId, memberId],
    );
    return rows[0] && toParticipant(rows[0]);
  }

  /** Ends those that a process of `node` left open when it died, each with a notification of its end. Answers how many. */
  async closeAbandoned(node: string, now: number): Promise<number> {
    const { rows } = await this.#options.pool.query<OpenRow>(OPEN, [node, now]);
    let closed = 0;
    for (const row of rows) if (await this.#closeAbandoned(row, now)) closed++;
    return closed;
  }

  async #closeAbandoned(row: OpenRow, now: number): Promise<boolean> {
    const open = toMultiParty(row);
    const { statusCallback: status, sequence, rateMicros } = row;
    const statusCallback = status ?? undefined;
    const endedAt = Math.max(open.createdAt, row.lastActiveAt ?? now);
    const { pool } = this.#options;
    await pool.query(CLOSE_PARTICIPANTS, [open.id, endedAt, rateMicros]);
    const totals = (await pool.query<{ billed: number; amount: number }>(TOTALS, [open.id])).rows[0];
    const durationS = Math.round((endedAt - (open.startedAt ?? open.createdAt)) / 1_000);
    const bill = { durationS, billedS: totals?.billed ?? 0, amountMicros: totals?.amount ?? 0 };
    const record: MultiPartyRecord = { ...open, state: 'ended', endedAt, bill, recording: undefined, terminationCode: 0 };
    const { id, name, accountId, ownerId } = record;
    const told: MultiPartyNotification | undefined = statusCallback?.events.includes('mpc-state-changes')
      ? {
          kind: 'multiparty',
          target: statusCallback.target,
          multiParty: { id, name, accountId, ownerId },
          event: 'ended',
          at: endedAt,
          sequence: sequence + 1,
          end: { bill, code: 0 },
        }
      : undefined;
    return this.#close({ record, statusCallback, sequence, rateMicros }, told, async () => undefined);
  }

  async #close(
    kept: KeptMultiParty,
    told: MultiPartyNotification | undefined,
    also: (client: pg.ClientBase) => Promise<void>,
  ): Promise<boolean> {
    const { pool, writeNotifications } = this.#options;
    const committed = await inTransaction(pool, async (client) => {
      if (!(await this.#save(client, kept))) return undefined;
      await also(client);
      const { accountId, ownerId, bill, createdAt, endedAt } = kept.record;
      const micros = bill?.amountMicros ?? 0;
      await takeDue(client, [{ accountId, ownerId, kind: 'multiparty', micros, at: endedAt ?? createdAt }]);
      return told ? writeNotifications(client, [told]) : () => undefined;
    });
    committed?.();
    return committed !== undefined;
  }

  /** False when it has been closed. */
  async #save(client: pg.ClientBase, { record, statusCallback, sequence, rateMicros }: KeptMultiParty): Promise<boolean> {
    const { rowCount } = await client.query(SAVE, [
      record.id,
      record.accountId,
      record.ownerId,
      this.#options.node,
      storableText(record.name),
      record.state,
      record.recording ?? 'not-recording',
      record.stayAlone,
      record.maxParticipants,
      record.maxDurationMs,
      statusCallback === undefined ? null : storableJson(statusCallback),
      sequence,
      rateMicros,
      record.createdAt,
      record.startedAt ?? null,
      record.endedAt ?? null,
      record.bill?.durationS ?? null,
      record.bill?.billedS ?? null,
      record.bill?.amountMicros ?? null,
      record.terminationCode ?? null,
    ]);
    return rowCount === 1;
  }
}

interface OpenRow extends MultiPartyRow {
  readonly statusCallback: StatusCallback | null;
  readonly sequence: number;
  readonly rateMicros: number;
  readonly lastActiveAt: number | null;
}

async function saveParticipants(client: pg.ClientBase, participants: readonly ParticipantRecord[]): Promise<void> {
  for (const each of participants) {
    await client.query(SAVE_PARTICIPANT, [
      each.multiPartyId,
      each.memberId,
      each.callId,
      storableText(each.address),
      each.role,
      each.coach ?? null,
      each.mute ?? null,
      each.hold ?? null,
      each.startOnEnter,
      each.endOnExit,
      each.joinedAt,
      each.exitedAt ?? null,
      each.bill?.durationS ?? null,
      each.bill?.billedS ?? null,
      each.bill?.amountMicros ?? null,
      each.exit ?? null,
    ]);
  }
}

/** Removes those that were created before and have ended, with their participants. */
export async function forgetMultiPartiesBefore(pool: pg.Pool, ms: number): Promise<void> {
  await pool.query(`delete from multiparty_calls where created_at < ${time('$1')} and ended_at is not null`, [ms]);
}

/** What a bigint column can be asked for. */
const isMemberId = (text: string): boolean => /^[0-9]{1,18}$/.test(text);
