import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../../accounts/reach.ts';
import { isUuid } from '../../runtime/ids.ts';
import { countMatching } from '../../storage/count-rows.ts';
import type { StreamRecords } from './audio-streams.ts';
import type { StreamFacts } from './stream-facts.ts';

/** Records of audio streams. */
export class StreamStore implements StreamRecords {
  readonly #pool: pg.Pool;
  readonly #node: string;

  constructor(pool: pg.Pool, node: string) {
    this.#pool = pool;
    this.#node = node;
  }

  async insert(stream: StreamFacts): Promise<void> {
    await this.#pool.query(
      `insert into streams (stream_id, account_id, owner_id, call_id, node, plan, state, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000))`,
      [
        stream.streamId,
        stream.accountId,
        stream.ownerId,
        stream.callId,
        this.#node,
        JSON.stringify(stream.plan),
        stream.state,
        stream.createdAt,
      ],
    );
  }

  async update(stream: StreamFacts): Promise<void> {
    await this.#pool.query(
      `update streams set state = $2, end_reason = $3, started_at = to_timestamp($4::float8 / 1000),
         ended_at = to_timestamp($5::float8 / 1000) where stream_id = $1`,
      [stream.streamId, stream.state, stream.endReason ?? null, stream.startedAt ?? null, stream.endedAt ?? null],
    );
  }

  async find(reach: Reach, callId: string, streamId: string): Promise<StreamFacts | undefined> {
    if (!isUuid(callId) || !isUuid(streamId)) return undefined;
    const { rows } = await this.#pool.query<StreamRow>(`select ${COLUMNS} from streams where ${OF_CALL} and stream_id = $4`, [
      callId,
      reach.accountId,
      reach.subaccountId ?? null,
      streamId,
    ]);
    return rows[0] && toFacts(rows[0]);
  }

  /** The streams of a call, the latest first. */
  async list(reach: Reach, callId: string, page: PageRequest): Promise<Found<StreamFacts>> {
    if (!isUuid(callId)) return { total: 0, items: [] };
    const within = [callId, reach.accountId, reach.subaccountId ?? null];
    const { rows } = await this.#pool.query<StreamRow>(
      `select ${COLUMNS} from streams where ${OF_CALL} order by created_at desc, stream_id desc limit $4 offset $5`,
      [...within, page.limit + 1, page.offset],
    );
    const count = () => countMatching(this.#pool, `streams where ${OF_CALL}`, within, MAX_COUNTED + 1);
    return pageOf(rows.map(toFacts), page, count);
  }

  /** Ends the records of streams that a process of this node left open when it died. */
  async closeAbandoned(node: string, at: number): Promise<void> {
    await this.#pool.query(
      `update streams set state = 'dropped', end_reason = 'Connection error', ended_at = to_timestamp($2::float8 / 1000)
       where node = $1 and ended_at is null`,
      [node, at],
    );
  }

  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from streams where created_at < to_timestamp($1::float8 / 1000)', [ms]);
  }
}

const OF_CALL = 'call_id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)';
const COLUMNS = `stream_id as "streamId", account_id as "accountId", owner_id as "ownerId", call_id as "callId", plan, state,
  end_reason as "endReason", (extract(epoch from created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from started_at) * 1000)::float8 as "startedAt", (extract(epoch from ended_at) * 1000)::float8 as "endedAt"`;

type Nullable<Value> = { readonly [Key in keyof Value]: Value[Key] | null };
type StreamRow = Omit<StreamFacts, 'startedAt' | 'endedAt' | 'endReason'> &
  Nullable<Pick<StreamFacts, 'startedAt' | 'endedAt' | 'endReason'>>;

const toFacts = (row: StreamRow): StreamFacts => ({
  streamId: row.streamId,
  callId: row.callId,
  accountId: row.accountId,
  ownerId: row.ownerId,
  plan: row.plan,
  state: row.state,
  createdAt: row.createdAt,
  startedAt: row.startedAt ?? undefined,
  endedAt: row.endedAt ?? undefined,
  endReason: row.endReason ?? undefined,
});
