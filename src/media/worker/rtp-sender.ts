import type { Codec } from '../codecs/codec.ts';
import { MAX_EVENT_DURATION, TELEPHONE_EVENT_BYTES, type TelephoneEvent, writeTelephoneEvent } from '../dtmf/telephone-event.ts';
import { RTP_HEADER_BYTES, writeRtpHeader } from '../rtp/rtp-packet.ts';

/** Frames of 20 ms in a second. */
const FRAMES_PER_SECOND = 50;
/** Units of a telephone event's duration in 20 ms: its clock is that of the audio, 8000 wherever events are agreed on. */
const EVENT_TICKS = 160;
/** The last packet of an event goes out three times in all (RFC 4733 §2.5.1.4). */
const END_REPEATS = 2;
/** An event that is longer than its field expresses (8.2 s) goes on as another one; no key is held for that long. */
const MAX_EVENT_TICKS = MAX_EVENT_DURATION - EVENT_TICKS;
/** Telephone events are said to be sent at -10 dBm0 (RFC 4733 §2.3.4: 0 to 63, the sign left out). */
const EVENT_VOLUME = 10;
/** A stream begins in the lower half: with SRTP the loss of its first packets then hides no rollover. */
const FIRST_SEQUENCES = 0x7fff;

export type SendPacket = (packet: Buffer) => void;

/**
 * Sequence numbers, timestamps and marker of the stream we send (RFC 3550 §5.1), with packet buffers made once. The owner writes 20 ms
 * into `packet` at `offset` and calls `sendFrame`, or calls `skipFrame`; either moves the timestamp on by 20 ms.
 */
export class RtpSender {
  ssrc: number;
  /** Under this SSRC, and under those before it. */
  packets = 0;
  formerPackets = 0;
  payloadBytes = 0;
  timestamp: number;
  packet: Buffer = Buffer.alloc(0);
  /** Where the next 20 ms belong in `packet`. */
  offset = RTP_HEADER_BYTES;
  readonly #random32: () => number;
  readonly #send: SendPacket;
  readonly #eventPacket = Buffer.alloc(RTP_HEADER_BYTES + TELEPHONE_EVENT_BYTES);
  #payloadType = 0;
  /** Units of the RTP timestamp in 20 ms. */
  #frameTicks = 160;
  #frames = 0;
  #framesPerPacket = 1;
  #sequence: number;
  #packetTimestamp = 0;
  /** The next voice packet begins a talk spurt (RFC 3551 §4.1). */
  #spurt = true;
  /** What goes into the packets of the event that is being sent; `event` is -1 when there is none. */
  readonly #event: TelephoneEvent = { event: -1, end: false, volume: EVENT_VOLUME, duration: 0 };
  #eventTimestamp = 0;
  #eventPayloadType = 0;
  #endRepeats = 0;

  /** @param random32 uniform in [0, 2^32) */
  constructor(random32: () => number, send: SendPacket) {
    this.#random32 = random32;
    this.ssrc = random32();
    this.#sequence = random32() & FIRST_SEQUENCES;
    this.timestamp = random32();
    this.#send = send;
  }

  /** Another stream begins, which its receivers count from its first packet. What the one before has left to say is said now. */
  renew(): void {
    this.endEvent();
    this.#endRepeats = 0;
    this.formerPackets += this.packets;
    this.packets = 0;
    this.payloadBytes = 0;
    this.ssrc = this.#random32();
    this.#sequence = this.#random32() & FIRST_SEQUENCES;
    this.#spurt = true;
  }

  configure(codec: Codec, payloadType: number, framesPerPacket: number): void {
    const bytes = RTP_HEADER_BYTES + codec.frameBytes * framesPerPacket;
    if (this.packet.length !== bytes) this.packet = Buffer.alloc(bytes);
    if (payloadType !== this.#payloadType) this.#spurt = true;
    this.#payloadType = payloadType;
    this.#frameTicks = codec.rtpClockRate / FRAMES_PER_SECOND;
    this.#framesPerPacket = framesPerPacket;
    this.#begin();
  }

  /** The 20 ms, so many octets, are in the packet: sends it once it is full. */
  sendFrame(bytes: number): void {
    this.endEvent();
    if (this.#frames === 0) this.#packetTimestamp = this.timestamp;
    this.offset += bytes;
    this.#frames++;
    this.timestamp = (this.timestamp + this.#frameTicks) >>> 0;
    if (this.#frames >= this.#framesPerPacket) {
      const { packet, offset } = this;
      this.#begin();
      writeRtpHeader(packet, this.#payloadType, this.#spurt, this.#sequence, this.#packetTimestamp, this.ssrc);
      this.#spurt = false;
      this.#transmit(offset === packet.length ? packet : packet.subarray(0, offset));
    }
    if (this.#endRepeats > 0) this.#repeatEnd();
  }

  /** Nothing is sent for `frames` times 20 ms; what follows is a new talk spurt. */
  skipFrames(frames: number): void {
    this.timestamp = (this.timestamp + this.#frameTicks * frames) >>> 0;
    this.#begin();
    this.#spurt = true;
  }

  #begin(): void {
    this.offset = RTP_HEADER_BYTES;
    this.#frames = 0;
  }

  /** 20 ms of a telephone event in place of audio (RFC 4733); another code than before begins another event. */
  sendEvent(payloadType: number, code: number): void {
    const event = this.#event;
    if (event.event !== code || event.duration >= MAX_EVENT_TICKS) {
      this.endEvent();
      this.#endRepeats = 0;
      event.event = code;
      event.end = false;
      event.duration = 0;
      this.#eventPayloadType = payloadType;
      this.#eventTimestamp = this.timestamp;
    }
    const first = event.duration === 0;
    event.duration += EVENT_TICKS;
    this.#transmitEvent(first);
    this.skipFrames(1);
  }

  /** The event that is being sent, if any, is over: its last packet goes out now and again with the next frames. */
  endEvent(): void {
    if (this.#event.event < 0) return;
    this.#event.end = true;
    this.#transmitEvent(false);
    this.#event.event = -1;
    this.#endRepeats = END_REPEATS;
  }

  #repeatEnd(): void {
    this.#endRepeats--;
    this.#writeEventHeader(false);
    this.#transmit(this.#eventPacket);
  }

  #transmitEvent(marker: boolean): void {
    writeTelephoneEvent(this.#eventPacket, RTP_HEADER_BYTES, this.#event);
    this.#writeEventHeader(marker);
    this.#transmit(this.#eventPacket);
  }

  #writeEventHeader(marker: boolean): void {
    writeRtpHeader(this.#eventPacket, this.#eventPayloadType, marker, this.#sequence, this.#eventTimestamp, this.ssrc);
  }

  #transmit(packet: Buffer): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.packets++;
    this.payloadBytes += packet.length - RTP_HEADER_BYTES;
    this.#send(packet);
  }
}
