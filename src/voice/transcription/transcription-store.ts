import type pg from 'pg';
import type { Reach } from '../../accounts/reach.ts';
import { takeDue } from '../../billing/charge-store.ts';
import { isUuid } from '../../runtime/ids.ts';
import { storableJson, storableText } from '../../storage/storable-text.ts';
import { inTransaction } from '../../storage/storage.ts';
import type { InTransaction } from '../call-store.ts';
import type { RecordingFormat } from '../recording-store.ts';
import type {
  NewTranscription,
  StoredTranscription,
  TranscribedSegment,
  TranscriptionCharge,
  TranscriptionState,
} from './transcription.ts';

/** A transcription that this node works on. */
export interface TranscriptionJob extends NewTranscription {
  /** This one included. */
  readonly attempts: number;
  readonly format: RecordingFormat;
  readonly size: number;
  readonly durationMs: number;
}

export type TranscriptionOutcome =
  | { readonly state: 'done'; readonly segments: readonly TranscribedSegment[]; readonly charge: TranscriptionCharge }
  | { readonly state: 'failed'; readonly error: string };

/** Transcriptions in storage, and whose turn is next. */
export class TranscriptionStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Asks for one, or for one anew. Nothing happens where there is no such recording (any more). */
  async request(wanted: NewTranscription, now: number): Promise<void> {
    await this.#pool.query(
      `insert into transcriptions (recording_id, account_id, owner_id, call_id, state, report_type, callback_url, callback_method,
         due_at, created_at)
       select recording_id, $2, $3, $4, 'waiting', $5, $6, $7, to_timestamp($8::float8 / 1000), to_timestamp($8::float8 / 1000)
         from recordings where recording_id = $1
       on conflict (recording_id) do update set state = 'waiting', report_type = excluded.report_type,
         callback_url = excluded.callback_url, callback_method = excluded.callback_method, attempts = 0, due_at = excluded.due_at,
         node = null, lease_until = null, segments = null, error = null, created_at = excluded.created_at, finished_at = null`,
      [
        wanted.recordingId,
        wanted.accountId,
        wanted.ownerId,
        wanted.callId,
        wanted.reportType,
        wanted.callback?.url ?? null,
        wanted.callback?.method ?? null,
        now,
      ],
    );
  }

  async find(reach: Reach, recordingId: string): Promise<StoredTranscription | undefined> {
    if (!isUuid(recordingId)) return undefined;
    const { rows } = await this.#pool.query<StoredRow>(
      `select ${COLUMNS}, t.state, t.segments, t.error, t.rate_micros as "rateMicros", t.amount_micros as "amountMicros", r.duration_ms as "durationMs", r.started_at as "recordedAt"
       from transcriptions t join recordings r using (recording_id)
       where recording_id = $1 and r.state = 'available' and t.account_id = $2 and ($3::text is null or t.owner_id = $3)`,
      [recordingId, reach.accountId, reach.subaccountId ?? null],
    );
    return rows[0] && toStored(rows[0]);
  }

  /** False when there is none within reach. */
  async remove(reach: Reach, recordingId: string): Promise<boolean> {
    if (!isUuid(recordingId)) return false;
    const { rowCount } = await this.#pool.query(
      'delete from transcriptions where recording_id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)',
      [recordingId, reach.accountId, reach.subaccountId ?? null],
    );
    return rowCount === 1;
  }

  /** Takes the next one whose recording is there; others leave it alone until `leaseMs` from now, or longer with `keep`. */
  async claim(node: string, now: number, leaseMs: number): Promise<TranscriptionJob | undefined> {
    const { rows } = await this.#pool.query<JobRow>(
      `update transcriptions t set node = $1, lease_until = to_timestamp($3::float8 / 1000), attempts = attempts + 1
       from recordings r
       where r.recording_id = t.recording_id and t.recording_id = (
         select w.recording_id from transcriptions w join recordings f using (recording_id)
         where w.state = 'waiting' and w.due_at <= to_timestamp($2::float8 / 1000) and f.state = 'available'
           and (w.lease_until is null or w.lease_until < to_timestamp($2::float8 / 1000))
         order by w.due_at limit 1 for update of w skip locked)
       returning ${COLUMNS}, t.attempts, r.format, r.size, r.duration_ms as "durationMs"`,
      [node, now, now + leaseMs],
    );
    return rows[0] && toJob(rows[0]);
  }

  /** False when it is not this node's any more: it was removed, or asked for anew. */
  async keep(node: string, recordingId: string, attempts: number, leaseUntil: number): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update transcriptions set lease_until = to_timestamp($4::float8 / 1000) where ${HELD}`,
      [recordingId, node, attempts, leaseUntil],
    );
    return rowCount === 1;
  }

  /** Its end. `also` adds rows to that transaction, such as the webhook that tells of it. False as with `keep`. */
  async finish(
    node: string,
    job: Pick<TranscriptionJob, 'recordingId' | 'attempts' | 'accountId' | 'ownerId'>,
    outcome: TranscriptionOutcome,
    now: number,
    also: InTransaction | undefined,
  ): Promise<boolean> {
    const { recordingId, attempts, accountId, ownerId } = job;
    const isDone = outcome.state === 'done';
    const micros = isDone ? outcome.charge.amountMicros : 0;
    const committed = await inTransaction(this.#pool, async (client) => {
      const { rowCount } = await client.query(
        `update transcriptions set state = $4, segments = $5, error = $6, finished_at = to_timestamp($7::float8 / 1000),
           node = null, lease_until = null, rate_micros = $8, amount_micros = $9 where ${HELD}`,
        [
          recordingId,
          node,
          attempts,
          outcome.state,
          isDone ? storableJson(outcome.segments) : null,
          isDone ? null : storableText(outcome.error),
          now,
          isDone ? outcome.charge.rateMicros : 0,
          micros,
        ],
      );
      if (rowCount !== 1) return undefined;
      await takeDue(client, [{ accountId, ownerId, kind: 'transcription', micros, at: now }]);
      return also ? also(client) : () => undefined;
    });
    committed?.();
    return committed !== undefined;
  }

  /** It is tried again, not before `dueAt`. */
  async putOff(node: string, { recordingId, attempts }: Pick<TranscriptionJob, 'recordingId' | 'attempts'>, dueAt: number) {
    await this.#pool.query(
      `update transcriptions set due_at = to_timestamp($4::float8 / 1000), node = null, lease_until = null where ${HELD}`,
      [recordingId, node, attempts, dueAt],
    );
  }

  /** What this node is working on goes to the next one; it was no try. */
  async giveBack(node: string): Promise<void> {
    await this.#pool.query(
      'update transcriptions set node = null, lease_until = null, attempts = greatest(0, attempts - 1) where node = $1',
      [node],
    );
  }

  /** What a process of that node was working on when it died is free again. */
  async release(node: string): Promise<void> {
    await this.#pool.query('update transcriptions set node = null, lease_until = null where node = $1', [node]);
  }
}

const HELD = `recording_id = $1 and node = $2 and attempts = $3 and state = 'waiting'`;

const COLUMNS = `t.recording_id as "recordingId", t.account_id as "accountId", t.owner_id as "ownerId", t.call_id as "callId",
  t.report_type as "reportType", t.callback_url as "callbackUrl", t.callback_method as "callbackMethod"`;

interface Row extends Omit<NewTranscription, 'callback'> {
  readonly callbackUrl: string | null;
  readonly callbackMethod: string | null;
}

interface JobRow extends Row, Pick<TranscriptionJob, 'attempts' | 'format' | 'size' | 'durationMs'> {}

interface StoredRow extends Row, TranscriptionCharge {
  readonly state: TranscriptionState;
  readonly segments: readonly TranscribedSegment[] | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly recordedAt: Date;
}

const wantedOf = (row: Row): NewTranscription => ({
  recordingId: row.recordingId,
  accountId: row.accountId,
  ownerId: row.ownerId,
  callId: row.callId,
  reportType: row.reportType,
  callback: row.callbackUrl === null ? undefined : { url: row.callbackUrl, method: row.callbackMethod ?? 'POST' },
});

const toJob = (row: JobRow): TranscriptionJob => ({
  ...wantedOf(row),
  attempts: row.attempts,
  format: row.format,
  size: Number(row.size),
  durationMs: Number(row.durationMs),
});

const toStored = (row: StoredRow): StoredTranscription => ({
  ...wantedOf(row),
  state: row.state,
  segments: row.segments ?? [],
  error: row.error ?? undefined,
  charge: { rateMicros: row.rateMicros, amountMicros: row.amountMicros },
  durationMs: Number(row.durationMs),
  recordedAt: row.recordedAt,
});
