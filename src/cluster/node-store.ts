import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** A node that has not been seen for this long is dead: three missed beats and a slow moment. */
export const NODE_DEAD_AFTER_MS = 20_000;
export const HEARTBEAT_MS = 5_000;

/** The name of this installation among the nodes of a database: made once, kept in its data directory. */
export async function loadNodeId(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'node.id');
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found) return found.trim();
  const id = randomUUID();
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${id}\n`);
  return id;
}

/** Which processes share the database, and which of them are gone. */
export class NodeStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async beat(node: string, now: number): Promise<void> {
    await this.#pool.query(
      `insert into nodes (id, seen_at) values ($1, to_timestamp($2::float8 / 1000))
       on conflict (id) do update set seen_at = excluded.seen_at`,
      [node, now],
    );
  }

  /** Removes nodes that are dead and returns them; each is returned to one caller only, who takes over their work. */
  async removeDead(now: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'delete from nodes where seen_at < to_timestamp($1::float8 / 1000) returning id',
      [now - NODE_DEAD_AFTER_MS],
    );
    return rows.map((row) => row.id);
  }

  async remove(node: string): Promise<void> {
    await this.#pool.query('delete from nodes where id = $1', [node]);
  }
}

/** A killed process's connection is closed by the kernel at once; a statement under way there may take a moment to notice. */
const LOCK_TRIES = 50;
const LOCK_RETRY_MS = 200;

/**
 * Makes sure that one process runs under a node's name: it holds a lock of the database as long as its connection lives.
 * Throws when another one runs. Resolves with what gives the lock up.
 */
export async function lockNode(
  databaseUrl: string,
  node: string,
  sleep: (ms: number) => Promise<void>,
): Promise<() => Promise<void>> {
  const key = createHash('sha256').update(`ringdown node ${node}`).digest().readBigInt64BE().toString();
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined); // a database restart ends the lock; the work goes on, and so does the name in the data directory
  await client.connect();
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [key]);
    if (rows[0]?.locked) return () => client.end().catch(() => undefined);
    await sleep(LOCK_RETRY_MS);
  }
  await client.end();
  throw new Error('Another Ringdown runs on this data directory. Stop it, or choose another RINGDOWN_DATA_DIR.');
}
