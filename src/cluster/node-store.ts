import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';

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

export interface OtherNode {
  readonly id: string;
  /** Base URL of its API. */
  readonly address: string;
}

/** Which processes share the database, and which of them are gone. */
export class NodeStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** `address`: base URL of its API for other nodes. */
  async beat(node: string, now: number, address?: string): Promise<void> {
    await this.#pool.query(
      `insert into nodes (id, seen_at, address) values ($1, to_timestamp($2::float8 / 1000), $3)
       on conflict (id) do update set seen_at = excluded.seen_at, address = excluded.address`,
      [node, now, address ?? null],
    );
  }

  /** Nodes other than `self` that live and can be asked. */
  async others(self: string, now: number): Promise<readonly OtherNode[]> {
    const { rows } = await this.#pool.query<OtherNode>(
      `select id, address from nodes where id <> $1 and address is not null and seen_at >= to_timestamp($2::float8 / 1000) order by id`,
      [self, now - NODE_DEAD_AFTER_MS],
    );
    return rows;
  }

  /** Nodes other than `self` that have not been seen for too long. */
  async dead(self: string, now: number): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'select id from nodes where id <> $1 and seen_at < to_timestamp($2::float8 / 1000) order by id',
      [self, now - NODE_DEAD_AFTER_MS],
    );
    return rows.map((row) => row.id);
  }

  /** Forgets a dead node whose work has been taken over; one that has come back meanwhile stays. */
  async bury(node: string, now: number): Promise<void> {
    await this.#pool.query('delete from nodes where id = $1 and seen_at < to_timestamp($2::float8 / 1000)', [
      node,
      now - NODE_DEAD_AFTER_MS,
    ]);
  }

  async remove(node: string): Promise<void> {
    await this.#pool.query('delete from nodes where id = $1', [node]);
  }
}
