import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createEncoder } from 'wasm-media-encoders';
import { MIN_SAMPLE, type SampleRate } from '../pcm.ts';
import type { AudioFileWriter, ChannelCount, FileEnd } from './audio-file-writer.ts';

/**
 * Constant bit rates, kbit/s: transparent for telephony, and a length that can be told from the size of the file. At 8 kHz MPEG-2.5
 * goes up to 64.
 */
const BIT_RATES: Readonly<Record<SampleRate, Readonly<Record<ChannelCount, 32 | 48 | 64>>>> = {
  8000: { 1: 32, 2: 48 },
  16000: { 1: 48, 2: 64 },
};

/** Samples that are converted at a time: 60 ms at 16 kHz. Longer input is taken in pieces. */
const PIECE = 960;

type Encoder = Awaited<ReturnType<typeof createEncoder<'audio/mpeg'>>>;

let program: Promise<Uint8Array> | undefined;

/** The encoder's WebAssembly, read once a thread. The engine compiles the same bytes only once. */
function encoderProgram(): Promise<Uint8Array> {
  program ??= readFile(fileURLToPath(import.meta.resolve('wasm-media-encoders/wasm/mp3')));
  return program;
}

/**
 * A writer of MP3 (LAME in WebAssembly). Making one takes some 15 ms and 1 MB of memory. Encoding takes CPU a second of audio:
 * 2 to 3 ms of 8 kHz mono, 5 of 8 kHz stereo, 3 to 6 of 16 kHz mono, 9 to 14 of 16 kHz stereo (bench/dsp.ts), in steps of a few
 * hundred µs. Less than a quarter of a second is held back.
 */
export async function createMp3Writer(sampleRate: SampleRate, channels: ChannelCount): Promise<AudioFileWriter> {
  const encoder = await createEncoder('audio/mpeg', await encoderProgram());
  encoder.configure({ sampleRate, channels, outputSampleRate: sampleRate, bitrate: BIT_RATES[sampleRate][channels] });
  return new Mp3Writer(encoder, channels);
}

class Mp3Writer implements AudioFileWriter {
  readonly contentType = 'audio/mpeg';
  readonly extension = 'mp3';
  readonly #encoder: Encoder;
  readonly #left = new Float32Array(PIECE);
  readonly #right: Float32Array | undefined;
  #bytes = new Uint8Array(2048);

  constructor(encoder: Encoder, channels: ChannelCount) {
    this.#encoder = encoder;
    this.#right = channels === 2 ? new Float32Array(PIECE) : undefined;
  }

  append(left: Int16Array, right?: Int16Array): Uint8Array {
    let size = 0;
    for (let done = 0; done < left.length; done += PIECE) {
      const count = Math.min(PIECE, left.length - done);
      const channels = [convert(left, done, count, this.#left)];
      if (this.#right !== undefined) channels.push(convert(right, done, count, this.#right));
      size = this.#keep(this.#encoder.encode(channels), size);
    }
    return this.#bytes.subarray(0, size);
  }

  finish(): FileEnd {
    return { tail: this.#encoder.finalize().slice(), head: undefined };
  }

  /** The encoder's output lies in its own memory and is gone with the next call. */
  #keep(encoded: Uint8Array, at: number): number {
    const size = at + encoded.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    this.#bytes.set(encoded, at);
    return size;
  }
}

function convert(pcm: Int16Array | undefined, from: number, count: number, into: Float32Array): Float32Array {
  for (let at = 0; at < count; at++) into[at] = (pcm?.[from + at] ?? 0) / -MIN_SAMPLE;
  return into.subarray(0, count);
}
