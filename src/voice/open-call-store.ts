import type pg from 'pg';
import type { Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import type { Storage } from '../storage/storage.ts';
import type { OpenCall, OpenCallFilter } from './call-record.ts';
import { OPEN_CALL_COLUMNS, type OpenCallRow, toOpenCall } from './call-row.ts';

/** A leg that a process had in hand when it died. */
export interface AbandonedCall extends OpenCall {
  /** When its engine was last known to run, never before anything known of the leg itself: the leg ends and is billed up to then. */
  readonly lastActiveAt: number;
}

const LIVE = `node is not null and state <> 'queued'`;
const WITHIN = 'account_id = $1 and ($2::text is null or owner_id = $2)';

const ABANDONED = `
select ${OPEN_CALL_COLUMNS}, (extract(epoch from greatest(initiated_at, ringing_at, answered_at, active_at)) * 1000)::float8 as "lastActiveAt"
from live_calls left join call_engines using (node) where node = $1 and state <> 'queued' order by call_id`;

/** Legs that have not ended, as lists and the engine look them up. */
export class OpenCallStore {
  readonly #pool: pg.Pool;

  constructor(storage: Pick<Storage, 'pool'>) {
    this.#pool = storage.pool;
  }

  async find(reach: Reach, callId: string): Promise<OpenCall | undefined> {
    if (!isUuid(callId)) return undefined;
    const { rows } = await this.#pool.query<OpenCallRow>(
      `select ${OPEN_CALL_COLUMNS} from live_calls where ${WITHIN} and call_id = $3`,
      [reach.accountId, reach.subaccountId ?? null, callId],
    );
    return rows[0] && toOpenCall(rows[0]);
  }

  /** Ids of live calls, the newest first. */
  listLive(reach: Reach, filter: OpenCallFilter, limit: number, offset: number): Promise<readonly string[]> {
    return this.#list(`${LIVE}`, reach, filter, limit, offset, 'desc');
  }

  /** Ids of calls that have not been dialled, in the order in which they will be. */
  listQueued(reach: Reach, filter: OpenCallFilter, limit: number, offset: number): Promise<readonly string[]> {
    return this.#list(`state = 'queued'`, reach, filter, limit, offset, 'asc');
  }

  /** Every open leg within reach, for a hang-up of all: up to `limit` of them with ids after `afterId`. */
  async within(reach: Reach, afterId: string | undefined, limit: number): Promise<readonly OpenCall[]> {
    const { rows } = await this.#pool.query<OpenCallRow>(
      `select ${OPEN_CALL_COLUMNS} from live_calls where ${WITHIN} and ($3::uuid is null or call_id > $3) order by call_id limit $4`,
      [reach.accountId, reach.subaccountId ?? null, afterId ?? null, limit],
    );
    return rows.map(toOpenCall);
  }

  /** What a process of this node left open when it died. */
  async openOf(node: string): Promise<readonly AbandonedCall[]> {
    const { rows } = await this.#pool.query<OpenCallRow & { readonly lastActiveAt: number }>(ABANDONED, [node]);
    return rows.map((row) => ({ ...toOpenCall(row), lastActiveAt: Math.round(row.lastActiveAt) }));
  }

  /** Puts calls that a dead process of this node had in memory, and had not begun to dial, back for anybody. Returns how many. */
  async freeQueued(node: string): Promise<number> {
    const { rowCount } = await this.#pool.query(`update live_calls set node = null where node = $1 and state = 'queued'`, [node]);
    return rowCount ?? 0;
  }

  /** The engine of this node runs. Every few seconds, but not before what an earlier process left open has been closed. */
  async beat(node: string, now: number): Promise<void> {
    await this.#pool.query(
      `insert into call_engines (node, active_at) values ($1, to_timestamp($2::float8 / 1000))
       on conflict (node) do update set active_at = excluded.active_at`,
      [node, now],
    );
  }

  /** The node has no open legs any more and will not come back. */
  async forget(node: string): Promise<void> {
    await this.#pool.query('delete from call_engines where node = $1', [node]);
  }

  async #list(
    which: string,
    reach: Reach,
    filter: OpenCallFilter,
    limit: number,
    offset: number,
    order: 'asc' | 'desc',
  ): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      `select call_id as id from live_calls where ${WITHIN} and ${which}
         and ($3::text is null or direction = $3) and ($4::text is null or starts_with(from_number, $4))
         and ($5::text is null or starts_with(to_number, $5))
       order by call_id ${order} limit $6 offset $7`,
      [
        reach.accountId,
        reach.subaccountId ?? filter.ownerId ?? null,
        filter.direction ?? null,
        filter.fromPrefix ?? null,
        filter.toPrefix ?? null,
        limit,
        offset,
      ],
    );
    return rows.map((row) => row.id);
  }
}
