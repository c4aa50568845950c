import type pg from 'pg';
import { isUuid } from '../runtime/ids.ts';
import type { PhloNode } from './phlo.ts';

export interface NewRun {
  readonly runId: string;
  readonly phloId: string;
  readonly accountId: string;
  readonly ownerId: string;
  /** Digits. */
  readonly from: string | null;
  /** What its calls run; null = they fetch it. */
  readonly document: string | null;
  readonly rooms: readonly RunRoom[];
  readonly createdAt: Date;
}

export interface RunRoom {
  readonly nodeId: string;
  readonly name: string;
}

export interface PhloRun {
  readonly runId: string;
  readonly phloId: string;
  readonly ownerId: string;
  readonly callIds: readonly string[];
  readonly messageIds: readonly string[];
  /** Of its calls, as far as their files are finished. */
  readonly recordingIds: readonly string[];
  /** One of its calls has not ended. */
  readonly isRunning: boolean;
  readonly createdAt: Date;
}

/** What was run, and what became of it. */
export class RunStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** False: the run is there already, and stays as it is. */
  async insert(run: NewRun): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `insert into phlo_runs (run_id, phlo_id, account_id, owner_id, from_number, document, rooms, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (run_id) do nothing`,
      [run.runId, run.phloId, run.accountId, run.ownerId, run.from, run.document, run.rooms.map(keyOf), run.createdAt],
    );
    return rowCount === 1;
  }

  async began(runId: string, callIds: readonly string[], messageIds: readonly string[]): Promise<void> {
    await this.#pool.query('update phlo_runs set call_ids = $2, message_ids = $3 where run_id = $1', [
      runId,
      callIds,
      messageIds,
    ]);
  }

  /** It came to nothing. */
  async abandon(runId: string): Promise<void> {
    await this.#pool.query('delete from phlo_runs where run_id = $1', [runId]);
  }

  async find(phloId: string, runId: string): Promise<PhloRun | undefined> {
    if (!isUuid(runId)) return undefined;
    const { rows } = await this.#pool.query<PhloRun>(
      `select run_id as "runId", phlo_id as "phloId", owner_id as "ownerId", call_ids::text[] as "callIds",
         message_ids::text[] as "messageIds", created_at as "createdAt",
         exists (select from live_calls c where c.call_id = any(r.call_ids)) as "isRunning",
         array(select recording_id::text from recordings g where g.call_id = any(r.call_ids) and g.state = 'available'
           order by g.started_at) as "recordingIds"
       from phlo_runs r where r.phlo_id = $1 and r.run_id = $2`,
      [phloId, runId],
    );
    return rows[0];
  }

  /** What the calls of a run go through, for the calls of its owner alone. */
  async documentOf(runId: string, ownerId: string): Promise<string | undefined> {
    if (!isUuid(runId)) return undefined;
    const { rows } = await this.#pool.query<{ document: string | null }>(
      'select document from phlo_runs where run_id = $1 and owner_id = $2',
      [runId, ownerId],
    );
    return rows[0]?.document ?? undefined;
  }

  /** The newest run of the node that has named this room, and whom its calls came from. */
  async lastWithRoom(phloId: string, node: PhloNode, name: string): Promise<{ readonly from: string | null } | undefined> {
    const { rows } = await this.#pool.query<{ from: string | null }>(
      `select from_number as "from" from phlo_runs where rooms @> array[$2] and phlo_id = $1 order by run_id desc limit 1`,
      [phloId, keyOf({ nodeId: node.nodeId, name })],
    );
    return rows[0];
  }

  /** Runs are kept as long as the records of their calls. */
  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from phlo_runs where created_at < to_timestamp($1::float8 / 1000)', [ms]);
    await this.#pool.query('delete from phlo_transfers where created_at < to_timestamp($1::float8 / 1000)', [ms]);
  }
}

const keyOf = ({ nodeId, name }: RunRoom): string => `${nodeId} ${name}`;
