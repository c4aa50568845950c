import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../runtime/log.ts';
import { migrate } from './migrate.ts';

/** Tables are declared by the stores that own them: `storage.kysely.withTables<AccountTables>()`. */
export type Tables = Record<never, never>;

export interface Storage {
  /** For statements on hot paths, written out and prepared by name. */
  readonly pool: pg.Pool;
  /** For everything else: typed queries. Shares the pool. */
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}

/**
 * Backends are the largest part of an idle install's memory (about 5 MB each), and two cores are busy with four; 12 leave room
 * for reads beside the writers.
 */
const POOL_SIZE = 12;
const IDLE_CONNECTION_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // counts and micro-units of currency stay far below 2^53

export async function openStorage(url: string, log: Log, poolSize = POOL_SIZE): Promise<Storage> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c timezone=UTC',
  });
  // An idle connection that breaks (database restart) is replaced at the next use; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'database connection lost'));
  try {
    await migrate(pool);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { pool, kysely, close: () => pool.end() }; // kysely holds nothing of its own beside the pool
}

/** Runs `work` in one transaction on one connection. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
