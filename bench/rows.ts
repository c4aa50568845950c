/**
 * Latency of reading messages with 10 thousand and with 1 million stored ones: get by id, and list as asked most often.
 * Uses an own PostgreSQL, or the empty one of DATABASE_URL. Environment: BENCH_ROWS (10000,1000000), BENCH_READS (400).
 */
import { cpus } from 'node:os';
import pg from 'pg';
import { basic } from '../acceptance/api.ts';
import { Postgres } from '../acceptance/postgres.ts';
import { AUTH_ID, AUTH_TOKEN, startServer, unlimitedAccount } from '../acceptance/server.ts';

const SIZES = (process.env.BENCH_ROWS ?? '10000,1000000').split(',').map(Number);
const READS = Number(process.env.BENCH_READS ?? 400);
/** p99 at the largest size may be this many times that at the smallest. */
const LIMIT = 2;

/**
 * Rows $1 to $2 of messages as the server leaves them, ids of version 7, spread evenly over the last 23 hours in no particular order so
 * that the list's default window of 24 hours holds all of them. Adapt here when the schema changes.
 */
const SEED = `
insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, country, units, rate_micros,
  amount_micros, error_code, text, requester_ip, is_domestic, transitions, created_at, queued_at, sent_at, final_at, updated_at)
select (lpad(to_hex(ms), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid, '${AUTH_ID}', '${AUTH_ID}',
  case when n % 10 = 0 then 'inbound' else 'outbound' end, 'sms', case when n % 50 = 0 then 'failed' else 'delivered' end,
  (14155550000 + n % 100)::text, (447400000000 + n)::text, 'GB', 1, 5000, 5000, case when n % 50 = 0 then '420' else '000' end,
  'hey', '127.0.0.1', false, jsonb_build_array(jsonb_build_array(ms, 'queued', 'accepted'), jsonb_build_array(ms + 900, 'delivered', '')),
  at, at, at, at, at
from (
  select n, ms, md5(n::text) as noise, to_timestamp(ms / 1000.0) as at
  from (select n, (extract(epoch from now()) * 1000)::bigint - 60000 - (n::bigint * 7919 % 82800000) as ms from generate_series($1::int, $2::int) n) s
) rows`;
const SAMPLE = 'select id from messages order by md5(id::text) limit $1';

const percentile = (values: readonly number[], share: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

const own = process.env.DATABASE_URL === undefined ? await Postgres.create() : undefined;
const databaseUrl = process.env.DATABASE_URL ?? own?.url ?? '';
const server = await startServer({ name: 'rows', config: { accounts: [unlimitedAccount] }, env: { DATABASE_URL: databaseUrl } });
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

try {
  await client.connect();
  const results = new Map<string, Map<number, number[]>>();
  let stored = 0;
  for (const size of SIZES) {
    await client.query(SEED, [stored + 1, size]);
    stored = size;
    await client.query('vacuum analyze messages');
    const ids = (await client.query<{ id: string }>(SAMPLE, [READS])).rows.map((row) => row.id);
    const kinds: Record<string, (n: number) => string> = {
      get: (n) => `Message/${ids[n % ids.length] ?? ''}/`,
      'list, newest 20': () => 'Message/',
      'list, offset 1000': () => 'Message/?limit=20&offset=1000',
      'list, failed': () => 'Message/?message_state=failed',
      'list, one sender': (n) => `Message/?from_number=${14_155_550_000 + (n % 100)}`,
      'list, one recipient': (n) => `Message/?to_number=${447_400_000_001 + n}`,
    };
    for (const [kind, path] of Object.entries(kinds)) {
      for (let n = 0; n < 20; n++) await timed(path(n));
      const times: number[] = [];
      for (let n = 0; n < READS; n++) times.push(await timed(path(n)));
      const bySize = results.get(kind) ?? new Map<number, number[]>();
      results.set(kind, bySize.set(size, times));
    }
  }
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(`${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}; ${READS} reads one after the other; milliseconds p50 / p99\n`);
  print(`| read | ${SIZES.map((size) => `${size.toLocaleString('en')} stored`).join(' | ')} | p99 ratio (limit ${LIMIT}) |`);
  print(`|---|${SIZES.map(() => '---').join('|')}|---|`);
  for (const [kind, bySize] of results) {
    const cells = SIZES.map((size) => {
      const times = bySize.get(size) ?? [];
      return `${percentile(times, 0.5).toFixed(2)} / ${percentile(times, 0.99).toFixed(2)}`;
    });
    const p99 = SIZES.map((size) => percentile(bySize.get(size) ?? [], 0.99));
    print(`| ${kind} | ${cells.join(' | ')} | ${((p99.at(-1) ?? Number.NaN) / (p99[0] ?? Number.NaN)).toFixed(2)} |`);
  }
} finally {
  await client.end().catch(() => {});
  await server.dispose();
  await own?.dispose();
}
