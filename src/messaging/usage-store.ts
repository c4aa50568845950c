import type pg from 'pg';

interface UsageRow {
  readonly scope: string;
  /** Start of the period, wall-clock milliseconds. */
  readonly period: number;
  readonly used: number;
}

/** Counters of all nodes. */
export class UsageStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async read(scope: string, period: number): Promise<number> {
    const { rows } = await this.#pool.query<{ used: number }>(
      'select used from usage_counters where scope = $1 and period = to_timestamp($2::float8 / 1000)',
      [scope, period],
    );
    return rows[0]?.used ?? 0;
  }

  /** Those that have been counted, by scope. */
  async readMany(scopes: readonly string[], period: number): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.query<{ scope: string; used: number }>(
      'select scope, used from usage_counters where scope = any($1) and period = to_timestamp($2::float8 / 1000)',
      [scopes, period],
    );
    return new Map(rows.map((row) => [row.scope, row.used]));
  }

  /** Adds to the counters; returns the new totals by `scope period`. */
  async add(counts: readonly UsageRow[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.query<UsageRow>(
      `insert into usage_counters as c (scope, period, used)
       select scope, to_timestamp(period / 1000), used from json_to_recordset($1) as g(scope text, period float8, used int8)
       order by scope, period
       on conflict (scope, period) do update set used = c.used + excluded.used
       returning scope, (extract(epoch from period) * 1000)::float8 as period, used`,
      [JSON.stringify(counts)],
    );
    return new Map(rows.map((row) => [`${row.scope} ${row.period}`, row.used]));
  }

  async forgetBefore(ms: number): Promise<void> {
    await this.#pool.query('delete from usage_counters where period < to_timestamp($1::float8 / 1000)', [ms]);
  }
}
