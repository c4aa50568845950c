/** The audio of a phone, for peers that only signal: sends tones and digits, says what it hears. RTP (RFC 3550) with PCMU and RFC 4733. */
import { randomInt } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromMulaw, millisecondsOf, mix, mulawOf, sine } from './tones.ts';
import { eventually } from './wait.ts';

export const EVENT_TYPE = 101;
const PACKET_MS = 20;
const PACKET_SAMPLES = 160;
const DIGITS = '0123456789*#ABCD';
/** Packets of a digit, and how often its end is said (RFC 4733 §2.5.1.4). */
const DIGIT_PACKETS = 5;
const END_PACKETS = 3;

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Buffer;
}

export function rtpPacket({ payloadType, marker, sequence, timestamp, payload }: RtpPacket, ssrc = 0x52494e47): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt8(0x80, 0);
  head.writeUInt8((marker ? 0x80 : 0) | payloadType, 1);
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(ssrc, 8);
  return Buffer.concat([head, payload]);
}

/** The packets of keys pressed one after the other, a packet each 20 ms; those between keys are undefined. */
export function digitPackets(digits: string, sequence = 1, timestamp = 160): (RtpPacket | undefined)[] {
  const packets: (RtpPacket | undefined)[] = [];
  let next = sequence;
  [...digits].forEach((digit, index) => {
    const start = timestamp + index * PACKET_SAMPLES * 20;
    for (let n = 0; n < DIGIT_PACKETS + END_PACKETS; n++) {
      const isEnd = n >= DIGIT_PACKETS;
      const payload = Buffer.alloc(4);
      payload.writeUInt8(DIGITS.indexOf(digit), 0);
      payload.writeUInt8((isEnd ? 0x80 : 0) | 10, 1);
      payload.writeUInt16BE(Math.min(n + 1, DIGIT_PACKETS) * PACKET_SAMPLES, 2);
      packets.push({ payloadType: EVENT_TYPE, marker: n === 0, sequence: next++, timestamp: start, payload });
    }
    packets.push(...Array<undefined>(12).fill(undefined));
  });
  return packets;
}

export class RtpPhone {
  readonly port: number;
  readonly packets: { readonly packet: RtpPacket; readonly from: RemoteInfo; readonly at: number }[] = [];
  readonly #socket;
  /** As every phone has its own. */
  readonly #ssrc = randomInt(2 ** 32);
  #sequence = 1000;
  #timestamp = 16_000;
  #talking = true;

  private constructor(socket: ReturnType<typeof createSocket>) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (data, from) => {
      if (data.length < 12) return;
      this.packets.push({
        packet: {
          payloadType: data.readUInt8(1) & 0x7f,
          marker: (data.readUInt8(1) & 0x80) !== 0,
          sequence: data.readUInt16BE(2),
          timestamp: data.readUInt32BE(4),
          payload: data.subarray(12),
        },
        from,
        at: performance.now(),
      });
    });
  }

  static async open(address = '127.0.0.1'): Promise<RtpPhone> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new RtpPhone(socket);
  }

  /** Where audio comes from: the server's port. */
  async farPort(): Promise<number> {
    return await eventually('audio', () => this.packets[0]?.from.port);
  }

  /** Sends a tone, several at once or, with none, silence, until `hush` or `ms` have passed. */
  async sendTone(frequencies: number | readonly number[], port: number, ms = 60_000): Promise<void> {
    const audio = mulawOf(mix([frequencies].flat().map((frequency) => sine(frequency, 1000))));
    const began = performance.now();
    this.#talking = true;
    for (let n = 0; this.#talking && n * PACKET_MS < ms; n++) {
      const at = (n % 50) * PACKET_SAMPLES;
      this.#send({ payloadType: 0, marker: n === 0, payload: audio.subarray(at, at + PACKET_SAMPLES) }, port);
      await sleep(Math.max(0, began + (n + 1) * PACKET_MS - performance.now()));
    }
  }

  hush(): void {
    this.#talking = false;
  }

  async press(digits: string, port: number): Promise<void> {
    for (const packet of digitPackets(digits, this.#sequence, this.#timestamp)) {
      if (packet) this.#socket.send(rtpPacket(packet, this.#ssrc), port, '127.0.0.1');
      await sleep(PACKET_MS);
    }
    this.#sequence += digits.length * (DIGIT_PACKETS + END_PACKETS);
    this.#timestamp += digits.length * PACKET_SAMPLES * 20;
  }

  /** Everything heard since `from` (monotonic milliseconds), as samples in order of arrival. */
  heard(from = 0): Int16Array {
    const parts = this.packets
      .filter(({ at, packet }) => at >= from && packet.payloadType === 0)
      .map(({ packet }) => packet.payload);
    return Int16Array.from(Buffer.concat(parts), fromMulaw);
  }

  /** Digits that arrived as events. */
  digits(): string {
    const starts = new Map<number, string>();
    for (const { packet } of this.packets) {
      if (packet.payloadType === EVENT_TYPE) starts.set(packet.timestamp, DIGITS.charAt(packet.payload.readUInt8(0)));
    }
    return [...starts.values()].join('');
  }

  /** Resolves when it has heard the tone for `ms` milliseconds in all since `from`. */
  async hears(frequency: number, ms = 400, from = 0): Promise<void> {
    await eventually(`${frequency} Hz for ${ms} ms`, () =>
      millisecondsOf(frequency, this.heard(from)) >= ms ? true : undefined,
    );
  }

  close(): void {
    this.#talking = false;
    this.#socket.close();
  }

  #send(packet: Pick<RtpPacket, 'payloadType' | 'marker' | 'payload'>, port: number): void {
    const { payload } = packet;
    this.#socket.send(
      rtpPacket({ ...packet, sequence: this.#sequence++, timestamp: this.#timestamp }, this.#ssrc),
      port,
      '127.0.0.1',
    );
    this.#timestamp += payload.length;
  }
}
