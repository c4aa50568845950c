/**
 * What many calls at once leave in memory: resident set of the server at rest, under calls, and at rest again, by kind of memory.
 * Environment: BENCH_CALLS (1000), BENCH_CALL_SECONDS (15), BENCH_REST_SECONDS (25), BENCH_ENV (`NAME=value,...` for the server).
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCallApp } from '../acceptance/call-app.ts';
import { freePort, freeUdpPort } from '../acceptance/ports.ts';
import { residentMb } from '../acceptance/remains.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from '../acceptance/server.ts';
import { startCallers } from '../acceptance/sipp-callers.ts';
import { cpuOf } from './process-cost.ts';

const CALLS = Number(process.env.BENCH_CALLS ?? 1000);
const CALL_SECONDS = Number(process.env.BENCH_CALL_SECONDS ?? 15);
const REST_SECONDS = Number(process.env.BENCH_REST_SECONDS ?? 25);
const extra = (process.env.BENCH_ENV ?? '').split(',').filter((pair) => pair.includes('='));
const NUMBER = '14155550100';
const WARM_UP_CALLS = 200;
const SAMPLE_MS = 500;
/** An arena of glibc for a thread is a mapping of this size, aligned to it, most of it not committed. */
const ARENA_BYTES = 64 * 2 ** 20;

/** Resident MB by kind, from smaps (proc(5)). */
async function kinds(pid: number): Promise<Record<string, number>> {
  const found: Record<string, number> = { files: 0, 'main heap': 0, arenas: 0, shared: 0, stacks: 0, 'other anonymous': 0 };
  let kind = '';
  for (const line of (await readFile(`/proc/${pid}/smaps`, 'latin1')).split('\n')) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ (\d+)\s*(.*)$/.exec(line);
    if (head) {
      const [, from = '', to = '', flags = '', inode, name = ''] = head;
      const start = Number.parseInt(from, 16);
      const bytes = Number.parseInt(to, 16) - start;
      if (name === '[heap]') kind = 'main heap';
      else if (name.startsWith('[stack')) kind = 'stacks';
      else if (name.includes('/dev/zero') || flags.endsWith('s')) kind = 'shared';
      else if (inode !== '0') kind = 'files';
      else if (start % ARENA_BYTES === 0 && flags.startsWith('rw') && bytes < ARENA_BYTES) kind = 'arenas';
      else kind = 'other anonymous';
    }
    const rss = /^Rss:\s+(\d+) kB/.exec(line);
    if (rss) found[kind] = (found[kind] ?? 0) + Number(rss[1]) / 1024;
  }
  return found;
}

async function show(server: RingdownProcess, when: string): Promise<void> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  const mb = (name: string) => (Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1] ?? 0) / 2 ** 20).toFixed(0);
  const parts = Object.entries(await kinds(server.pid)).map(([name, size]) => `${name} ${size.toFixed(0)}`);
  process.stdout.write(
    `${when}: RSS ${(await residentMb(server.pid)).toFixed(0)} MB: ${parts.join(', ')}; JavaScript heap of the main thread ` +
      `${mb('nodejs_heap_size_total_bytes')}, in use ${mb('nodejs_heap_size_used_bytes')}, external ${mb('nodejs_external_memory_bytes')}\n`,
  );
}

const app = await startCallApp();
const sipPort = await freePort();
const server = await startServer({
  name: 'bench-call-memory',
  config: {
    accounts: [{ ...unlimitedAccount, limits: { ...unlimitedAccount.limits, inbound_calls_per_second: 10_000 } }],
    applications: [{ name: 'play', account: AUTH_ID, answer_url: app.playUrl }],
    carriers: [{ name: 'callers', kind: 'sip', url: 'sip:127.0.0.1:9;transport=udp', sources: ['127.0.0.1'] }],
    numbers: [{ number: NUMBER, account: AUTH_ID, application: 'play', carrier: 'callers', country: 'US', type: 'local' }],
  },
  env: {
    RINGDOWN_SIP_PORT: String(sipPort),
    RINGDOWN_RTP_PORTS: '40000-44999',
    RINGDOWN_LOG_LEVEL: 'warn',
    ...Object.fromEntries(extra.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
  },
});
try {
  const callers = async (calls: number, callsPerSecond: number, holdMs: number, speaks: boolean) =>
    startCallers({ to: sipPort, port: await freeUdpPort(), number: NUMBER, calls, callsPerSecond, holdMs, speaks });
  await (await callers(WARM_UP_CALLS, 50, 100, false)).done;
  await sleep(REST_SECONDS * 1000);
  await show(server, 'at rest');
  const before = await cpuOf(server.pid);
  const many = await callers(CALLS, CALLS / CALL_SECONDS, CALL_SECONDS * 1000, true);
  let most = 0;
  let over = false;
  void many.done.then(() => {
    over = true;
  });
  while (!over) {
    most = Math.max(most, await residentMb(server.pid));
    await sleep(SAMPLE_MS);
  }
  const { succeeded, failed, peak } = await many.done;
  const cpu = (await cpuOf(server.pid)).since(before);
  const msACallSecond = ((cpu.server * 1000) / (succeeded * CALL_SECONDS)).toFixed(3);
  process.stdout.write(
    `${succeeded} calls, ${failed} failed, ${peak} at once: RSS ${most.toFixed(0)} MB, CPU of the server ${msACallSecond} ms a call-second\n`,
  );
  await show(server, 'right after');
  await sleep(REST_SECONDS * 1000);
  await show(server, `after ${REST_SECONDS} s`);
} finally {
  await server.dispose();
  await app.stop();
}
