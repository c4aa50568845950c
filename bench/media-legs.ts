/**
 * CPU of the media engine: N legs play a clip to a peer process and receive RTP from it, as many packets as a call has (50 a second
 * each way). Prints CPU milliseconds of the server process per leg and second, send lateness and loss. Rooms: `rooms.ts`.
 *
 * LEGS=100,500,1000  SECONDS=15  WORKERS=2  CODEC=PCMU  LISTEN=none|silence|record  BRIDGE=0|1 (pairs of legs, nothing is played)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchLegs, type PhoneCodec } from './media-rig.ts';

const counts = (process.env.LEGS ?? '100,500,1000').split(',').map(Number);
const seconds = Number(process.env.SECONDS ?? 15);
const workers = Number(process.env.WORKERS ?? 2);
const codec = codecName(process.env.CODEC ?? 'PCMU');
const listen = process.env.LISTEN ?? 'none';
const bridged = process.env.BRIDGE === '1';

function codecName(name: string): PhoneCodec {
  if (name === 'PCMU' || name === 'PCMA' || name === 'G722') return name;
  throw new Error(`unknown codec ${name}`);
}

async function run(count: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'ringdown-bench-'));
  const near = (index: number) => (bridged && index % 2 === 1 ? index - 1 : undefined);
  const rig = await BenchLegs.open({ count, workers, codec, near });
  const { engine, legs } = rig;
  const clip = engine.createClip(
    Int16Array.from({ length: 8_000 * 30 }, (_, at) => 8_000 * Math.sin((2 * Math.PI * 440 * at) / 8_000)),
    8_000,
  );
  for (const [index, leg] of legs.entries()) {
    leg.onDigit(() => undefined);
    leg.onMediaTimeout(10_000, () => console.error('media timeout'));
    if (!bridged) leg.play([{ kind: 'clip', clip }], { loop: 0 });
    if (listen === 'silence') void leg.listen({ silenceMs: 60_000 }, new AbortController().signal);
    if (listen === 'record') {
      leg.record({ format: 'wav', channels: 'stereo', path: join(directory, `${index}.wav`), maxMs: 3_600_000 });
    }
    const other = legs[index - 1];
    if (bridged && index % 2 === 1 && other) engine.bridge(other, leg);
  }
  const found = await rig.measure(seconds);
  const peerLost = await rig.close();
  await rm(directory, { recursive: true });
  console.log(
    `${count} legs: ${(found.cpuMsPerSecond / count).toFixed(3)} ms CPU per leg-second, sent ${found.sentPerSecond.toFixed(2)}/s, ` +
      `received ${found.receivedPerSecond.toFixed(2)}/s, lateness p99 ${found.latenessP99.toFixed(2)} ms, ` +
      `lost by us ${found.lost}, by the peer ${peerLost}, RSS ${found.rssMb.toFixed(0)} MB`,
  );
}

for (const count of counts) await run(count);
