import type pg from 'pg';
import { firstUuidOf } from '../runtime/ids.ts';
import { inTransaction } from './storage.ts';

/** Tables partitioned by the time in their UUID version 7 key. New ones are added here and created with a default partition. */
const KEYS = {
  messages: 'id',
  attempts: 'message_id',
  receipts: 'message_id',
  webhooks: 'id',
  webhook_attempts: 'webhook_id',
  timeline_notes: 'subject_id',
  calls: 'call_id',
} as const;

export type PartitionedTable = keyof typeof KEYS;
export const PARTITIONED_TABLES: readonly PartitionedTable[] = [
  'messages',
  'attempts',
  'receipts',
  'webhooks',
  'webhook_attempts',
  'timeline_notes',
  'calls',
];

const WEEK_MS = 7 * 24 * 3_600_000;
/** The first Monday of the epoch, so that partitions begin on Mondays, UTC. */
const FIRST_MONDAY_MS = 4 * 24 * 3_600_000;
/** Two weeks ahead: the daily job may fail for a fortnight before rows land in the default partition. */
const WEEKS_AHEAD = 2;
/** Rows are rewritten when their state changes; free space on the page keeps the new version there and out of the indexes. */
const STORAGE_PARAMETERS: Readonly<Partial<Record<PartitionedTable, string>>> = {
  messages: 'with (fillfactor = 70)',
  webhooks: 'with (fillfactor = 70)',
};

const startOfWeek = (ms: number) => Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;
const partitionName = (table: PartitionedTable, startMs: number) =>
  `${table}_${new Date(startMs).toISOString().slice(0, 10).replaceAll('-', '')}`;

/** Creates the partitions of this week and the next two where they are missing. */
export async function createPartitions(pool: pg.Pool, nowMs: number): Promise<void> {
  for (const table of PARTITIONED_TABLES) {
    for (let week = 0; week <= WEEKS_AHEAD; week++) await createPartition(pool, table, startOfWeek(nowMs) + week * WEEK_MS);
  }
}

/**
 * Made beside its parent and attached with the rows of its week that fell into the default partition meanwhile (the daily job had
 * failed for a fortnight, or a clock was wrong): created in place, PostgreSQL would refuse it because of them.
 */
async function createPartition(pool: pg.Pool, table: PartitionedTable, startMs: number): Promise<void> {
  const name = partitionName(table, startMs);
  const { rows } = await pool.query<{ found: boolean }>('select to_regclass($1) is not null as found', [name]);
  if (rows[0]?.found) return;
  const [from, to] = [firstUuidOf(startMs), firstUuidOf(startMs + WEEK_MS)];
  await inTransaction(pool, async (client) => {
    // Nodes that start together: the second finds it made.
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [name]);
    await client.query(
      `create table if not exists ${name} (like ${table} including defaults including constraints including generated) ${STORAGE_PARAMETERS[table] ?? ''}`,
    );
    const attached = await client.query('select from pg_inherits where inhrelid = $1::regclass', [name]);
    if (attached.rowCount !== 0) return;
    const columns = await storedColumns(client, table);
    await client.query(
      `with moved as (delete from ${table}_default where ${KEYS[table]} >= '${from}' and ${KEYS[table]} < '${to}' returning *)
       insert into ${name} (${columns}) select ${columns} from moved`,
    );
    await client.query(`alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`);
  });
}

/** Names of the columns that are not computed from others, joined by commas. */
async function storedColumns(client: pg.ClientBase, table: PartitionedTable): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(attname, ', ' order by attnum) as columns from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  return rows[0]?.columns ?? '*';
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
