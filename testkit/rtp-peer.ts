import { createSocket, type Socket } from 'node:dgram';
import type { Codec, CodecDecoder, CodecEncoder } from '../src/media/codecs/codec.ts';
import { codecByName } from '../src/media/codecs/registry.ts';
import { DTMF_DIGITS } from '../src/media/dtmf/digits.ts';
import { TelephoneEventReceiver } from '../src/media/dtmf/event-receiver.ts';
import { writeTelephoneEvent } from '../src/media/dtmf/telephone-event.ts';
import type { CodecName, MediaFlow } from '../src/media/media-engine.ts';
import { createRtpHeader, readRtpHeader, writeRtpHeader } from '../src/media/rtp/rtp-packet.ts';
import { SrtpReceiver } from '../src/media/secure/srtp-receiver.ts';
import { SrtpSender } from '../src/media/secure/srtp-sender.ts';
import type { SrtpParameters } from '../src/media/secure/srtp-suites.ts';
import { rms, sine, toneShare } from './audio.ts';

const FRAME_MS = 20;
/** Audio kept of what was heard; older is forgotten. */
const HEARD_MS = 10_000;
/** Packets kept for looking at their headers. */
const MAX_PACKETS = 2_000;
const POLL_MS = 5;
const EVENT_PAYLOAD_TYPE = 101;

export interface ReceivedPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly atMs: number;
}

/** What the network between the peer and the engine does to packets the peer sends. */
export interface Network {
  /** Share of packets that get lost, by their order: 0.05 loses every 20th. */
  readonly loss?: number;
  /** Every so-many-th packet is overtaken by the next; 0 = never. */
  readonly swapEvery?: number;
}

/** An RTP far end in real time on loopback: sends tones and keys, measures what it hears. */
export class RtpPeer {
  readonly codec: Codec;
  readonly packets: ReceivedPacket[] = [];
  /** RTCP packet types in the order they came, compounds taken apart. */
  readonly reports: number[] = [];
  readonly digits: string[] = [];
  ssrc = 0x1234;
  network: Network = {};
  /** Sees each packet as it leaves. */
  onSent: (packet: Buffer) => void = () => undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #encoder: CodecEncoder;
  readonly #decoder: CodecDecoder;
  readonly #events: TelephoneEventReceiver;
  readonly #heard: Int16Array;
  #heardSamples = 0;
  #target = 0;
  #source: Int16Array | undefined;
  #sourceAt = 0;
  #sequence = 65_500;
  #timestamp = 4_294_960_000;
  #timer: NodeJS.Timeout | undefined;
  #digit = '';
  #digitMs = 0;
  #digitSentMs = 0;
  #digitTimestamp = 0;
  #sent = 0;
  #lossDebt = 0;
  #held: Buffer | undefined;

  private constructor(codec: Codec, rtp: Socket, rtcp: Socket) {
    this.codec = codec;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#encoder = codec.createEncoder();
    this.#decoder = codec.createDecoder();
    this.#heard = new Int16Array((codec.sampleRate * HEARD_MS) / 1_000);
    this.#events = new TelephoneEventReceiver(8_000, { onStart: (digit) => this.digits.push(digit), onEnd: () => undefined });
    rtp.on('message', (packet) => this.#receive(packet));
    rtcp.on('message', (datagram) => {
      const packet = this.#receiver ? this.#receiver.openRtcp(datagram) : datagram;
      if (!packet) return;
      for (let at = 0; at + 4 <= packet.length; at += 4 + packet.readUInt16BE(at + 2) * 4) this.reports.push(packet[at + 1] ?? 0);
    });
  }

  static async open(codecName: CodecName = 'PCMU'): Promise<RtpPeer> {
    const codec = codecByName(codecName);
    if (!codec) throw new Error(`no codec ${codecName}`);
    return new RtpPeer(codec, await boundSocket(), await boundSocket());
  }

  get port(): number {
    return this.#rtp.address().port;
  }

  /** What a leg is told about this peer. */
  flow(changes: Partial<MediaFlow> = {}): MediaFlow {
    const { name } = this.codec;
    return {
      codec: name === 'PCMA' || name === 'G722' ? name : 'PCMU',
      payloadType: this.codec.payloadType,
      telephoneEventPayloadType: EVENT_PAYLOAD_TYPE,
      remoteAddress: '127.0.0.1',
      remotePort: this.port,
      remoteRtcpPort: this.#rtcp.address().port,
      direction: 'sendrecv',
      ptimeMs: FRAME_MS,
      ...changes,
    };
  }

  /** SRTP from now on, with these keys as the leg has them: what is its own is the peer's here. Undefined = in clear. */
  encrypt(srtp: SrtpParameters | undefined): void {
    this.#sender = srtp && new SrtpSender(srtp.suite, Buffer.from(srtp.peerKey, 'base64'));
    this.#receiver = srtp && new SrtpReceiver(srtp.suite, Buffer.from(srtp.ownKey, 'base64'));
  }

  /** Begins to send 50 packets a second to a port: a tone, or silence. */
  speak(port: number, hz: number): void {
    this.#target = port;
    this.#source = hz === 0 ? new Int16Array(this.codec.sampleRate) : sine(this.codec.sampleRate, hz, 1_000, 8_000);
    if (this.#timer) return;
    const started = performance.now();
    let frames = 0;
    this.#timer = setInterval(() => {
      for (const due = (performance.now() - started) / FRAME_MS; frames < due; frames++) this.#sendFrame();
    }, FRAME_MS / 4);
  }

