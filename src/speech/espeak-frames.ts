import type { EspeakPiece } from './espeak-markup.ts';

/**
 * What the program and the espeak-ng process say to each other, over the process's standard input and output. A frame is its
 * length in bytes (32 bits, big-endian, not counting itself) and its body.
 *
 * To the process: JSON of `EspeakTask`. From it: one octet that tells the kind, then
 * 0 = ready for tasks; 1 = audio: identifier, sample rate (32 bits each, big-endian), samples (16 bits, little-endian);
 * 2 = the task failed: identifier, reason (UTF-8); 3 = it cannot work at all: reason (UTF-8).
 */
export interface EspeakTask {
  /** 32 bits. */
  readonly id: number;
  readonly pieces: readonly EspeakPiece[];
}

export type EspeakReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'audio'; readonly id: number; readonly sampleRate: number; readonly pcm: Int16Array }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'unusable'; readonly reason: string };

/** Ten minutes at 24 kHz make 28.8 MB; whatever announces more is no frame. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024;

const READY = 0;
const AUDIO = 1;
const FAILED = 2;
const UNUSABLE = 3;

export function frame(...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

export function writeReply(reply: EspeakReply): Buffer {
  switch (reply.kind) {
    case 'ready':
      return frame(Buffer.of(READY));
    case 'audio': {
      const samples = new Uint8Array(reply.pcm.buffer, reply.pcm.byteOffset, reply.pcm.byteLength);
      return frame(Buffer.of(AUDIO), words(reply.id, reply.sampleRate), samples);
    }
    case 'failed':
      return frame(Buffer.of(FAILED), words(reply.id), Buffer.from(reply.reason));
    case 'unusable':
      return frame(Buffer.of(UNUSABLE), Buffer.from(reply.reason));
  }
}

/** Throws RangeError for what is no reply. */
export function readReply(body: Buffer): EspeakReply {
  switch (body[0]) {
    case READY:
      return { kind: 'ready' };
    case AUDIO: {
      const samples = body.subarray(9);
      if (samples.length % 2 !== 0) throw new RangeError('half a sample');
      const pcm = new Int16Array(samples.length / 2);
      new Uint8Array(pcm.buffer).set(samples);
      return { kind: 'audio', id: body.readUInt32BE(1), sampleRate: body.readUInt32BE(5), pcm };
    }
    case FAILED:
      return { kind: 'failed', id: body.readUInt32BE(1), reason: body.toString('utf8', 5) };
    case UNUSABLE:
      return { kind: 'unusable', reason: body.toString('utf8', 1) };
    default:
      throw new RangeError('an unknown kind of reply');
  }
}

/** Cuts a stream of bytes into the bodies of its frames. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Throws RangeError when the stream cannot be frames. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const bodies: Buffer[] = [];
    while (this.#bytes >= 4) {
      const length = this.#gather(4).readUInt32BE();
      if (length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes`);
      if (this.#bytes < 4 + length) break;
      const whole = this.#gather(4 + length);
      bodies.push(whole.subarray(4, 4 + length));
      this.#chunks = [whole.subarray(4 + length)];
      this.#bytes -= 4 + length;
    }
    return bodies;
  }

  /** The first chunk, joined with others until it has so many bytes. */
  #gather(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first && first.length >= bytes) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}
