/**
 * CPU of the media engine: N legs play a clip to a peer process and receive RTP from it, as many packets as a call has (50 a second
 * each way). Prints CPU milliseconds of the server process per leg and second, send lateness and loss.
 * With ROOM the legs meet in rooms of that many.
 *
 * LEGS=100,500,1000  SECONDS=15  WORKERS=2  CODEC=PCMU  LISTEN=none|silence|record  BRIDGE=0|1 (pairs of legs, nothing is played)
 * ROOM=0 (members of a room)  SPEAKERS=200 (of a room, who are not muted)
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMediaEngine } from '../src/media/engine.ts';
import type { MediaLeg, MediaStats } from '../src/media/media-engine.ts';
import { systemClock } from '../src/runtime/clock.ts';

const counts = (process.env.LEGS ?? '100,500,1000').split(',').map(Number);
const seconds = Number(process.env.SECONDS ?? 15);
const workers = Number(process.env.WORKERS ?? 2);
const codec = codecName(process.env.CODEC ?? 'PCMU');
const listen = process.env.LISTEN ?? 'none';
const bridged = process.env.BRIDGE === '1';
const roomSize = Number(process.env.ROOM ?? 0);
const speakers = Number(process.env.SPEAKERS ?? 200);
const PAYLOAD_TYPES = { PCMU: 0, PCMA: 8, G722: 9 } as const;
const WARM_UP_MS = 3_000;

function codecName(name: string): keyof typeof PAYLOAD_TYPES {
  if (name === 'PCMU' || name === 'PCMA' || name === 'G722') return name;
  throw new Error(`unknown codec ${name}`);
}

interface Row {
  readonly legs: number;
  readonly cpuMsPerLegSecond: number;
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  readonly latenessP99: number;
  readonly lost: number;
  readonly peerLost: number;
  readonly rssMb: number;
}

async function run(count: number): Promise<Row> {
  const directory = await mkdtemp(join(tmpdir(), 'ringdown-bench-'));
  const engine = createMediaEngine({
    clock: systemClock,
    bindAddress: '127.0.0.1',
    ports: { from: 20_000, to: 29_999 },
    workers,
  });
  const legs: MediaLeg[] = [];
  for (let index = 0; index < count; index++) {
    const near = bridged && index % 2 === 1 ? legs[index - 1] : undefined;
    legs.push(await engine.openLeg({ near }));
  }
  const peer = fork(new URL('./media-peer.ts', import.meta.url), [String(PAYLOAD_TYPES[codec])]);
  const told = <T>(): Promise<T> => new Promise((resolve) => peer.once('message', (value: T) => resolve(value)));
  const started = told<number[]>();
  peer.send(legs.map((leg) => leg.localPort));
  const peerPorts = await started;
  const clip = engine.createClip(
    Int16Array.from({ length: 8_000 * 30 }, (_, at) => 8_000 * Math.sin((2 * Math.PI * 440 * at) / 8_000)),
    8_000,
  );
  for (const [index, leg] of legs.entries()) {
    leg.onFailure((error) => console.error('leg failed:', error));
    leg.setFlow({
      codec,
      payloadType: PAYLOAD_TYPES[codec],
      telephoneEventPayloadType: 101,
      remoteAddress: '127.0.0.1',
      remotePort: peerPorts[index % peerPorts.length] ?? 0,
      remoteRtcpPort: 0,
      direction: 'sendrecv',
      ptimeMs: 20,
    });
    leg.onDigit(() => undefined);
    leg.onMediaTimeout(10_000, () => console.error('media timeout'));
    if (!bridged && roomSize === 0) leg.play([{ kind: 'clip', clip }], { loop: 0 });
    if (listen === 'silence') void leg.listen({ silenceMs: 60_000 }, new AbortController().signal);
    if (listen === 'record') {
      leg.record({ format: 'wav', channels: 'stereo', path: join(directory, `${index}.wav`), maxMs: 3_600_000 });
    }
  }
  if (bridged) {
    for (let index = 0; index + 1 < count; index += 2) {
      const [a, b] = [legs[index], legs[index + 1]];
      if (a && b) engine.bridge(a, b);
    }
  }
  for (let first = 0; roomSize > 0 && first < count; first += roomSize) {
    const room = engine.createRoom();
    for (const [index, leg] of legs.slice(first, first + roomSize).entries()) {
      room.join(leg, { muted: index >= speakers, deaf: false, gain: 1, relayDigits: true });
    }
  }
  await systemClock.sleep(WARM_UP_MS);
  const before = await Promise.all(legs.map((leg) => leg.stats()));
  const cpuBefore = process.cpuUsage();
  const from = performance.now();
  await systemClock.sleep(seconds * 1_000);
  const cpu = process.cpuUsage(cpuBefore);
  const elapsed = (performance.now() - from) / 1_000;
  const after = await Promise.all(legs.map((leg) => leg.stats()));
  const rssMb = process.memoryUsage().rss / 2 ** 20;
  const grown = (field: (stats: MediaStats) => number) =>
    after.reduce((sum, stats, index) => sum + field(stats) - field(before[index] ?? stats), 0);
  const finished = told<{ lost: number }>();
  peer.send('stop');
  const { lost: peerLost } = await finished;
  await engine.close();
  peer.kill();
  await rm(directory, { recursive: true });
  return {
    legs: count,
    cpuMsPerLegSecond: (cpu.user + cpu.system) / 1_000 / elapsed / count,
    sentPerSecond: grown((stats) => stats.packetsSent) / elapsed / count,
    receivedPerSecond: grown((stats) => stats.packetsReceived) / elapsed / count,
    latenessP99: after.map((stats) => stats.sendLatenessP99Ms).sort((a, b) => a - b)[Math.floor(count * 0.99)] ?? 0,
    lost: grown((stats) => stats.lost),
    peerLost,
    rssMb,
  };
}

for (const count of counts) {
  const row = await run(count);
  console.log(
    `${row.legs} legs: ${row.cpuMsPerLegSecond.toFixed(3)} ms CPU per leg-second, sent ${row.sentPerSecond.toFixed(2)}/s, ` +
      `received ${row.receivedPerSecond.toFixed(2)}/s, lateness p99 ${row.latenessP99.toFixed(2)} ms, ` +
      `lost by us ${row.lost}, by the peer ${row.peerLost}, RSS ${row.rssMb.toFixed(0)} MB`,
  );
}
