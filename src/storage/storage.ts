import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Log } from '../runtime/log.ts';
import { DatabaseSockets } from './database-sockets.ts';
import { migrate } from './migrate.ts';

/** Tables are declared by the stores that own them: `storage.kysely.withTables<AccountTables>()`. */
export type Tables = Record<never, never>;

export interface Storage {
  /** For everything that is not on a hot path. */
  readonly pool: pg.Pool;
  /**
   * For the statements that every message passes, prepared by name. Its plans are fixed: look each row up by its key. Statistics
   * of tables that were empty a minute ago led to plans that compared every row of a batch with every other: 2.9 ms for the join
   * of 100 rows, growing with the square; by key 300 rows take 3.0 ms.
   */
  readonly hot: pg.Pool;
  /** For everything else: typed queries. Shares the pool. */
  readonly kysely: Kysely<Tables>;
  /** Ends all connections; statements under way get two seconds to finish. */
  close(): Promise<void>;
}

/**
 * Backends are the largest part of an idle install's memory (about 5 MB each), and two cores are busy with four; 8 leave room
 * for reads beside each other.
 */
const POOL_SIZE = 8;
/** Two commits of accepted messages, one of outcomes, webhooks in and out, the queue loader. */
const HOT_POOL_SIZE = 8;
const HOT_OPTIONS = '-c timezone=UTC -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off';
/** An idle backend is 15 MB of resident memory. What polls once a second keeps one of the hot pool. */
const HOT_IDLE_MS = 3_000;
/** The chores of every few seconds open theirs anew, which takes some 5 ms. */
const IDLE_MS = 1_000;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * A statement that has no answer by then fails and its connection is given up: a database that was stopped in its tracks, or a network that
 * swallows packets, says nothing at all. The longest of ours, a retention chore over millions of rows, takes seconds.
 */
const QUERY_TIMEOUT_MS = 60_000;
/** Of the hot pool, whose statements take milliseconds: calls and messages wait behind one that is not answered. */
const HOT_QUERY_TIMEOUT_MS = 20_000;
/** An idle connection is probed after this, so that one whose other end is gone does not pass for a good one. */
const KEEP_ALIVE_MS = 30_000;
/** Statements under way at the end of the program get this long. */
const CLOSE_MS = 2_000;

pg.types.setTypeParser(pg.types.builtins.INT8, Number); // counts and micro-units of currency stay far below 2^53

export async function openStorage(url: string, log: Log, poolSize = POOL_SIZE): Promise<Storage> {
  const sockets = new DatabaseSockets();
  const open = (max: number, options: string, idleTimeoutMillis: number, queryTimeoutMs: number) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      options,
      idleTimeoutMillis,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      stream: sockets.create,
    });
    // An idle connection that breaks (database restart) is replaced at the next use; without a listener it would end the process.
    pool.on('error', (error) => log.warn({ err: error }, 'database connection lost'));
    // The same for a connection in use between two statements: whoever has it learns of it from the next one.
    pool.on('connect', (client) => client.on('error', (error) => log.debug({ err: error }, 'database connection lost in use')));
    return pool;
  };
  const pool = open(poolSize, '-c timezone=UTC', IDLE_MS, QUERY_TIMEOUT_MS);
  const hot = open(Math.min(poolSize, HOT_POOL_SIZE), HOT_OPTIONS, HOT_IDLE_MS, HOT_QUERY_TIMEOUT_MS);
  const close = async () => {
    const late = setTimeout(() => sockets.destroy(), CLOSE_MS);
    await Promise.all([pool.end(), hot.end()]);
    clearTimeout(late);
  };
  try {
    await migrate(pool);
  } catch (error) {
    await close();
    throw error;
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { pool, hot, kysely, close }; // kysely holds nothing of its own beside the pool
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