  mute(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Holds a key down in the midst of `speak`. */
  async press(digit: string, ms = 100): Promise<void> {
    this.#digit = digit;
    this.#digitMs = ms;
    this.#digitSentMs = 0;
    await until(() => this.#digit === '', `the digit ${digit} to be sent`);
  }

  /** Any datagram, from the RTP port of this peer. */
  sendRaw(port: number, packet: Uint8Array): void {
    this.#rtp.send(packet, port, '127.0.0.1');
  }

  /** The last `ms` of what was heard. */
  heard(ms: number): Int16Array {
    const samples = Math.min(this.#heardSamples, (this.codec.sampleRate * ms) / 1_000);
    const size = this.#heard.length;
    return Int16Array.from({ length: samples }, (_, at) => this.#heard[(this.#heardSamples - samples + at) % size] ?? 0);
  }

  /** Waits until the last `ms` were mostly this tone. */
  async hears(hz: number, ms = 100, withinMs = 2_000): Promise<void> {
    const isTone = () => {
      const pcm = this.heard(ms);
      return (
        pcm.length >= (this.codec.sampleRate * ms) / 1_000 && rms(pcm) > 300 && toneShare(pcm, this.codec.sampleRate, hz) > 0.8
      );
    };
    await until(isTone, `${hz} Hz`, withinMs);
  }

  async hearsSilence(ms = 100, withinMs = 2_000): Promise<void> {
    const isSilent = () => this.heard(ms).length >= (this.codec.sampleRate * ms) / 1_000 && rms(this.heard(ms)) < 50;
    await until(isSilent, 'silence', withinMs);
  }

  forget(): void {
    this.packets.length = 0;
    this.digits.length = 0;
    this.#heardSamples = 0;
  }

  close(): void {
    this.mute();
    this.#rtp.close();
    this.#rtcp.close();
  }

  #receive(datagram: Buffer): void {
    const packet = this.#receiver ? this.#receiver.openRtp(datagram) : datagram;
    if (!packet) return;
    const header = createRtpHeader();
    if (!readRtpHeader(packet, header)) return;
    const { payloadType, marker, sequence, timestamp, ssrc, payloadStart, payloadEnd } = header;
    const atMs = performance.now();
    if (this.packets.length === MAX_PACKETS) this.packets.shift();
    this.packets.push({ payloadType, marker, sequence, timestamp, ssrc, bytes: payloadEnd - payloadStart, atMs });
    if (payloadType === EVENT_PAYLOAD_TYPE) {
      this.#events.receive(packet, payloadStart, payloadEnd - payloadStart, timestamp, marker, atMs);
      return;
    }
    if (payloadType !== this.codec.payloadType) return;
    const pcm = new Int16Array(this.codec.sampleRate);
    const samples = this.#decoder.decode(packet, payloadStart, payloadEnd - payloadStart, pcm);
    for (let at = 0; at < samples; at++) {
      this.#heard[this.#heardSamples % this.#heard.length] = pcm[at] ?? 0;
      this.#heardSamples++;
    }
  }

  #sendFrame(): void {
    if (this.#digit !== '') {
      this.#sendEvent();
      return;
    }
    const samples = (this.codec.sampleRate * FRAME_MS) / 1_000;
    const source = this.#source ?? new Int16Array(samples);
    const frame = source.subarray(this.#sourceAt % source.length, (this.#sourceAt % source.length) + samples);
    this.#sourceAt += samples;
    const packet = Buffer.alloc(12 + this.codec.frameBytes);
    this.#encoder.encode(frame, packet, 12);
    this.#transmit(packet, this.codec.payloadType, false, this.#timestamp);
    this.#timestamp = (this.#timestamp + 160) >>> 0;
  }

  #sendEvent(): void {
    const first = this.#digitSentMs === 0;
    if (first) this.#digitTimestamp = this.#timestamp;
    this.#digitSentMs += FRAME_MS;
    this.#timestamp = (this.#timestamp + 160) >>> 0;
    const end = this.#digitSentMs >= this.#digitMs;
    for (let times = end ? 3 : 1; times > 0; times--) {
      const packet = Buffer.alloc(16);
      writeTelephoneEvent(packet, 12, {
        event: DTMF_DIGITS.indexOf(this.#digit),
        end,
        volume: 10,
        duration: this.#digitSentMs * 8,
      });
      this.#transmit(packet, EVENT_PAYLOAD_TYPE, first, this.#digitTimestamp);
    }
    if (end) this.#digit = '';
  }

  #transmit(plain: Buffer, payloadType: number, marker: boolean, timestamp: number): void {
    writeRtpHeader(plain, payloadType, marker, this.#sequence, timestamp, this.ssrc);
    const packet = this.#sender ? Buffer.from(this.#sender.protectRtp(plain)) : plain;
    this.onSent(packet);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#sent++;
    this.#lossDebt += this.network.loss ?? 0;
    if (this.#lossDebt >= 1) {
      this.#lossDebt -= 1;
      return;
    }
    const swapEvery = this.network.swapEvery ?? 0;
    if (swapEvery > 0 && this.#sent % swapEvery === 0 && !this.#held) {
      this.#held = packet;
      return;
    }
    this.#rtp.send(packet, this.#target, '127.0.0.1');
    if (this.#held) this.#rtp.send(this.#held, this.#target, '127.0.0.1');
    this.#held = undefined;
  }
}

/** Waits until something is so. @throws after `withinMs` */
export async function until(isSo: () => boolean, what: string, withinMs = 2_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function boundSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket)));
}
