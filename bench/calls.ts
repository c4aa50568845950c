/**
 * Calls, with SIPp as the caller. Parts, in this order:
 *   media    N calls at once of 20 s that play a file both ways: CPU of server and database a call-second, failures, lateness, loss, memory;
 *            and what a bare loop of Node with as many streams costs at that moment (`bare-loop.ts`)
 *   setups   calls of 100 ms: how many a second, CPU a call
 *   answer   from 200 to the first sound of a cached file, idle and beside 500 calls
 *   leaks    10,000 short calls: descriptors, timers, ports and memory afterwards
 *
 * Environment: BENCH_PARTS (media,setups,answer,leaks), BENCH_CALLS (100,500,1000), BENCH_CALL_SECONDS (20), BENCH_SETUP_RATES (50,100,200),
 * BENCH_SECONDS (30, of setups), BENCH_ANSWERS (300), BENCH_LEAK_CALLS (10000), BENCH_NODE_OPTIONS (of the server, for a profiler).
 */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallApp, startCallApp } from '../acceptance/call-app.ts';
import { freePort, freeUdpPort } from '../acceptance/ports.ts';
import { type Remains, remains, residentMb } from '../acceptance/remains.ts';
import { AUTH_ID, OPERATOR_TOKEN, type RingdownProcess, startServer, unlimitedAccount } from '../acceptance/server.ts';
import { type CallersResult, startCallers } from '../acceptance/sipp-callers.ts';
import { measureAnswers } from './answer-time.ts';

import { bareLoopCost } from './bare-loop.ts';
import { cpuOf, memory, type ProcessCpu } from './process-cost.ts';

const list = (text: string) => text.split(',').map(Number);
const PARTS = (process.env.BENCH_PARTS ?? 'media,setups,answer,leaks').split(',');
const CALLS = list(process.env.BENCH_CALLS ?? '100,500,1000');
const CALL_SECONDS = Number(process.env.BENCH_CALL_SECONDS ?? 20);
const SETUP_RATES = list(process.env.BENCH_SETUP_RATES ?? '50,100,200');
const SECONDS = Number(process.env.BENCH_SECONDS ?? 30);
const ANSWERS = Number(process.env.BENCH_ANSWERS ?? 300);
const LEAK_CALLS = Number(process.env.BENCH_LEAK_CALLS ?? 10_000);

const NUMBER = '14155550100';
const SIP_PORT = await freePort();
const CALLER_PORT = await freeUdpPort();
/** Not the range that SIPp takes its own ports from. */
const RTP_PORTS = '40000-44999';
/** Each caller's call comes, and goes, as often as this while the load lasts, and oftener when that were fewer calls than make a figure. */
const ROUNDS = 2;
/** What is compiled anew once a thread of media has begun costs 0.4 s: spread over 12,000 seconds of calls it no longer decides. */
const MIN_CALLS = 600;
const BARE_SECONDS = 15;
const SHORT_CALL_MS = 100;
/** Short calls before the first figure: what is compiled and loaded at the first calls is so by then. */
const WARM_UP_CALLS = 500;
const WARM_UP_RATE = 50;
/** Calls beside which the time to the first sound is measured a second time. */
const BACKGROUND_CALLS = 500;
const LEAK_CALLS_PER_SECOND = 150;
/** Garbage is collected, and idle connections and backends are let go, after this time at the latest. */
const SETTLE_MS = Number(process.env.BENCH_SETTLE_MS ?? 45_000);
const SAMPLE_MS = 1_000;
const PACKETS_PER_SECOND = 50;
/** Calls whose timelines are read for lateness and loss. */
const MOST_TIMELINES = 400;

const print = (line: string) => process.stdout.write(`${line}\n`);
const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

async function openServer(app: CallApp): Promise<RingdownProcess> {
  return await startServer({
    name: 'bench-calls',
    config: {
      accounts: [
        {
          ...unlimitedAccount,
          limits: { ...unlimitedAccount.limits, calls_per_second: 10_000, inbound_calls_per_second: 10_000 },
        },
      ],
      applications: [{ name: 'play', account: AUTH_ID, answer_url: app.playUrl }],
      carriers: [{ name: 'callers', kind: 'sip', url: `sip:127.0.0.1:${CALLER_PORT};transport=udp`, sources: ['127.0.0.1'] }],
      numbers: [{ number: NUMBER, account: AUTH_ID, application: 'play', carrier: 'callers', country: 'US', type: 'local' }],
    },
    env: {
      RINGDOWN_SIP_PORT: String(SIP_PORT),
      RINGDOWN_RTP_PORTS: RTP_PORTS,
      RINGDOWN_LOG_LEVEL: 'warn',
      ...(process.env.BENCH_NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS: process.env.BENCH_NODE_OPTIONS }),
    },
  });
}

