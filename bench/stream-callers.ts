/**
 * The callers of `streams.ts`: a process of its own, so that neither their packets nor the looking for tones weigh on what is measured.
 * Each sends 50 packets a second, all callers at phases of their own, silence but for a tone of 100 ms about once a second. A sample is the
 * time from the packet that begins the tone to the packet in which it comes back, both taken at the socket.
 */
import { createSocket, type Socket } from 'node:dgram';
import { decodeMulaw, encodeMulaw } from '../src/media/codecs/g711.ts';
import { createRtpHeader, RTP_HEADER_BYTES, readRtpHeader, writeRtpHeader } from '../src/media/rtp/rtp-packet.ts';
import { rms, sine } from '../testkit/audio.ts';

const FRAME_MS = 20;
const FRAME_BYTES = 160;
const TONE_FRAMES = 5;
/** Between tones, in packets, and as many more at random: a second on average, and never in step with anything. */
const ROUND_FRAMES = 45;
const ROUND_SPREAD = 10;
/** Louder than what comes back of silence, far softer than the tone. */
const LOUD = 1_000;
/** Timers of the process are this fine. */
const TIMER_MS = 1;

const silence = encode(new Int16Array(FRAME_BYTES));
const tone = encode(sine(8_000, 1_000, FRAME_MS, 8_000));

function encode(pcm: Int16Array): Uint8Array {
  const bytes = new Uint8Array(pcm.length);
  encodeMulaw(pcm, bytes, 0);
  return bytes;
}

export interface CallersFound {
  /** Milliseconds, one for each tone that came back. */
  readonly samples: readonly number[];
  readonly tones: number;
}

class Caller {
  readonly samples: number[] = [];
  tones = 0;
  measuring = false;
  readonly #socket: Socket;
  readonly #header = createRtpHeader();
  readonly #packet = new Uint8Array(RTP_HEADER_BYTES + FRAME_BYTES);
  readonly #pcm = new Int16Array(FRAME_BYTES);
  readonly #phaseMs = Math.random() * FRAME_MS;
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  #frames = 0;
  #toneAt = 0;
  #waitsSince: number | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (packet) => this.#hear(packet));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  sendDue(elapsedMs: number, port: number): void {
    for (; this.#frames * FRAME_MS + this.#phaseMs <= elapsedMs; this.#frames++) this.#send(port);
  }

  #send(port: number): void {
    if (this.measuring && this.#frames >= this.#toneAt + TONE_FRAMES) {
      this.#toneAt = this.#frames + ROUND_FRAMES + Math.floor(Math.random() * ROUND_SPREAD);
    }
    const sounds = this.measuring && this.#frames >= this.#toneAt;
    writeRtpHeader(this.#packet, 0, this.#frames === 0, this.#frames & 0xffff, (this.#frames * FRAME_BYTES) >>> 0, this.#ssrc);
    this.#packet.set(sounds ? tone : silence, RTP_HEADER_BYTES);
    if (sounds && this.#frames === this.#toneAt) {
      this.#waitsSince = performance.now();
      this.tones++;
    }
    this.#socket.send(this.#packet, port, '127.0.0.1');
  }

  #hear(packet: Buffer): void {
    if (this.#waitsSince === undefined || !readRtpHeader(packet, this.#header)) return;
    const { payloadStart, payloadEnd } = this.#header;
    decodeMulaw(packet, payloadStart, Math.min(FRAME_BYTES, payloadEnd - payloadStart), this.#pcm);
    if (rms(this.#pcm) < LOUD) return;
    this.samples.push(performance.now() - this.#waitsSince);
    this.#waitsSince = undefined;
  }
}

const callers: Caller[] = [];
let ports: readonly number[] = [];
let started = performance.now();
setInterval(() => {
  const elapsed = performance.now() - started;
  for (const [index, port] of ports.entries()) callers[index]?.sendDue(elapsed, port);
}, TIMER_MS);

async function open(): Promise<Caller> {
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  return new Caller(socket);
}

export type ToCallers =
  | { readonly do: 'open'; readonly count: number }
  | { readonly do: 'speak'; readonly ports: readonly number[] }
  | { readonly do: 'measure' }
  | { readonly do: 'stop' };

process.on('message', async (message: ToCallers) => {
  switch (message.do) {
    case 'open':
      while (callers.length < message.count) callers.push(await open());
      process.send?.(callers.map(({ port }) => port));
      return;
    case 'speak':
      ports = message.ports;
      started = performance.now();
      return;
    case 'measure':
      for (const caller of callers) caller.measuring = true;
      return;
    case 'stop': {
      const found: CallersFound = {
        samples: callers.flatMap(({ samples }) => samples),
        tones: callers.reduce((sum, { tones }) => sum + tones, 0),
      };
      process.send?.(found);
    }
  }
});
