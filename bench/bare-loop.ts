/**
 * A yardstick: one event loop of Node with nothing but N two-way streams of G.711, 50 packets a second each way, received, decoded, made
 * quieter, encoded and sent. What it costs on the machine of the moment is what the figures of `calls.ts` are to be divided by when two
 * runs are compared: the same machine costs a quarter more or less from one hour to the next.
 *
 * STREAMS=100,500,1000  SECONDS=15
 */
import { fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMulaw, encodeMulaw } from '../src/media/codecs/g711.ts';

const FRAME_SAMPLES = 160;
const RTP_HEADER_BYTES = 12;
const SLOTS = 10;
const SLOT_MS = 20 / SLOTS;
const WARM_UP_MS = 3_000;

class Stream {
  readonly socket: Socket;
  readonly #pcm = new Int16Array(FRAME_SAMPLES);
  readonly #packet = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
  #sequence = 0;

  constructor(ssrc: number) {
    this.socket = createSocket({ type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) });
    this.socket.on('message', (packet) => decodeMulaw(packet, RTP_HEADER_BYTES, FRAME_SAMPLES, this.#pcm));
    this.#packet[0] = 0x80;
    this.#packet.writeUInt32BE(ssrc, 8);
  }

  send(port: number): void {
    for (let index = 0; index < FRAME_SAMPLES; index++) this.#pcm[index] = (this.#pcm[index] ?? 0) >> 1;
    encodeMulaw(this.#pcm, this.#packet, RTP_HEADER_BYTES);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packet.writeUInt16BE(this.#sequence, 2);
    this.#packet.writeUInt32BE(this.#sequence * FRAME_SAMPLES, 4);
    this.socket.send(this.#packet, port, '127.0.0.1');
  }
}

/** CPU of such a process, in ms a stream and second. */
export async function bareLoopCost(streams: number, seconds: number): Promise<number> {
  const child = fork(new URL(import.meta.url), [], {
    env: { ...process.env, STREAMS: String(streams), SECONDS: String(seconds) },
  });
  return await new Promise((resolve, reject) => {
    child.once('message', (cost) => resolve(Number(cost)));
    child.once('exit', () => reject(new Error('the bare loop said nothing')));
  });
}

async function run(count: number, seconds: number): Promise<number> {
  const streams = Array.from({ length: count }, (_, index) => new Stream(index + 1));
  for (const { socket } of streams) await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const peer = fork(new URL('./media-peer.ts', import.meta.url), ['0']);
  const peerPorts = await new Promise<readonly number[]>((resolve) => {
    peer.once('message', (ports: readonly number[]) => resolve(ports));
    peer.send(streams.map(({ socket }) => socket.address().port));
  });
  const started = performance.now();
  let slot = 0;
  const timer = setInterval(() => {
    for (const due = (performance.now() - started) / SLOT_MS; slot < due; slot++) {
      for (let index = slot % SLOTS; index < count; index += SLOTS)
        streams[index]?.send(peerPorts[index % peerPorts.length] ?? 0);
    }
  }, SLOT_MS);
  await sleep(WARM_UP_MS);
  const before = process.cpuUsage();
  const from = performance.now();
  await sleep(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  const elapsed = (performance.now() - from) / 1_000;
  clearInterval(timer);
  peer.kill();
  for (const { socket } of streams) socket.close();
  return (user + system) / 1_000 / elapsed / count;
}

if (import.meta.main) {
  for (const count of (process.env.STREAMS ?? '100,500,1000').split(',').map(Number)) {
    const cost = await run(count, Number(process.env.SECONDS ?? 15));
    if (process.send) process.send(cost);
    else console.log(`${count} streams in a bare loop: ${cost.toFixed(3)} ms CPU a stream-second`);
  }
}
