import type pg from 'pg';

export interface StickySender {
  readonly poolId: string;
  readonly destination: string;
  readonly number: string;
}

interface Row {
  readonly pool_id: string;
  readonly destination: string;
  readonly number: string;
}

/** Which number of a pool a destination has had. */
export class StickySenderStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(pairs: readonly Omit<StickySender, 'number'>[]): Promise<readonly StickySender[]> {
    const { rows } = await this.#pool.query<Row>(
      `select s.pool_id, s.destination, s.number from sticky_senders s
       join json_to_recordset($1) as g(p uuid, d text) on s.pool_id = g.p and s.destination = g.d`,
      [JSON.stringify(pairs.map(({ poolId, destination }) => ({ p: poolId, d: destination })))],
    );
    return rows.map(toSticky);
  }

  /**
   * Remembers numbers for destinations that have none, each pair at most once, and answers what stands for them now: of two that come at
   * once both get the first one's. Pairs whose number has left the pool meanwhile are not in the answer.
   */
  async claim(wanted: readonly StickySender[], at: number): Promise<readonly StickySender[]> {
    const { rows } = await this.#pool.query<Row>(
      `with wanted as (
         select g.p, g.d, g.n from json_to_recordset($1) as g(p uuid, d text, n text)
         join pool_numbers m on m.pool_id = g.p and m.number = g.n order by g.p, g.d for key share of m)
       insert into sticky_senders as s (pool_id, destination, number, since)
       select p, d, n, to_timestamp($2::float8 / 1000) from wanted
       on conflict (pool_id, destination) do update set number = s.number
       returning s.pool_id, s.destination, s.number`,
      [JSON.stringify(wanted.map(({ poolId, destination, number }) => ({ p: poolId, d: destination, n: number }))), at],
    );
    return rows.map(toSticky);
  }
}

const toSticky = (row: Row): StickySender => ({ poolId: row.pool_id, destination: row.destination, number: row.number });