interface LoadFigures {
  readonly result: CallersResult;
  readonly cpu: ProcessCpu;
  /** Largest of the samples while the load lasted. */
  readonly serverRssMb: number;
  readonly allPssMb: number;
}

/** Runs callers against the server and looks at what it costs. */
async function load(
  server: RingdownProcess,
  number: string,
  calls: number,
  callsPerSecond: number,
  holdMs: number,
  speaks: boolean,
): Promise<LoadFigures> {
  const before = await cpuOf(server.pid);
  const callers = await startCallers({ to: SIP_PORT, port: CALLER_PORT, number, calls, callsPerSecond, holdMs, speaks });
  let serverRssMb = 0;
  let allPssMb = 0;
  let result: CallersResult | undefined;
  const ended = callers.done.then((value) => {
    result = value;
  });
  while (result === undefined) {
    await Promise.race([ended, sleep(SAMPLE_MS)]);
    const rss = await residentMb(server.pid);
    // Reading the shares of every page costs the reader milliseconds: only near the top.
    if (rss > serverRssMb + 4) allPssMb = Math.max(allPssMb, (await memory([server.pid])).pssMb);
    serverRssMb = Math.max(serverRssMb, rss);
  }
  const after = await cpuOf(server.pid);
  return { result, cpu: after.since(before), serverRssMb, allPssMb };
}

interface Media {
  readonly calls: number;
  readonly latenessP99: number;
  readonly worstLateness: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
}

/** Media statistics at the end of calls, from their timelines. */
async function mediaOf(server: RingdownProcess, callIds: readonly string[]): Promise<Media> {
  const step = Math.max(1, Math.ceil(callIds.length / MOST_TIMELINES));
  const lateness: number[] = [];
  let sent = 0;
  let received = 0;
  let lost = 0;
  for (const [index, id] of callIds.entries()) {
    if (index % step !== 0) continue;
    const answer = await fetch(`${server.url}/ringdown/v1/timeline/${id}`, {
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    });
    const { entries } = JSON.parse(await answer.text());
    const media = entries?.findLast((entry: { event: string }) => entry.event === 'ended')?.detail?.media;
    if (!media) continue;
    lateness.push(Number(media.send_lateness_p99_ms));
    sent += Number(media.packets_sent);
    received += Number(media.packets_received);
    lost += Number(media.packets_lost);
  }
  const sorted = lateness.toSorted((a, b) => a - b);
  return { calls: sorted.length, latenessP99: at(sorted, 0.5), worstLateness: at(sorted, 0.99), sent, received, lost };
}

const ofCallers = ({ result }: LoadFigures) =>
  `${result.succeeded} calls, ${result.failed} failed, at most ${result.peak} at once, ${result.retransmissions} SIP messages repeated; ` +
  `SIPp took ${(result.cpuSeconds / result.elapsedSeconds).toFixed(2)} of a core${result.errors === '' ? '' : `\n${result.errors}`}`;

async function media(server: RingdownProcess, app: CallApp): Promise<void> {
  for (const calls of CALLS) {
    app.takeCalls();
    const bare = await bareLoopCost(calls, BARE_SECONDS);
    const total = Math.max(calls * ROUNDS, MIN_CALLS);
    const figures = await load(server, NUMBER, total, calls / CALL_SECONDS, CALL_SECONDS * 1000, true);
    const { result, cpu } = figures;
    await sleep(3_000);
    const heard = await mediaOf(server, app.takeCalls());
    const callSeconds = Math.max(1, result.succeeded) * CALL_SECONDS;
    const ms = (seconds: number) => ((seconds * 1000) / callSeconds).toFixed(3);
    print(`media, ${calls} calls of ${CALL_SECONDS} s at once: ${ofCallers(figures)}`);
    print(
      `  CPU ms a call-second: server ${ms(cpu.server)}, database ${ms(cpu.others)}; threads of the server: ${threads(cpu, ms)}; ` +
        `a bare loop just before ${bare.toFixed(3)}`,
    );
    print(
      `  lateness of sends p99 ${heard.latenessP99.toFixed(1)} ms (median call), ${heard.worstLateness.toFixed(1)} ms (99th call of 100); ` +
        `of the packets due ${share(heard.sent, heard)} sent, ${share(heard.received, heard)} received, ${heard.lost} lost, in ${heard.calls} calls looked at`,
    );
    print(
      `  memory at most: server RSS ${figures.serverRssMb.toFixed(0)} MB, with the database PSS ${figures.allPssMb.toFixed(0)} MB`,
    );
  }
}

