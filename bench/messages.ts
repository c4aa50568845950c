/**
 * Messages a second from HTTP request to SMSC, Ringdown beside Kannel: same machine, same run, same SMSC at the end, same load generator.
 *
 * A round: start the sink and the gateway, warm up, then for 8 and for 64 connections send one message after the other for
 * BENCH_SECONDS, and wait until what was accepted has arrived. Rounds alternate between the gateways; medians over the rounds are printed.
 *
 * Environment: BENCH_SECONDS (15), BENCH_ROUNDS (3), BENCH_TARGETS (kannel-spool,kannel-file,ringdown),
 * BENCH_RECEIPTS (0 | 1: the sink sends a receipt for each message that asks for one), BENCH_WINDOW (100), BENCH_BINDS (2).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTH_ID, AUTH_TOKEN, startServer, unlimitedAccount } from '../acceptance/server.ts';
import { type KannelStore, startKannel } from './kannel.ts';
import { cpuSeconds } from './process-cost.ts';
import { type SinkProcess, startSinkProcess } from './sink-process.ts';
import { type LoadTarget, runLoad } from './wrk.ts';

const SECONDS = Number(process.env.BENCH_SECONDS ?? 15);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const TARGETS = (process.env.BENCH_TARGETS ?? 'kannel-spool,kannel-file,ringdown').split(',');
const RECEIPTS = process.env.BENCH_RECEIPTS === '1';
const WINDOW = Number(process.env.BENCH_WINDOW ?? 100);
const BINDS = Number(process.env.BENCH_BINDS ?? 2);
const CONNECTIONS = [8, 64];
const WARM_UP_SECONDS = 3;
/** A backlog that takes longer than this to drain is reported as what is left of it. */
const DRAIN_TIMEOUT_MS = 60_000;
const SRC = '14155550100';

