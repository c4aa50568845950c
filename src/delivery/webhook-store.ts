import type pg from 'pg';
import { blankedPayload, type WebhookJob, type WebhookPayload } from './webhook.ts';

/** Webhooks in the database: the queue of those under way, and the record of all with their attempts. */

/** Who has a job in hand. `epoch` is larger at each start of the node, so a node knows the leases of its own past. */
export interface Holder {
  readonly node: string;
  readonly epoch: number;
}

export interface NewWebhook {
  readonly job: WebhookJob;
  /** Put into the holder's hands at once, who sends it right after the commit; otherwise the next poll of any node finds it. */
  readonly leased: boolean;
}

/** What the dispatcher decided about new jobs, see `Dispatcher.admit`. */
export interface Admission {
  readonly webhooks: readonly NewWebhook[];
  readonly holder: Holder;
  /** When leased jobs become anybody's, milliseconds since the epoch. */
  readonly leaseUntil: number;
}

export interface ClaimedWebhook {
  readonly job: WebhookJob;
  /** Attempts made so far. */
  readonly attempts: number;
}

export interface AttemptRecord {
  readonly webhookId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly startedAt: number;
  readonly latencyMs: number;
  readonly status: number | null;
  readonly error: string | null;
  /** The beginning of the answer. */
  readonly response: string | null;
  readonly nextAttemptAt: number | null;
}

/** What becomes of a job that was in hand. */
export type Disposition =
  | { readonly kind: 'ended'; readonly job: WebhookJob; readonly result: 'delivered' | 'failed'; readonly at: number }
  /** Back into the queue, for any node, from `dueAt` on. */
  | { readonly kind: 'queued'; readonly job: WebhookJob; readonly attempts: number; readonly dueAt: number };

const RESPONSE_EXCERPT_CHARACTERS = 2_048;
const ERROR_CHARACTERS = 500;

/** Server of a URL, the unit of fairness and of circuits: scheme, host and port. Empty for what is not a URL. */
export function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}

/** Writes jobs in one statement, in the caller's transaction or alone. */
export async function insertWebhooks(client: pg.ClientBase | pg.Pool, admission: Admission): Promise<void> {
  const { webhooks, holder, leaseUntil } = admission;
  if (webhooks.length === 0) return;
  const rows = webhooks.map(({ job, leased }) => ({
    id: job.id,
    subject_id: job.subjectId,
    account_id: job.accountId,
    kind: job.kind,
    url: storable(job.url),
    origin: originOf(job.url),
    method: job.method,
    content: content(job, job.payload),
    created_at: seconds(job.createdAt),
    due_at: seconds(leased ? leaseUntil : job.createdAt),
    leased,
  }));
  await client.query({
    name: 'webhooks-insert',
    text: `
      with rows as (
        select * from json_to_recordset($1::json) as row(
          id uuid, subject_id uuid, account_id text, kind text, url text, origin text, method text, content text,
          created_at double precision, due_at double precision, leased boolean)
      ), queued as (
        insert into webhook_queue (subject_id, id, origin, due_at, node, epoch)
        select subject_id, id, origin, to_timestamp(due_at), case when leased then $2 end, case when leased then $3::bigint end
        from rows
      )
      insert into webhooks (id, subject_id, account_id, kind, url, method, content, created_at)
      select id, subject_id, account_id, kind, url, method, content, to_timestamp(created_at) from rows`,
    values: [JSON.stringify(rows), holder.node, holder.epoch],
  });
}

export class WebhookStore {
  readonly #pool: pg.Pool;
  readonly #holder: Holder;

  constructor(pool: pg.Pool, holder: Holder) {
    this.#pool = pool;
    this.#holder = holder;
  }

  /** Makes due at once what an earlier run of this node had in hand. Returns how many those were. */
  async releaseEarlierEpochs(now: number): Promise<number> {
    const result = await this.#pool.query(
      'update webhook_queue set due_at = to_timestamp($3), node = null, epoch = null where node = $1 and epoch <> $2',
      [this.#holder.node, this.#holder.epoch, seconds(now)],
    );
    return result.rowCount ?? 0;
  }

