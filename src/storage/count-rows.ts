import { type Expression, type QueryExecutorProvider, sql } from 'kysely';
import type pg from 'pg';

/** How many rows a query has; one with a limit is counted up to that. */
export async function countRows(db: QueryExecutorProvider, query: Expression<unknown>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from ${query} as counted`.execute(db);
  return rows[0]?.total ?? 0;
}

/** The same for text such as `calls where account_id = $1`, up to `most` rows. */
export async function countMatching(
  pool: Pick<pg.Pool, 'query'>,
  matching: string,
  values: readonly unknown[],
  most: number,
): Promise<number> {
  const { rows } = await pool.query<{ total: number }>(
    `select count(*) as total from (select from ${matching} limit ${most}) counted`,
    [...values],
  );
  return rows[0]?.total ?? 0;
}
