import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../../accounts/reach.ts';
import { takeDue } from '../../billing/charge-store.ts';
import type { Micros } from '../../billing/money.ts';
import { startedMinutes } from '../../billing/surcharges.ts';
import { isUuid } from '../../runtime/ids.ts';
import { countMatching } from '../../storage/count-rows.ts';
import { inTransaction } from '../../storage/storage.ts';
import type { StreamRecords } from './audio-streams.ts';
import type { StreamFacts } from './stream-facts.ts';

/** Records of audio streams. */
export class StreamStore implements StreamRecords {
  readonly #pool: pg.Pool;
  readonly #node: string;
  readonly #price: () => Micros;

  /** `price`: of a started minute, in micro-units. */
  constructor(pool: pg.Pool, node: string, price: () => Micros = () => 0) {
    this.#pool = pool;
    this.#node = node;
    this.#price = price;
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

  /** Its end is written once, with its charge. */
  async update(stream: StreamFacts): Promise<void> {
    const micros = stream.endedAt === undefined ? 0 : amountOf(stream, stream.endedAt, this.#price());
    const values = [
      stream.streamId,
      stream.state,
      stream.endReason ?? null,
      stream.startedAt ?? null,
      stream.endedAt ?? null,
      micros,
    ];
    if (micros === 0) await this.#pool.query(UPDATE, values);
    else
      await inTransaction(this.#pool, async (client) => {
        const { rowCount } = await client.query(UPDATE, values);
        if (rowCount === 1) await takeDue(client, [dueOf(stream, micros)]);
      });
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
    await inTransaction(this.#pool, async (client) => {
      // No longer than the engine was last known to run: the rest is not known to have been streamed.
      const { rows } = await client.query<StreamRow>(
        `update streams set state = 'dropped', end_reason = 'Connection error',
           ended_at = greatest(created_at, least(to_timestamp($2::float8 / 1000), (select active_at from call_engines where node = $1))),
           amount_micros = case when started_at is null then 0 else $3::int8 * ceil(extract(epoch from greatest(interval '0',
             least(to_timestamp($2::float8 / 1000), (select active_at from call_engines where node = $1)) - started_at)) / 60) end
         where node = $1 and ended_at is null returning ${COLUMNS}`,
        [node, at, this.#price()],
      );
      await takeDue(
        client,
        rows.map((row) => dueOf(toFacts(row), row.amountMicros)),
      );
    });
  }

  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from streams where created_at < to_timestamp($1::float8 / 1000)', [ms]);
  }
}

const UPDATE = `update streams set state = $2, end_reason = $3, started_at = to_timestamp($4::float8 / 1000),
  ended_at = to_timestamp($5::float8 / 1000), amount_micros = $6 where stream_id = $1 and ended_at is null`;

const amountOf = ({ startedAt }: StreamFacts, endedAt: number, price: Micros): Micros =>
  startedAt === undefined ? 0 : price * startedMinutes(endedAt - startedAt);

const dueOf = ({ accountId, ownerId, endedAt, createdAt }: StreamFacts, micros: Micros) =>
  ({ accountId, ownerId, kind: 'stream', micros, at: endedAt ?? createdAt }) as const;

const OF_CALL = 'call_id = $1 and account_id = $2 and ($3::text is null or owner_id = $3)';
const COLUMNS = `stream_id as "streamId", account_id as "accountId", owner_id as "ownerId", call_id as "callId", plan, state,
  end_reason as "endReason", amount_micros as "amountMicros", (extract(epoch from created_at) * 1000)::float8 as "createdAt",
  (extract(epoch from started_at) * 1000)::float8 as "startedAt", (extract(epoch from ended_at) * 1000)::float8 as "endedAt"`;

type Nullable<Value> = { readonly [Key in keyof Value]: Value[Key] | null };
type StreamRow = Omit<StreamFacts, 'startedAt' | 'endedAt' | 'endReason' | 'amountMicros'> & {
  readonly amountMicros: Micros;
} & Nullable<Pick<StreamFacts, 'startedAt' | 'endedAt' | 'endReason'>>;

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
  amountMicros: row.amountMicros,
});