/** Of one packet each 20 ms of each call. Below 99 % the machine was too busy for the figures to mean anything. */
const share = (packets: number, { calls }: Media) =>
  `${((packets * 100) / (calls * CALL_SECONDS * PACKETS_PER_SECOND)).toFixed(1)} %`;

function threads(cpu: ProcessCpu, format: (seconds: number) => string): string {
  return [...cpu.threads]
    .filter(([, seconds]) => seconds > 0.05)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, seconds]) => `${name} ${format(seconds)}`)
    .join(', ');
}

async function setups(server: RingdownProcess): Promise<void> {
  for (const rate of SETUP_RATES) {
    const figures = await load(server, NUMBER, rate * SECONDS, rate, SHORT_CALL_MS, false);
    const { result, cpu } = figures;
    const ms = (seconds: number) => ((seconds * 1000) / Math.max(1, result.succeeded)).toFixed(2);
    print(`setups, ${rate} a second for ${SECONDS} s: ${ofCallers(figures)}`);
    print(`  CPU ms a call: server ${ms(cpu.server)}, database ${ms(cpu.others)}; threads of the server: ${threads(cpu, ms)}`);
  }
}

async function answers(): Promise<void> {
  const say = async (circumstance: string) => {
    const { toSound, toAnswer, failed } = await measureAnswers(SIP_PORT, NUMBER, ANSWERS);
    const figures = (values: readonly number[]) => `p50 ${at(values, 0.5).toFixed(1)}, p99 ${at(values, 0.99).toFixed(1)} ms`;
    print(`answer, ${circumstance}: 200 to sound ${figures(toSound)}; INVITE to 200 ${figures(toAnswer)}; ${failed} failed`);
  };
  await measureAnswers(SIP_PORT, NUMBER, 5); // the file is cached from here on
  await say('one call at a time');
  const callers = await startCallers({
    to: SIP_PORT,
    port: CALLER_PORT,
    number: NUMBER,
    calls: BACKGROUND_CALLS * 3,
    callsPerSecond: BACKGROUND_CALLS / CALL_SECONDS,
    holdMs: CALL_SECONDS * 1000,
    speaks: true,
  });
  await sleep(CALL_SECONDS * 1000);
  await say(`beside ${BACKGROUND_CALLS} calls`);
  await callers.done;
}

async function leaks(server: RingdownProcess): Promise<void> {
  const show = (when: string, left: Remains) =>
    print(
      `leaks, ${when}: ${left.descriptors} descriptors, ${left.timers} timers, ${left.calls} calls, ${left.legs} legs, ` +
        `heap ${left.heapMb.toFixed(0)} MB, RSS ${left.rssMb.toFixed(0)} MB`,
    );
  await sleep(SETTLE_MS);
  show('before', await remains(server));
  const figures = await load(server, NUMBER, LEAK_CALLS, LEAK_CALLS_PER_SECOND, SHORT_CALL_MS, false);
  print(`leaks: ${ofCallers(figures)}`);
  await sleep(SETTLE_MS);
  show('after', await remains(server));
}

async function idleMemory(server: RingdownProcess, when: string): Promise<void> {
  await sleep(SETTLE_MS);
  const { pssMb, rssMb } = await memory([server.pid]);
  print(
    `memory ${when}: server RSS ${(await residentMb(server.pid)).toFixed(0)} MB, with the database PSS ${pssMb.toFixed(0)} MB, RSS ${rssMb.toFixed(0)} MB`,
  );
}

print(`load average of the machine before: ${loadavg()[0]?.toFixed(1)}`);
const app = await startCallApp();
const server = await openServer(app);
try {
  if (PARTS.includes('media') || PARTS.includes('setups'))
    await load(server, NUMBER, WARM_UP_CALLS, WARM_UP_RATE, SHORT_CALL_MS, false);
  if (PARTS.includes('media')) {
    await idleMemory(server, 'before the load');
    await media(server, app);
    await idleMemory(server, 'after the load');
  }
  if (PARTS.includes('setups')) await setups(server);
  if (PARTS.includes('answer')) await answers();
  if (PARTS.includes('leaks')) await leaks(server);
} finally {
  await server.dispose();
  await app.stop();
}
