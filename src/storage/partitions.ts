import type pg from 'pg';
import { firstUuidOf } from '../runtime/ids.ts';

/** Tables partitioned by the time in their UUID version 7 key. New ones are added here and created with a default partition. */
export const PARTITIONED_TABLES = ['messages', 'attempts', 'receipts', 'webhooks', 'webhook_attempts'] as const;

const WEEK_MS = 7 * 24 * 3_600_000;
/** The first Monday of the epoch, so that partitions begin on Mondays, UTC. */
const FIRST_MONDAY_MS = 4 * 24 * 3_600_000;
/** Two weeks ahead: the daily job may fail for a fortnight before rows land in the default partition. */
const WEEKS_AHEAD = 2;
/** Rows are rewritten when their state changes; free space on the page keeps the new version there and out of the indexes. */
const STORAGE_PARAMETERS: Readonly<Record<string, string>> = {
  messages: 'with (fillfactor = 70)',
  webhooks: 'with (fillfactor = 70)',
};

const startOfWeek = (ms: number) => Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
const partitionName = (table: string, startMs: number) =>
  `${table}_${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`;

/** Creates the partitions of this week and the next two where they are missing. */
export async function createPartitions(pool: pg.Pool, nowMs: number): Promise<void> {
  for (const table of PARTITIONED_TABLES) {
    for (let week = 0; week <= WEEKS_AHEAD; week++) {
      const start = startOfWeek(nowMs) + week * WEEK_MS;
      await pool.query(
        `create table if not exists ${partitionName(table, start)} partition of ${table}
         for values from ('${firstUuidOf(start)}') to ('${firstUuidOf(start + WEEK_MS)}') ${STORAGE_PARAMETERS[table] ?? ''}`,
      );
    }
  }
}

/** Drops the partitions whose whole week is older than `keepMs`. Returns their names. */
export async function dropExpiredPartitions(pool: pg.Pool, nowMs: number, keepMs: number): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const table of PARTITIONED_TABLES) {
    const { rows } = await pool.query<{ name: string }>(
      'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass',
      [table],
    );
    for (const { name } of rows) {
      const date = /_(\d{4})(\d{2})(\d{2})$/.exec(name);
      if (!date) continue;
      const start = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
      if (start + WEEK_MS > nowMs - keepMs) continue;
      await pool.query(`drop table ${name}`);
      dropped.push(name);
    }
  }
  return dropped;
}
