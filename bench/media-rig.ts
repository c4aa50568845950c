/** An engine with legs to a peer process (`media-peer.ts`), for the benchmarks of the media engine: every leg sends and receives 50 packets a second. */
import { type ChildProcess, fork } from 'node:child_process';
import { createMediaEngine } from '../src/media/engine.ts';
import type { MediaEngine, MediaLeg, MediaStats } from '../src/media/media-engine.ts';
import { systemClock } from '../src/runtime/clock.ts';

const PAYLOAD_TYPES = { PCMU: 0, PCMA: 8, G722: 9 } as const;
/** What phones speak: the codecs with payload types of their own (RFC 3551 §6). */
export type PhoneCodec = keyof typeof PAYLOAD_TYPES;
const WARM_UP_MS = 3_000;

export interface LegsOptions {
  readonly count: number;
  readonly workers: number;
  readonly codec: PhoneCodec;
  /** Says by the index of a leg whose worker and turn it shares. */
  readonly near?: (index: number) => number | undefined;
}

/** Of the process with the engine. The rates are those of a leg, packets a second. */
export interface LegsFound {
  readonly cpuMsPerSecond: number;
  readonly sentPerSecond: number;
  readonly receivedPerSecond: number;
  readonly latenessP99: number;
  readonly lost: number;
  readonly rssMb: number;
}

export class BenchLegs {
  readonly engine: MediaEngine;
  readonly legs: readonly MediaLeg[];
  readonly #peer: ChildProcess;

  private constructor(engine: MediaEngine, legs: readonly MediaLeg[], peer: ChildProcess) {
    this.engine = engine;
    this.legs = legs;
    this.#peer = peer;
  }

  static async open({ count, workers, codec, near }: LegsOptions): Promise<BenchLegs> {
    const engine = createMediaEngine({
      clock: systemClock,
      bindAddress: '127.0.0.1',
      ports: { from: 20_000, to: 29_999 },
      workers,
    });
    const legs: MediaLeg[] = [];
    for (let index = 0; index < count; index++) {
      const beside = near?.(index);
      legs.push(await engine.openLeg({ near: beside === undefined ? undefined : legs[beside] }));
    }
    const peer = fork(new URL('./media-peer.ts', import.meta.url), [String(PAYLOAD_TYPES[codec])]);
    const started = told<number[]>(peer);
    peer.send(legs.map((leg) => leg.localPort));
    const peerPorts = await started;
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
    }
    return new BenchLegs(engine, legs, peer);
  }

  async measure(seconds: number): Promise<LegsFound> {
    const count = this.legs.length;
    await systemClock.sleep(WARM_UP_MS);
    const before = await this.#stats();
    const cpuBefore = process.cpuUsage();
    const from = performance.now();
    await systemClock.sleep(seconds * 1_000);
    const cpu = process.cpuUsage(cpuBefore);
    const elapsed = (performance.now() - from) / 1_000;
    const after = await this.#stats();
    const grown = (field: (stats: MediaStats) => number) =>
      after.reduce((sum, stats, index) => sum + field(stats) - field(before[index] ?? stats), 0);
    return {
      cpuMsPerSecond: (cpu.user + cpu.system) / 1_000 / elapsed,
      sentPerSecond: grown((stats) => stats.packetsSent) / elapsed / count,
      receivedPerSecond: grown((stats) => stats.packetsReceived) / elapsed / count,
      latenessP99: after.map((stats) => stats.sendLatenessP99Ms).sort((a, b) => a - b)[Math.floor(count * 0.99)] ?? 0,
      lost: grown((stats) => stats.lost),
      rssMb: process.memoryUsage().rss / 2 ** 20,
    };
  }

  /** Ends all. Resolves with the packets that the peer missed. */
  async close(): Promise<number> {
    const finished = told<{ lost: number }>(this.#peer);
    this.#peer.send('stop');
    const { lost } = await finished;
    await this.engine.close();
    this.#peer.kill();
    return lost;
  }

  #stats(): Promise<MediaStats[]> {
    return Promise.all(this.legs.map((leg) => leg.stats()));
  }
}

const told = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve) => child.once('message', (value: T) => resolve(value)));
