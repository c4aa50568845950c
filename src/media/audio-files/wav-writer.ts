import type { SampleRate } from '../pcm.ts';
import type { AudioFileWriter, ChannelCount, FileEnd } from './audio-file-writer.ts';

export const WAV_HEADER_BYTES = 44;
const RIFF_OVERHEAD = WAV_HEADER_BYTES - 8;
const PCM = 1;
const SAMPLE_BYTES = 2;
/** What the sizes say until the end is known: readers then take all there is, so that a recording cut off by a crash can be played. */
const UNKNOWN_SIZE = 0xffffffff;

/** 16-bit PCM in a WAV file. The header goes out with the first samples; its sizes are right once `finish` has replaced it. */
export class WavWriter implements AudioFileWriter {
  readonly contentType = 'audio/wav';
  readonly extension = 'wav';
  readonly #sampleRate: SampleRate;
  readonly #channels: ChannelCount;
  #bytes = new Uint8Array(0);
  #dataBytes = 0;
  #begun = false;

  constructor(sampleRate: SampleRate, channels: ChannelCount) {
    this.#sampleRate = sampleRate;
    this.#channels = channels;
  }

  append(left: Int16Array, right?: Int16Array): Uint8Array {
    const headerBytes = this.#begun ? 0 : WAV_HEADER_BYTES;
    const size = headerBytes + left.length * this.#channels * SAMPLE_BYTES;
    if (this.#bytes.length < size) this.#bytes = new Uint8Array(size);
    if (!this.#begun) this.#bytes.set(wavHeader(this.#sampleRate, this.#channels, UNKNOWN_SIZE));
    this.#begun = true;
    this.#dataBytes += size - headerBytes;
    let at = headerBytes;
    for (let index = 0; index < left.length; index++) {
      at = this.#put(at, left[index] ?? 0);
      if (this.#channels === 2) at = this.#put(at, right?.[index] ?? 0);
    }
    return this.#bytes.subarray(0, size);
  }

  finish(): FileEnd {
    const head = wavHeader(this.#sampleRate, this.#channels, this.#dataBytes);
    if (!this.#begun) return { tail: head, head: undefined };
    return { tail: new Uint8Array(0), head };
  }

  #put(at: number, sample: number): number {
    this.#bytes[at] = sample & 0xff;
    this.#bytes[at + 1] = sample >> 8;
    return at + SAMPLE_BYTES;
  }
}

function wavHeader(sampleRate: number, channels: number, dataBytes: number): Uint8Array {
  const header = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(header.buffer);
  const put = (at: number, text: string) => header.set(new TextEncoder().encode(text), at);
  put(0, 'RIFF');
  view.setUint32(4, Math.min(UNKNOWN_SIZE, dataBytes + RIFF_OVERHEAD), true);
  put(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * SAMPLE_BYTES, true);
  view.setUint16(32, channels * SAMPLE_BYTES, true);
  view.setUint16(34, 8 * SAMPLE_BYTES, true);
  put(36, 'data');
  view.setUint32(40, Math.min(UNKNOWN_SIZE, dataBytes), true);
  return header;
}