interface Gateway {
  readonly target: LoadTarget;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

interface Figures {
  readonly gateway: string;
  readonly connections: number;
  readonly acceptedPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
  /** Accepted and not yet at the SMSC when the load ended. */
  readonly backlog: number;
  readonly drainSeconds: number;
  /** Accepted messages that never arrived within the drain time. */
  readonly missing: number;
  /** CPU milliseconds a message, gateway with its children, load and drain together. */
  readonly cpuMsPerMessage: number;
  readonly cpuByProcess: ReadonlyMap<string, number>;
}

async function openKannel(folder: string, store: KannelStore, sink: SinkProcess): Promise<Gateway> {
  const kannel = await startKannel(folder, store, sink.port);
  return { target: { kind: 'kannel', url: kannel.url, src: SRC }, pids: kannel.pids, stop: kannel.stop };
}

async function openRingdown(sink: SinkProcess): Promise<Gateway> {
  const server = await startServer({
    name: 'bench',
    config: {
      accounts: [unlimitedAccount],
      carriers: [
        {
          name: 'sink',
          kind: 'smpp',
          url: `smpp://bench:bench@127.0.0.1:${sink.port}`,
          bind: 'transceiver',
          throughput: 0,
          window: WINDOW,
          binds: BINDS,
        },
      ],
      numbers: [{ number: SRC, account: AUTH_ID, carrier: 'sink', country: 'US', type: 'local' }],
      routes: [{ service: 'sms', prefix: '', carriers: ['sink'] }],
    },
  });
  const authorization = `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}`;
  return {
    target: { kind: 'ringdown', url: `${server.url}/v1/Account/${AUTH_ID}/Message/`, src: SRC, authorization },
    pids: [server.pid],
    stop: () => server.dispose(),
  };
}

async function open(name: string, folder: string, sink: SinkProcess): Promise<Gateway> {
  if (name === 'kannel-spool') return await openKannel(folder, 'spool', sink);
  if (name === 'kannel-file') return await openKannel(folder, 'file', sink);
  if (name === 'ringdown') return await openRingdown(sink);
  throw new Error(`BENCH_TARGETS: there is no gateway ${name}`);
}

/** Waits until the sink has `expected` submits or nothing new arrives any more. */
async function drained(sink: SinkProcess, expected: number): Promise<{ submits: number; seconds: number }> {
  const began = performance.now();
  let submits = (await sink.counts()).submits;
  let lastProgress = performance.now();
  while (submits < expected && performance.now() - began < DRAIN_TIMEOUT_MS && performance.now() - lastProgress < 10_000) {
    await sleep(20);
    const now = (await sink.counts()).submits;
    if (now > submits) lastProgress = performance.now();
    submits = now;
  }
  return { submits, seconds: (performance.now() - began) / 1000 };
}

async function measure(gatewayName: string, gateway: Gateway, sink: SinkProcess, connections: number): Promise<Figures> {
  const cpuBefore = await cpuSeconds(gateway.pids);
  const before = (await sink.counts()).submits;
  const load = await runLoad(gateway.target, connections, SECONDS);
  const atEnd = (await sink.counts()).submits;
  const drain = await drained(sink, before + load.accepted);
  const cpuAfter = await cpuSeconds(gateway.pids);
  const cpuByProcess = new Map([...cpuAfter].map(([name, cpu]) => [name, cpu - (cpuBefore.get(name) ?? 0)]));
  const cpu = [...cpuByProcess.values()].reduce((sum, value) => sum + value, 0);
  return {
    gateway: gatewayName,
    connections,
    acceptedPerSecond: load.accepted / load.seconds,
    deliveredPerSecond: (atEnd - before) / load.seconds,
    p50Ms: load.p50Ms,
    p99Ms: load.p99Ms,
    failed: load.failed,
    backlog: Math.max(0, before + load.accepted - atEnd),
    drainSeconds: drain.seconds,
    missing: Math.max(0, before + load.accepted - drain.submits),
    cpuMsPerMessage: (cpu * 1000) / load.accepted,
    cpuByProcess,
  };
}

async function round(name: string): Promise<Figures[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ringdown-bench-'));
  const sink = await startSinkProcess({ receipts: RECEIPTS });
  try {
    const gateway = await open(name, folder, sink);
    try {
      const warmUp = await runLoad(gateway.target, CONNECTIONS[0] ?? 8, WARM_UP_SECONDS);
      if (warmUp.accepted === 0) throw new Error(`${name} accepted nothing; ${warmUp.failed} requests failed`);
      await drained(sink, warmUp.accepted);
      const figures: Figures[] = [];
      for (const connections of CONNECTIONS) figures.push(await measure(name, gateway, sink, connections));
      return figures;
    } finally {
      await gateway.stop();
    }
  } finally {
    await sink.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const columns: readonly (readonly [string, (figures: Figures) => number, number])[] = [
  ['accepted/s', (f) => f.acceptedPerSecond, 0],
  ['delivered/s', (f) => f.deliveredPerSecond, 0],
  ['p50 ms', (f) => f.p50Ms, 2],
  ['p99 ms', (f) => f.p99Ms, 2],
  ['failed', (f) => f.failed, 0],
  ['backlog', (f) => f.backlog, 0],
  ['drain s', (f) => f.drainSeconds, 2],
  ['missing', (f) => f.missing, 0],
  ['CPU ms/msg', (f) => f.cpuMsPerMessage, 3],
];

const cell = (values: readonly Figures[], pick: (figures: Figures) => number, digits: number) =>
  median(values.map(pick)).toFixed(digits);

const all: Figures[] = [];
for (let turn = 1; turn <= ROUNDS; turn++) {
  for (const name of TARGETS) {
    const figures = await round(name);
    all.push(...figures);
    for (const f of figures) {
      process.stderr.write(
        `round ${turn} ${name} c=${f.connections}: ${columns.map(([title, pick, digits]) => `${title} ${pick(f).toFixed(digits)}`).join(', ')}; ` +
          `CPU s ${[...f.cpuByProcess].map(([process, cpu]) => `${process} ${cpu.toFixed(1)}`).join(' ')}\n`,
      );
    }
  }
}

const print = (line: string) => process.stdout.write(`${line}\n`);
print(
  `\n${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}; ${SECONDS} s a phase, medians of ${ROUNDS} rounds; receipts ${RECEIPTS ? 'on' : 'off'}\n`,
);
print(`| gateway | connections | ${columns.map(([title]) => title).join(' | ')} |`);
print(`|---|---|${columns.map(() => '---').join('|')}|`);
for (const connections of CONNECTIONS) {
  for (const name of TARGETS) {
    const values = all.filter((f) => f.gateway === name && f.connections === connections);
    print(`| ${name} | ${connections} | ${columns.map(([, pick, digits]) => cell(values, pick, digits)).join(' | ')} |`);
  }
}
for (const peer of TARGETS.filter((name) => name !== 'ringdown' && TARGETS.includes('ringdown'))) {
  for (const connections of CONNECTIONS) {
    const of = (name: string, pick: (f: Figures) => number) =>
      median(all.filter((f) => f.gateway === name && f.connections === connections).map(pick));
    const ratio = (pick: (f: Figures) => number) => (of('ringdown', pick) / of(peer, pick)).toFixed(2);
    print(
      `ringdown / ${peer} at ${connections} connections: accepted ${ratio((f) => f.acceptedPerSecond)}, ` +
        `delivered ${ratio((f) => f.deliveredPerSecond)}`,
    );
  }
}