  /**
   * Takes up to `limit` due jobs, the longest due first, leaving out servers in `exceptOrigins`. A job that was never tried
   * waits while an earlier one of its subject was not tried either, unless this node itself has that one in hand.
   */
  async claim(limit: number, now: number, leaseUntil: number, exceptOrigins: readonly string[]): Promise<ClaimedWebhook[]> {
    const { rows } = await this.#pool.query<ClaimedRow>({
      name: 'webhooks-claim',
      text: `
        with due as (
          select q.subject_id, q.id from webhook_queue q
          where q.due_at <= to_timestamp($1) and q.origin <> all ($2::text[])
            and (q.attempts > 0 or not exists (
              select from webhook_queue p
              where p.subject_id = q.subject_id and p.id < q.id and p.attempts = 0
                and (p.node is distinct from $4 or p.epoch is distinct from $5::bigint)))
          order by q.due_at limit $3
          for update of q skip locked
        ), taken as (
          update webhook_queue q set due_at = to_timestamp($6), node = $4, epoch = $5::bigint
          from due where q.subject_id = due.subject_id and q.id = due.id
          returning q.subject_id, q.id, q.attempts
        )
        select taken.attempts, w.id, w.subject_id, w.account_id, w.kind, w.url, w.method, w.content,
          extract(epoch from w.created_at)::double precision as created_at
        from taken join webhooks w on w.subject_id = taken.subject_id and w.id = taken.id
        order by w.id`,
      values: [seconds(now), exceptOrigins, limit, this.#holder.node, this.#holder.epoch, seconds(leaseUntil)],
    });
    return rows.map((row) => ({ job: toJob(row), attempts: row.attempts }));
  }

  /** Keeps jobs in this node's hands for longer. */
  async renew(jobs: readonly WebhookJob[], leaseUntil: number): Promise<void> {
    await this.#pool.query({
      name: 'webhooks-renew',
      text: `
        update webhook_queue q set due_at = to_timestamp($4)
        from unnest($1::uuid[], $2::uuid[]) as held(subject_id, id)
        where q.subject_id = held.subject_id and q.id = held.id and q.node = $3 and q.epoch = $5::bigint`,
      values: [
        jobs.map((job) => job.subjectId),
        jobs.map((job) => job.id),
        this.#holder.node,
        seconds(leaseUntil),
        this.#holder.epoch,
      ],
    });
  }

  /** Writes attempts and what became of jobs, in one statement. */
  async record(attempts: readonly AttemptRecord[], dispositions: readonly Disposition[]): Promise<void> {
    const ended = dispositions.filter((disposition) => disposition.kind === 'ended');
    const queued = dispositions.filter((disposition) => disposition.kind === 'queued');
    await this.#pool.query({
      name: 'webhooks-record',
      text: `
        with tried as (
          insert into webhook_attempts (webhook_id, attempt, started_at, latency_ms, status, error, response, next_attempt_at)
          select webhook_id, attempt, to_timestamp(started_at), latency_ms, status, error, response, to_timestamp(next_attempt_at)
          from json_to_recordset($1::json) as row(
            webhook_id uuid, attempt smallint, started_at double precision, latency_ms integer, status smallint, error text,
            response text, next_attempt_at double precision)
          on conflict do nothing
        ), ended as (
          select * from json_to_recordset($2::json) as row(
            subject_id uuid, id uuid, result text, ended_at double precision, content text)
        ), gone as (
          delete from webhook_queue q using ended where q.subject_id = ended.subject_id and q.id = ended.id
        ), waiting as (
          update webhook_queue q set due_at = to_timestamp(row.due_at), attempts = row.attempts, node = null, epoch = null
          from json_to_recordset($3::json) as row(subject_id uuid, id uuid, due_at double precision, attempts smallint)
          where q.subject_id = row.subject_id and q.id = row.id and q.node = $4 and q.epoch = $5::bigint
        )
        update webhooks w set ended_at = to_timestamp(ended.ended_at), result = ended.result, content = coalesce(ended.content, w.content)
        from ended where w.subject_id = ended.subject_id and w.id = ended.id`,
      values: [
        JSON.stringify(attempts.map(attemptRow)),
        JSON.stringify(
          ended.map(({ job, result, at }) => ({
            subject_id: job.subjectId,
            id: job.id,
            result,
            ended_at: seconds(at),
            content: job.sensitive.length === 0 ? null : content(job, blankedPayload(job)),
          })),
        ),
        JSON.stringify(
          queued.map(({ job, attempts: made, dueAt }) => ({
            subject_id: job.subjectId,
            id: job.id,
            attempts: made,
            due_at: seconds(dueAt),
          })),
        ),
        this.#holder.node,
        this.#holder.epoch,
      ],
    });
  }
}

interface JobRow {
  readonly id: string;
  readonly subject_id: string;
  readonly account_id: string;
  readonly kind: string;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly content: string;
  readonly created_at: number;
}

interface ClaimedRow extends JobRow {
  readonly attempts: number;
}

interface Content {
  readonly payload: WebhookPayload;
  readonly sensitive: readonly string[];
}

/** Kept as text, not as a JSON type: the order of the parameters stays, and any character may occur in them. */
function content(job: WebhookJob, payload: WebhookPayload): string {
  return JSON.stringify({ payload, sensitive: job.sensitive } satisfies Content);
}

function toJob(row: JobRow): WebhookJob {
  const { payload, sensitive }: Content = JSON.parse(row.content);
  return {
    id: row.id,
    subjectId: row.subject_id,
    accountId: row.account_id,
    kind: row.kind,
    url: row.url,
    method: row.method,
    payload,
    sensitive,
    createdAt: milliseconds(row.created_at),
  };
}

function attemptRow(record: AttemptRecord) {
  return {
    webhook_id: record.webhookId,
    attempt: record.attempt,
    started_at: seconds(record.startedAt),
    latency_ms: Math.round(record.latencyMs),
    status: record.status,
    error: record.error === null ? null : storable(record.error.slice(0, ERROR_CHARACTERS)),
    response: record.response === null ? null : storable(record.response.slice(0, RESPONSE_EXCERPT_CHARACTERS)),
    next_attempt_at: record.nextAttemptAt === null ? null : seconds(record.nextAttemptAt),
  };
}

/** Postgres text takes neither NUL nor halves of surrogate pairs. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

const seconds = (ms: number): number => ms / 1000;
const milliseconds = (s: number): number => Math.round(s * 1000);
