import assert from 'node:assert/strict';
import type pg from 'pg';

const LOOK_EVERY_MS = 5;
const MOST_LOOKS = 1_000;

/** Resolves as soon as a transaction of this database waits for another; fails after five seconds. */
export async function aLockIsWaitedFor(pool: pg.Pool): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    if (rowCount) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  assert.fail('nobody waits');
}
