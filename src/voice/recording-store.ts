import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { takeDue } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import { isUuid } from '../runtime/ids.ts';
import { countRows } from '../storage/count-rows.ts';
import { storableJson } from '../storage/storable-text.ts';
import { inTransaction, type Storage, type Tables } from '../storage/storage.ts';
import type { CallNotification } from './call-application.ts';
import type { ProgramRecording } from './call-recordings.ts';
import type { InTransaction } from './call-store.ts';

export type RecordingFormat = 'mp3' | 'wav';

export interface NewRecording {
  /** UUID version 4: the secret of its URL. */
  readonly recordingId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly callId: string;
  /** Who writes the file. */
  readonly node: string;
  readonly type: 'call' | 'conference';
  readonly conference?: { readonly id: string; readonly name: string } | undefined;
  /** The multiparty call that it is of, or of a participant of. */
  readonly multiParty?: { readonly id: string; readonly name: string } | undefined;
  readonly format: RecordingFormat;
  readonly channels: 'mono' | 'stereo';
  readonly from: string;
  readonly to: string;
  readonly startedAt: Date;
  /** Whom to tell when the process does not live to; what it says of the recording is filled in then. */
  readonly told?: CallNotification | ProgramRecording | undefined;
}

export interface StoredRecording extends Omit<NewRecording, 'told'> {
  readonly size: number;
  readonly durationMs: number;
  /** When the file was finished. */
  readonly endedAt: Date;
  readonly addedAt: Date;
}

/** What is known of a recording when its file is finished. Times are wall-clock milliseconds. */
export interface FinishedRecording {
  readonly size: number;
  readonly durationMs: number;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Filters of a list; absent = any. */
export interface RecordingFilter {
  /** When they were added: milliseconds since the epoch, both included. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly ownerId?: string | undefined;
  readonly callId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly conferenceName?: string | undefined;
  readonly conferenceId?: string | undefined;
  readonly multiPartyName?: string | undefined;
  readonly multiPartyId?: string | undefined;
}

interface RecordingTable {
  recording_id: string;
  account_id: string;
  owner_id: string;
  call_id: string;
  node: string;
  type: 'call' | 'conference';
  conference_id: string | null;
  conference_name: string;
  mpc_id: string | null;
  mpc_name: string | null;
  format: RecordingFormat;
  channels: 'mono' | 'stereo';
  from_number: string;
  to_number: string;
  state: 'recording' | 'available' | 'removing';
  size: number;
  duration_ms: number;
  started_at: Date;
  ended_at: Date | null;
  added_at: Date;
  told: string | null;
}

type RecordingTables = { recordings: RecordingTable };

/** What a recording is named by where its file is concerned. */
export interface RecordingFile {
  readonly recordingId: string;
  readonly format: RecordingFormat;
  readonly state: 'recording' | 'removing';
  readonly startedAt: Date;
  /** Known since the recorder ended, also when the file had not been kept yet. */
  readonly endedAt: Date | null;
  readonly durationMs: number;
}

/** One that a dead process was writing, or had not removed. */
export interface UnfinishedRecording extends RecordingFile {
  readonly ownerId: string;
  readonly told: CallNotification | ProgramRecording | null;
}

/** Recordings in storage. Lists and look-ups see those whose file is finished. */
export class RecordingStore {
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Tables & RecordingTables>;

  constructor(storage: Storage) {
    this.#pool = storage.pool;
    this.#db = storage.kysely.withTables<RecordingTables>();
  }

  /** Announces a file that is about to be written. */
  async insert(recording: NewRecording): Promise<void> {
    await this.#db
      .insertInto('recordings')
      .values({
        recording_id: recording.recordingId,
        account_id: recording.accountId,
        owner_id: recording.ownerId,
        call_id: recording.callId,
        node: recording.node,
        type: recording.type,
        conference_id: recording.conference?.id ?? null,
        conference_name: recording.conference?.name ?? '',
        mpc_id: recording.multiParty?.id ?? null,
        mpc_name: recording.multiParty?.name ?? null,
        format: recording.format,
        channels: recording.channels,
        from_number: recording.from,
        to_number: recording.to,
        state: 'recording',
        size: 0,
        duration_ms: 0,
        started_at: recording.startedAt,
        added_at: recording.startedAt,
        told: recording.told === undefined ? null : storableJson(recording.told),
      })
      .execute();
  }

  /** The recorder has ended; its file is about to be taken over. */
  async settle(recordingId: string, facts: Omit<FinishedRecording, 'size'>): Promise<void> {
    await this.#pool.query(
      `update recordings set duration_ms = $2, started_at = to_timestamp($3::float8 / 1000), ended_at = to_timestamp($4::float8 / 1000)
       where recording_id = $1 and state = 'recording'`,
      [recordingId, Math.round(facts.durationMs), facts.startedAt, facts.endedAt],
    );
  }

