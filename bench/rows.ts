/**
 * Latency of reading messages with 10 thousand and with 1 million stored ones: get by id, and the list with every filter it has, each
 * with a value that many messages have, one that few have, and one that none has.
 * Uses an own PostgreSQL, or the empty one of DATABASE_URL. Environment: BENCH_ROWS (10000,1000000), BENCH_READS (1000).
 */
import { cpus } from 'node:os';
import pg from 'pg';
import { basic } from '../acceptance/api.ts';
import { Postgres } from '../acceptance/postgres.ts';
import { AUTH_ID, AUTH_TOKEN, startServer, unlimitedAccount } from '../acceptance/server.ts';

const SIZES = (process.env.BENCH_ROWS ?? '10000,1000000').split(',').map(Number);
const READS = Number(process.env.BENCH_READS ?? 1000);
const ROUNDS = 10;
/** p99 at the largest size may be this many times that at the smallest. */
const LIMIT = 2;

const SUBACCOUNT = 'SABENCH0000000000001';
/** Rare values are on one message in this many. */
const RARE = 10_000;
/** Among the first RARE messages they are on one in this many: 25, so that every size answers a full page of 20 and the sizes differ in nothing else. */
const RARE_AT_FIRST = 400;

/**
 * Rows $1 to $2 of messages as the server leaves them, ids of version 7, spread evenly over the last 23 hours in no particular order so
 * that the list's default window of 24 hours holds all of them. Most are SMS sent and delivered; one in 50 failed; the rest is rare.
 * Adapt here when the schema changes.
 */
const SEED = `
insert into messages (id, account_id, owner_id, direction, service, state, from_number, to_number, country, units, rate_micros,
  amount_micros, error_code, text, requester_ip, is_domestic, powerpack_id, campaign_id, campaign_status, details, lingers, transitions,
  created_at, queued_at, sent_at, final_at, updated_at)
select (lpad(to_hex(ms), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid, '${AUTH_ID}',
  case when rare = 1 then '${SUBACCOUNT}' else '${AUTH_ID}' end, direction, service, state, (14155550000 + n % 100)::text,
  (447400000000 + n)::text, case rare when 2 then 'FR' else 'GB' end, 1, 5000, 5000,
  case state when 'failed' then case when rare = 3 then '110' else '420' end when 'undelivered' then '30' when 'delivered' then '000'
    when 'read' then '000' end,
  'hey', '127.0.0.1', false, case rare when 4 then 'pack' end, case rare when 5 then 'CBENCH1' end,
  case rare when 5 then 'registered' when 6 then 'unregistered' end,
  case when service = 'whatsapp' then jsonb_build_object('conversation', jsonb_build_object('id', 'c' || n / ${RARE}, 'origin',
    case rare when 7 then 'marketing' else 'utility' end, 'expiresAt', ms)) end,
  state in ('sent', 'received') and at < now() - interval '5 minutes',
  jsonb_build_array(jsonb_build_array(ms, 'queued', 'accepted'), jsonb_build_array(ms + 900, state, '')), at, at, at, at, at
from (
  select *, case when direction = 'inbound' then case when rare = 12 then 'undelivered' when rare = 22 then 'received' else 'delivered' end
    when rare = 9 then 'undelivered' when rare = 10 then 'sent' when rare = 11 then 'queued' when rare = 8 then 'read'
    when rare = 3 or n % 50 = 0 then 'failed' else 'delivered' end as state
  from (
    select n, case when n <= ${RARE} then n % ${RARE_AT_FIRST} else n % ${RARE} end as rare, ms, md5(n::text) as noise, to_timestamp(ms / 1000.0) as at,
      case when n % 10 = 2 and n % ${RARE_AT_FIRST} <> 2 then 'inbound' else 'outbound' end as direction,
      case case when n <= ${RARE} then n % ${RARE_AT_FIRST} else n % ${RARE} end when 7 then 'whatsapp' when 8 then 'whatsapp' when 13 then 'mms' else 'sms' end as service
    from (select n, (extract(epoch from now()) * 1000)::bigint - 60000 - (n::bigint * 7919 % 82800000) as ms
      from generate_series($1::int, $2::int) n) s
  ) kinds
) rows`;
/** What the queue holds of them. */
const QUEUE = `insert into outbox (message_id, account_id, sender, node, expires_at, payload)
  select id, account_id, from_number, 'bench', 'infinity', '{}' from messages where state = 'queued' on conflict do nothing`;
/** Each documented filter of the list (messaging.md §3.3) with its share of the messages; without one: the value is rare. */
const FILTERS = [
  'message_direction=outbound (most)',
  'message_direction=inbound (1 in 10)',
  'message_state=delivered (most)',
  'message_state=failed (1 in 50)',
  'message_state=undelivered',
  'message_state=sent',
  'message_state=queued',
  'message_state=received',
  'message_state=read',
  'message_state=rejected (none)',
  'message_type=sms (most)',
  'message_type=mms',
  'message_type=whatsapp',
  'error_code=0 (most)',
  'error_code=420 (1 in 50)',
  'error_code=110',
  'error_code=999 (none)',
  'destination_country_iso2=GB (most)',
  'destination_country_iso2=FR',
  'destination_country_iso2=JP (none)',
  `subaccount=${SUBACCOUNT}`,
  'powerpack_id=pack',
  'powerpack_id=other (none)',
  'tendlc_campaign_id=CBENCH1',
  'tendlc_registration_status=registered',
  'tendlc_registration_status=unregistered',
  'conversation_id=c1',
  'conversation_id=other (none)',
  'conversation_origin=utility',
  'conversation_origin=authentication (none)',
];
/** The chore that marks lingering messages has been here. */
const MARKED = `insert into lingering_mark (first_unmarked)
  select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint - 300000), 12, '0') || '70008000000000000000')::uuid on conflict do nothing`;
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
    await client.query(QUEUE);
    await client.query(MARKED);
    await client.query('vacuum analyze messages');
    await client.query('vacuum analyze outbox');
    // What seeding left to be written would be written while the reads are timed.
    await client.query('checkpoint');
    const ids = (await client.query<{ id: string }>(SAMPLE, [READS])).rows.map((row) => row.id);
    const kinds: Record<string, (n: number) => string> = {
      get: (n) => `Message/${ids[n % ids.length] ?? ''}/`,
      'list, newest 20': () => 'Message/',
      'list, offset 1000': () => 'Message/?limit=20&offset=1000',
      'from_number (1 in 100)': (n) => `Message/?from_number=${14_155_550_000 + (n % 100)}`,
      'to_number (1 message)': (n) => `Message/?to_number=${447_400_000_001 + n}`,
      ...Object.fromEntries(FILTERS.map((filter) => [filter, () => `Message/?${filter.split(' ')[0] ?? ''}`])),
    };
    // In rounds, so that what else the machine does for a second falls on all of them.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [kind, path] of Object.entries(kinds)) {
        const times: number[] = [];
        for (let n = 0; n < READS / ROUNDS; n++) times.push(await timed(path(round * READS + n)));
        if (round === 0) continue; // warm-up
        const bySize = results.get(kind) ?? new Map<number, number[]>();
        results.set(kind, bySize.set(size, [...(bySize.get(size) ?? []), ...times]));
      }
    }
  }
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(
    `${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}; ${READS} reads one after the other, in ${ROUNDS} rounds over all kinds; milliseconds p50 / p99\n`,
  );
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
