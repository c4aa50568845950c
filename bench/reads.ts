/**
 * Latency of every GET that reads a table which grows, with 10 thousand and with 1 million rows of one account in it: single ones by id,
 * and lists with every filter, each with a value that many rows have, one that few have, and one that none has. Messages have a
 * benchmark of their own (rows.ts). Tables are filled, read and emptied one after the other.
 * Uses an own PostgreSQL, or the empty one of DATABASE_URL, whose user must be superuser. Environment: BENCH_ROWS (10000,1000000),
 * BENCH_READS (300). Arguments: parts of names of sets; none = all.
 */
import { cpus, loadavg } from 'node:os';
import pg from 'pg';
import { basic } from '../acceptance/api.ts';
import { Postgres } from '../acceptance/postgres.ts';
import { AUTH_ID, AUTH_TOKEN, startServer, unlimitedAccount } from '../acceptance/server.ts';
import { accountSets } from './account-sets.ts';
import { type ReadSet, type SeededTable, SUBACCOUNT } from './read-set.ts';
import { registeredSets } from './registered-sets.ts';
import { sessionSets } from './session-sets.ts';
import { trunkSets } from './trunk-sets.ts';

const SIZES = (process.env.BENCH_ROWS ?? '10000,1000000').split(',').map(Number);
const READS = Number(process.env.BENCH_READS ?? 300);
const ROUNDS = 5;
/** p99 at the largest size may be this many times that at the smallest. */
const LIMIT = 2;
/** Rows that are got by their id. */
const SAMPLES = 200;

/** Rows $1 to $2, of the 23 hours before $3. Among the first 10,000 a rare value is on one in 400: 25, so that every size answers a full page of 20. */
const seed = ({ table, columns }: SeededTable) => `
  insert into ${table} (${Object.keys(columns).join(', ')})
  select ${Object.values(columns).join(', ')} from (
    select n, ms, md5(n::text) as noise, to_timestamp(ms / 1000.0) as at, case when n <= 10000 then n % 400 else n % 10000 end as rare
    from (select n, $3::bigint - 60000 - (n::bigint * 7919 % 82800000) as ms
      from generate_series($1::int, $2::int) n) numbered
  ) s`;

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
const print = (line: string) => process.stdout.write(`${line}\n`);
const pathOf = (set: ReadSet, read: string) => (read.startsWith('../') ? read.slice(3) : `${set.name}/${read}`);

/** The same for all tables: ids that are made of the time are equal in them. */
const startedAt = Date.now();
const own = process.env.DATABASE_URL === undefined ? await Postgres.create() : undefined;
const databaseUrl = process.env.DATABASE_URL ?? own?.url ?? '';
const server = await startServer({
  name: 'reads',
  config: {
    accounts: [unlimitedAccount],
    subaccounts: [{ auth_id: SUBACCOUNT, account: AUTH_ID, auth_token: AUTH_TOKEN, name: 'Branch', enabled: true }],
  },
  env: { DATABASE_URL: databaseUrl },
});
const client = new pg.Client({ connectionString: databaseUrl });

async function timed(path: string): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${server.url}/v1/Account/${AUTH_ID}/${path}`, {
    headers: { authorization: basic(AUTH_ID, AUTH_TOKEN) },
  });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body}`);
  return performance.now() - began;
}

/** Building an index of a million rows takes a fraction of adding a million entries to it. */
async function withoutIndexes(table: string, fill: () => Promise<unknown>): Promise<void> {
  const { rows } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = $1
       and not exists (select from pg_constraint where conname = indexname or conindid = indexname::regclass)`,
    [table],
  );
  for (const { indexname } of rows) await client.query(`drop index ${indexname}`);
  await fill();
  for (const { indexdef } of rows) await client.query(indexdef.replace(' ON ONLY ', ' ON '));
}

/** Times of each read of the set at one size. In rounds, so that what else the machine does for a second falls on all of them. */
async function readAll(set: ReadSet): Promise<ReadonlyMap<string, readonly number[]>> {
  const [{ table }] = set.tables;
  const { rows } = await client.query<{ id: string }>(
    `select ${set.id} as id from ${table} where ${set.id}::text <> $1 and ${set.among ?? 'true'} order by md5(${set.id}::text) limit ${SAMPLES}`,
    [SUBACCOUNT],
  );
  const times = new Map<string, number[]>(set.reads.map((read) => [read, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [read, taken] of times) {
      for (let n = 0; n < READS / ROUNDS; n++) {
        const path = pathOf(set, read).replace('{id}', String(rows[n % rows.length]?.id));
        const ms = await timed(path).catch((error: unknown) => {
          if (round === 0 && n === 0) print(`! ${String(error)}`);
          return Number.POSITIVE_INFINITY;
        });
        if (round > 0) taken.push(ms); // the first round is a warm-up
        if (ms === Number.POSITIVE_INFINITY) break;
      }
    }
  }
  return times;
}

async function measure(set: ReadSet): Promise<void> {
  const began = performance.now();
  const results: ReadonlyMap<string, readonly number[]>[] = [];
  let stored = 0;
  for (const size of SIZES) {
    for (const table of set.tables) {
      const upTo = Math.min(size, table.most ?? size);
      await withoutIndexes(table.table, () => client.query(seed(table), [stored + 1, upTo, startedAt]));
    }
    stored = size;
    for (const { table } of set.tables) await client.query(`vacuum analyze ${table}`);
    // What seeding left to be written would be written while the reads are timed.
    await client.query('checkpoint');
    results.push(await readAll(set));
  }
  for (const read of set.reads) {
    const bySize = results.map((times) => times.get(read) ?? []);
    const cells = bySize.map((times) => `${percentile(times, 0.5).toFixed(2)} / ${percentile(times, 0.99).toFixed(2)}`);
    const p99 = bySize.map((times) => percentile(times, 0.99));
    print(
      `| ${pathOf(set, read)} | ${cells.join(' | ')} | ${((p99.at(-1) ?? Number.NaN) / (p99[0] ?? Number.NaN)).toFixed(2)} |`,
    );
  }
  process.stderr.write(`${set.name}: ${Math.round((performance.now() - began) / 1000)} s\n`);
  await client.query(set.clear ?? `truncate ${set.tables.map(({ table }) => table).join(', ')} cascade`);
}

try {
  await client.connect();
  // Rows refer to others that are not there.
  await client.query('set session_replication_role = replica');
  print(
    `${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}, load average ${loadavg()[0]?.toFixed(1)} before; milliseconds p50 / p99\n`,
  );
  print(`| GET | ${SIZES.map((size) => `${size.toLocaleString('en')} rows`).join(' | ')} | p99 ratio (limit ${LIMIT}) |`);
  print(`|---|${SIZES.map(() => '---').join('|')}|---|`);
  const wanted = process.argv.slice(2);
  for (const set of [...sessionSets, ...registeredSets, ...accountSets, ...trunkSets]) {
    if (wanted.length === 0 || wanted.some((word) => set.name.includes(word))) await measure(set);
  }
  print(`\nload average ${loadavg()[0]?.toFixed(1)} at the end`);
} finally {
  await client.end().catch(() => {});
  await server.dispose();
  await own?.dispose();
}