  /** Lets readers see a finished file, and charges for it; `also` adds its own rows to the transaction. False, and `also` not called, the second time. */
  async publish(
    recordingId: string,
    facts: FinishedRecording,
    micros: Micros,
    also: InTransaction | undefined,
  ): Promise<boolean> {
    const committed = await inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ accountId: string; ownerId: string }>(
        `update recordings set state = 'available', told = null, size = $2, duration_ms = $3, started_at = to_timestamp($4::float8 / 1000),
           ended_at = to_timestamp($5::float8 / 1000), added_at = to_timestamp($5::float8 / 1000)
         where recording_id = $1 and state = 'recording' returning account_id as "accountId", owner_id as "ownerId"`,
        [recordingId, facts.size, Math.round(facts.durationMs), facts.startedAt, facts.endedAt],
      );
      const [owner] = rows;
      if (!owner) return undefined;
      await takeDue(client, [{ ...owner, kind: 'recording', micros, at: facts.endedAt }]);
      return also ? also(client) : () => undefined;
    });
    committed?.();
    return committed !== undefined;
  }

  async find(reach: Reach, recordingId: string): Promise<StoredRecording | undefined> {
    if (!isUuid(recordingId)) return undefined;
    const row = await this.#db
      .selectFrom('recordings')
      .selectAll()
      .where('recording_id', '=', recordingId)
      .where(within(reach))
      .executeTakeFirst();
    return row && toRecording(row);
  }

  /** What a public URL names. */
  async findPublic(authId: string, recordingId: string): Promise<StoredRecording | undefined> {
    if (!isUuid(recordingId)) return undefined;
    const row = await this.#db
      .selectFrom('recordings')
      .selectAll()
      .where('recording_id', '=', recordingId)
      .where('state', '=', 'available')
      .where((eb) => eb.or([eb('account_id', '=', authId), eb('owner_id', '=', authId)]))
      .executeTakeFirst();
    return row && toRecording(row);
  }

  /** The latest first. */
  async list(reach: Reach, filter: RecordingFilter, page: PageRequest): Promise<Found<StoredRecording>> {
    const ids = [filter.callId, filter.conferenceId, filter.multiPartyId];
    if (ids.some((id) => id !== undefined && !isUuid(id))) return { total: 0, items: [] };
    let matching = this.#db.selectFrom('recordings').where(within(reach));
    if (filter.fromMs !== undefined) matching = matching.where('added_at', '>=', new Date(filter.fromMs));
    if (filter.toMs !== undefined) matching = matching.where('added_at', '<', new Date(filter.toMs + 1));
    const equal = {
      owner_id: filter.ownerId,
      call_id: filter.callId,
      from_number: filter.from,
      to_number: filter.to,
      conference_id: filter.conferenceId,
      conference_name: filter.conferenceName,
      mpc_id: filter.multiPartyId,
      mpc_name: filter.multiPartyName,
    };
    // What the index of subaccounts holds.
    if (filter.ownerId !== undefined && filter.ownerId !== reach.accountId)
      matching = matching.whereRef('owner_id', '<>', 'account_id');
    for (const [column, value] of Object.entries(equal)) {
      if (value !== undefined) matching = matching.where(sql.ref<string>(column), '=', value);
    }
    const rows = await matching
      .selectAll()
      .orderBy('added_at', 'desc')
      .orderBy('recording_id', 'desc')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('recording_id').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toRecording), page, count);
  }

  /** Hides one from all readers; its file and row are to be removed next. False when there is none within reach. */
  async withdraw(reach: Reach, recordingId: string): Promise<RecordingFile | undefined> {
    if (!isUuid(recordingId)) return undefined;
    const { rows } = await this.#pool.query<RecordingFile>(
      `update recordings set state = 'removing' where recording_id = $1 and state = 'available' and account_id = $2
         and ($3::text is null or owner_id = $3) returning ${FILE_COLUMNS}`,
      [recordingId, reach.accountId, reach.subaccountId ?? null],
    );
    return rows[0];
  }

  /** Hides up to `limit` recordings that are older than their account keeps them, and answers them. */
  async withdrawExpired(now: number, limit: number): Promise<readonly RecordingFile[]> {
    const { rows } = await this.#pool.query<RecordingFile>(
      `update recordings set state = 'removing' where recording_id in (
         select r.recording_id from accounts a join recordings r on r.account_id = a.auth_id
           and r.added_at < to_timestamp($1::float8 / 1000) - make_interval(days => (a.settings->>'recordingRetentionDays')::int)
         where (a.settings->>'recordingRetentionDays')::int > 0 and r.state = 'available' limit $2 for update of r skip locked)
       returning ${FILE_COLUMNS}`,
      [now, limit],
    );
    return rows;
  }

  /** The last step, when the file is gone; or when there will be none. */
  async remove(recordingId: string): Promise<void> {
    await this.#pool.query(`delete from recordings where recording_id = $1 and state <> 'available'`, [recordingId]);
  }

  /** What a process of this node was writing or removing when it died. */
  async unfinished(node: string): Promise<readonly UnfinishedRecording[]> {
    const { rows } = await this.#pool.query<UnfinishedRecording>(
      `select ${FILE_COLUMNS}, owner_id as "ownerId", told from recordings where node = $1 and state <> 'available' order by added_at`,
      [node],
    );
    return rows;
  }
}

const FILE_COLUMNS = `recording_id as "recordingId", format, state, started_at as "startedAt", ended_at as "endedAt",
  duration_ms as "durationMs"`;

const within = (reach: Reach) => (eb: ExpressionBuilder<Tables & RecordingTables, 'recordings'>) =>
  eb.and([
    eb('state', '=', 'available'),
    eb('account_id', '=', reach.accountId),
    ...(reach.subaccountId === undefined ? [] : [eb('owner_id', '=', reach.subaccountId)]),
  ]);

const toRecording = (row: Selectable<RecordingTable>): StoredRecording => ({
  recordingId: row.recording_id,
  accountId: row.account_id,
  ownerId: row.owner_id,
  callId: row.call_id,
  node: row.node,
  type: row.type,
  conference: row.conference_name === '' ? undefined : { id: row.conference_id ?? '', name: row.conference_name },
  multiParty: row.mpc_id === null ? undefined : { id: row.mpc_id, name: row.mpc_name ?? '' },
  format: row.format,
  channels: row.channels,
  from: row.from_number,
  to: row.to_number,
  startedAt: row.started_at,
  size: row.size,
  durationMs: row.duration_ms,
  endedAt: row.ended_at ?? row.added_at,
  addedAt: row.added_at,
});
