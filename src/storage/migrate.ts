import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
/** Any constant of our own: it names the lock that lets one node at a time migrate. */
const MIGRATION_LOCK = 7464_0001;
/** A migration that rewrites a large table, or waits for another node's, takes its time. */
const MIGRATION_TIMEOUT_MS = 3_600_000;

/**
 * Brings the schema up to date: plain SQL files in the order of their names, each in its own transaction, once. A file that
 * has run may not change afterwards; that it did is an error, because other installations have run the old text.
 */
export async function migrate(pool: pg.Pool): Promise<readonly string[]> {
  const client = await pool.connect();
  const applied: string[] = [];
  try {
    const patient = (text: string) => ({ text, query_timeout: MIGRATION_TIMEOUT_MS });
    await client.query(patient('select pg_advisory_lock($1)'), [MIGRATION_LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
    const done = new Map(
      (await client.query<{ name: string; checksum: string }>('select name, checksum from migrations')).rows.map((row) => [
        row.name,
        row.checksum,
      ]),
    );
    for (const name of (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql')).sort()) {
      const text = await readFile(new URL(name, MIGRATIONS), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      const earlier = done.get(name);
      if (earlier === checksum) continue;
      if (earlier !== undefined) throw new Error(`Migration ${name} was changed after it had been applied to this database.`);
      await client.query('begin');
      try {
        await client.query(patient(text));
        await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
      applied.push(name);
    }
    return applied;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}

/** Names of the migrations that `migrate` would run on this database. Changes nothing. */
export async function pendingMigrations(pool: pg.Pool): Promise<readonly string[]> {
  const { rows: tables } = await pool.query<{ found: boolean }>("select to_regclass('migrations') is not null as found");
  const { rows } = tables[0]?.found ? await pool.query<{ name: string }>('select name from migrations') : { rows: [] };
  const done = new Set(rows.map(({ name }) => name));
  return (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.sql') && !done.has(file)).sort();
}
