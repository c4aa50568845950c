import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../../accounts/reach.ts';
import { isUuid } from '../../runtime/ids.ts';
import { countMatching } from '../../storage/count-rows.ts';
import type { NumberPriority, Powerpack, PowerpackChange } from './powerpack.ts';

export interface PowerpackRow {
  readonly powerpack_id: string;
  readonly pool_id: string;
  readonly account_id: string;
  readonly subaccount_id: string | null;
  readonly name: string;
  readonly sticky_sender: boolean;
  readonly local_connect: boolean;
  readonly app_id: string | null;
  readonly phlo_id: string | null;
  readonly number_priority: readonly NumberPriority[];
  readonly created_at: Date;
}

const WITHIN = 'account_id = $1 and ($2::text is null or subaccount_id = $2)';
const reachValues = (reach: Reach) => [reach.accountId, reach.subaccountId ?? null];

export class PowerpackStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async findWithin(reach: Reach, powerpackId: string): Promise<Powerpack | undefined> {
    return isUuid(powerpackId) ? this.#one(reach, 'powerpack_id', powerpackId) : undefined;
  }

  /** The Powerpack that a number pool belongs to. */
  async findByPool(reach: Reach, poolId: string): Promise<Powerpack | undefined> {
    return isUuid(poolId) ? this.#one(reach, 'pool_id', poolId) : undefined;
  }

  /** Whosever it is: for the operator. */
  async findAnyByPool(poolId: string): Promise<Powerpack | undefined> {
    if (!isUuid(poolId)) return undefined;
    const { rows } = await this.#pool.query<PowerpackRow>('select * from powerpacks where pool_id = $1', [poolId]);
    return rows[0] && toPowerpack(rows[0]);
  }

  /** Newest first. */
  async list(reach: Reach, page: PageRequest): Promise<Found<Powerpack>> {
    const { rows } = await this.#pool.query<PowerpackRow>(
      `select * from powerpacks where ${WITHIN} order by created_at desc, powerpack_id limit $3 offset $4`,
      [...reachValues(reach), page.limit + 1, page.offset],
    );
    const count = () => countMatching(this.#pool, `powerpacks where ${WITHIN}`, reachValues(reach), MAX_COUNTED + 1);
    return pageOf(rows.map(toPowerpack), page, count);
  }

  /** False when its owner has another one of that name. Storing it again (a repeated request) changes nothing. */
  async insert(powerpack: Powerpack): Promise<boolean> {
    const { rows } = await this.#pool.query(
      `with added as (
         insert into powerpacks (powerpack_id, pool_id, account_id, subaccount_id, name, sticky_sender, local_connect, app_id,
           number_priority, created_at, phlo_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning powerpack_id)
       select powerpack_id from added union all select powerpack_id from powerpacks where powerpack_id = $1`,
      [
        powerpack.powerpackId,
        powerpack.poolId,
        powerpack.accountId,
        powerpack.subaccountId,
        powerpack.name,
        powerpack.stickySender,
        powerpack.localConnect,
        powerpack.appId,
        JSON.stringify(powerpack.priorities),
        powerpack.createdAt,
        powerpack.phloId,
      ],
    );
    return rows.length > 0;
  }

  /** False when its owner has another one of the new name. */
  async update(powerpackId: string, change: PowerpackChange): Promise<boolean> {
    const { rowCount } = await this.#pool.query(
      `update powerpacks as p set name = coalesce($2, p.name), sticky_sender = coalesce($3, p.sticky_sender),
         local_connect = coalesce($4, p.local_connect), app_id = case when $5 then $6 else p.app_id end,
         phlo_id = case when $5 then $8::uuid else p.phlo_id end, number_priority = coalesce($7::jsonb, p.number_priority)
       where powerpack_id = $1 and not exists (select from powerpacks as other
         where other.name = $2 and other.powerpack_id <> $1 and other.account_id = p.account_id
           and other.subaccount_id is not distinct from p.subaccount_id)`,
      [
        powerpackId,
        change.name ?? null,
        change.stickySender ?? null,
        change.localConnect ?? null,
        change.inbound !== undefined,
        change.inbound?.appId ?? null,
        change.priorities === undefined ? null : JSON.stringify(change.priorities),
        change.inbound?.phloId ?? null,
      ],
    );
    return rowCount === 1;
  }

  /** With its pool; the numbers stay with the account. */
  async delete(powerpackId: string): Promise<void> {
    await this.#pool.query('delete from powerpacks where powerpack_id = $1', [powerpackId]);
  }

  async #one(reach: Reach, column: 'powerpack_id' | 'pool_id', id: string): Promise<Powerpack | undefined> {
    const { rows } = await this.#pool.query<PowerpackRow>(`select * from powerpacks where ${WITHIN} and ${column} = $3`, [
      ...reachValues(reach),
      id,
    ]);
    return rows[0] && toPowerpack(rows[0]);
  }
}

export const toPowerpack = (row: PowerpackRow): Powerpack => ({
  powerpackId: row.powerpack_id,
  poolId: row.pool_id,
  accountId: row.account_id,
  subaccountId: row.subaccount_id,
  name: row.name,
  stickySender: row.sticky_sender,
  localConnect: row.local_connect,
  appId: row.app_id,
  phloId: row.phlo_id,
  priorities: row.number_priority,
  createdAt: row.created_at,
});
