import type { Codec, CodecDecoder } from '../codecs/codec.ts';
import { FRAME_MS, frameSamples } from '../pcm.ts';
import { JitterBuffer, type PushOutcome } from './jitter-buffer.ts';
import { LossConcealment } from './loss-concealment.ts';

/** Longest packet that is accepted. */
export const MAX_PACKET_MS = 60;

/** What a frame that was read is made of. */
export type FrameKind = 'audio' | 'concealed' | 'silence';

/** From the packets of a stream to a steady flow of 20 ms frames: jitter buffer, decoder and concealment of one leg. */
export class Playout {
  readonly buffer: JitterBuffer;
  readonly codec: Codec;
  /** Frames that were filled in, wholly or in part, for packets that were lost or not there in time. */
  concealedFrames = 0;
  readonly #concealment: LossConcealment;
  readonly #frame: number;
  /** Decoded audio that waits: less than a frame, and a packet. */
  readonly #waiting: Int16Array;
  #count = 0;
  readonly #decoded: Int16Array;
  readonly #ahead: Int16Array;
  #decoder: CodecDecoder;
  #ssrc = -1;

  constructor(codec: Codec) {
    this.codec = codec;
    this.#frame = frameSamples(codec.sampleRate);
    const packet = (this.#frame * MAX_PACKET_MS) / FRAME_MS;
    this.#waiting = new Int16Array(this.#frame + packet);
    this.#decoded = new Int16Array(packet);
    this.#ahead = new Int16Array(packet);
    this.buffer = new JitterBuffer(codec.rtpClockRate);
    this.#concealment = new LossConcealment(codec.sampleRate);
    this.#decoder = codec.createDecoder();
  }

  /** Nothing is taken or read any more. */
  close(): void {
    this.#decoder.close?.();
  }

  /** Takes a packet of the codec. `arrivalMs` is of a monotonic clock. */
  receive(
    sequence: number,
    timestamp: number,
    ssrc: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    arrivalMs: number,
  ): PushOutcome {
    if (ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      this.#decoder.close?.();
      this.#decoder = this.codec.createDecoder();
    }
    const ticks = this.codec.packetTicks(bytes, offset, length);
    return this.buffer.push(sequence, timestamp, ssrc, bytes, offset, length, ticks, arrivalMs);
  }

  /** Takes a packet of the same stream that carries no audio (telephone event, comfort noise), so that it is not missed. */
  receiveOther(sequence: number, timestamp: number, ssrc: number, arrivalMs: number): PushOutcome {
    return this.buffer.push(sequence, timestamp, ssrc, NO_BYTES, 0, 0, 0, arrivalMs);
  }

  /** Fills `pcm`, 20 ms at the rate of the codec. To be called every 20 ms. */
  read(pcm: Int16Array): FrameKind {
    let kind: FrameKind = 'audio';
    while (this.#count < this.#frame) {
      const got = this.#fetch();
      if (got !== 'audio') kind = got;
    }
    for (let at = 0; at < this.#frame; at++) pcm[at] = this.#waiting[at] ?? 0;
    this.#waiting.copyWithin(0, this.#frame, this.#count);
    this.#count -= this.#frame;
    if (kind === 'concealed') this.concealedFrames += 1;
    return kind;
  }

  /** Appends the next packet, or what stands in for it, to what waits. */
  #fetch(): FrameKind {
    const outcome = this.buffer.pull();
    if (outcome === 'packet') {
      this.#fetchPacket();
      return 'audio';
    }
    const lost = outcome === 'lost' ? (this.buffer.lostTicks * this.codec.sampleRate) / this.codec.rtpClockRate : this.#frame;
    const length = Math.min(this.#decoded.length, lost);
    this.#concealment.conceal(this.#decoded, length);
    this.#append(length);
    return outcome === 'nothing' ? 'silence' : 'concealed';
  }

  #fetchPacket(): void {
    const { buffer } = this;
    let length = this.#decode(this.#decoded);
    if (buffer.hasExcess && buffer.pull() === 'packet') length = this.#overlap(length, this.#decode(this.#ahead));
    this.#concealment.receive(this.#decoded, length);
    this.#append(length);
  }

  #decode(out: Int16Array): number {
    const { payload, payloadOffset, payloadLength } = this.buffer;
    return this.#decoder.decode(payload, payloadOffset, payloadLength, out);
  }

  /** Fades from the packet at hand to the one after it, which shortens the delay by the length of one. */
  #overlap(length: number, lengthAhead: number): number {
    const common = Math.min(length, lengthAhead);
    for (let at = 0; at < lengthAhead; at++) {
      const share = at < common ? (at + 1) / (common + 1) : 1;
      this.#decoded[at] = Math.round((this.#decoded[at] ?? 0) * (1 - share) + (this.#ahead[at] ?? 0) * share);
    }
    return lengthAhead;
  }

  #append(length: number): void {
    for (let at = 0; at < length; at++) this.#waiting[this.#count + at] = this.#decoded[at] ?? 0;
    this.#count += length;
  }
}

const NO_BYTES = new Uint8Array(0);
