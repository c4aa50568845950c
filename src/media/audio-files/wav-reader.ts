import { AudioFileError } from './audio-file-error.ts';
import { type SampleReader, sampleReader } from './wav-samples.ts';

/** A WAV file, its header read. */
export interface WavFile {
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples a channel. */
  readonly length: number;
  /** Writes the samples from `from` on, the channels averaged, to `out`; returns how many. */
  read(from: number, out: Int16Array): number;
}

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const SHORTEST_FORMAT = 16;
/** With the sub-format of WAVE_FORMAT_EXTENSIBLE. */
const EXTENSIBLE_FORMAT = 40;
const EXTENSIBLE = 0xfffe;
/** Rates that exist; anything else is a broken header. */
const LOWEST_RATE = 2000;
const HIGHEST_RATE = 384_000;
const MOST_CHANNELS = 32;

const name = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Whether the bytes begin as a file of the RIFF family with wave audio. */
export const isWav = (bytes: Uint8Array): boolean => /^(RIFF|RIFX|RF64|BW64)$/.test(name(bytes, 0)) && name(bytes, 8) === 'WAVE';

/**
 * Reads a WAV file (Microsoft RIFF, multimedia data standards update 3): PCM of 8 to 32 bits, float, mu-law and A-law, any number
 * of channels. Sizes in the headers that do not fit the file are not believed: encoders that write to a pipe leave them 0 or at
 * the maximum. Throws AudioFileError.
 */
export function openWav(bytes: Uint8Array): WavFile {
  const kind = name(bytes, 0);
  if (kind !== 'RIFF')
    throw new AudioFileError('unsupported', `The file is ${kind} audio (${RIFF_KINDS[kind] ?? 'unknown'}), use a plain WAV file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const chunk = name(bytes, at);
    const size = view.getUint32(at + 4, true);
    const body = at + CHUNK_HEADER_BYTES;
    if (chunk === 'fmt ') format = readFormat(view, body, Math.min(size, bytes.length - body));
    if (chunk === 'data') {
      if (format === undefined) throw new AudioFileError('broken', 'The WAV file has audio data before its format');
      const rest = bytes.length - body;
      return waveOf(view, format, body, size === 0 || size > rest ? rest : size);
    }
    at = body + size + (size & 1);
  }
  throw new AudioFileError('broken', 'The WAV file has no audio data');
}

const RIFF_KINDS: Readonly<Record<string, string>> = {
  RF64: 'a WAV file of more than 4 GB',
  BW64: 'a WAV file of more than 4 GB',
  RIFX: 'big-endian',
};

interface WavFormat {
  readonly channels: number;
  readonly sampleRate: number;
  readonly sampleBytes: number;
  readonly reader: SampleReader;
}

function readFormat(view: DataView, at: number, size: number): WavFormat {
  if (size < SHORTEST_FORMAT) throw new AudioFileError('broken', 'The format of the WAV file is cut off');
  const tag = view.getUint16(at, true);
  const channels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const bits = view.getUint16(at + 14, true);
  if (channels < 1 || channels > MOST_CHANNELS) throw new AudioFileError('broken', `The WAV file claims ${channels} channels`);
  if (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
    throw new AudioFileError('broken', `The WAV file claims a sampling rate of ${sampleRate} Hz`);
  }
  // The first two octets of the sub-format are a format tag again.
  const encoding = tag === EXTENSIBLE && size >= EXTENSIBLE_FORMAT ? view.getUint16(at + 24, true) : tag;
  const reader = sampleReader(encoding, bits);
  if (reader === undefined) {
    throw new AudioFileError(
      'unsupported',
      `The WAV file holds ${ENCODINGS[encoding] ?? `format ${encoding}`} with ${bits} bits, use 16-bit PCM`,
    );
  }
  return { channels, sampleRate, sampleBytes: Math.ceil(bits / 8), reader };
}

const ENCODINGS: Readonly<Record<number, string>> = {
  1: 'PCM',
  2: 'Microsoft ADPCM',
  3: 'floating point audio',
  6: 'A-law',
  7: 'mu-law',
  17: 'IMA ADPCM',
  49: 'GSM 06.10',
  80: 'MPEG audio',
  85: 'MP3',
};

function waveOf(view: DataView, { channels, sampleRate, sampleBytes, reader }: WavFormat, start: number, size: number): WavFile {
  const stride = channels * sampleBytes;
  const length = Math.floor(size / stride);
  if (length === 0) throw new AudioFileError('empty', 'The WAV file holds no audio');
  return {
    sampleRate,
    channels,
    length,
    read(from, out) {
      const count = Math.max(0, Math.min(out.length, length - from));
      for (let index = 0; index < count; index++) {
        let at = start + (from + index) * stride;
        let sum = 0;
        for (let channel = 0; channel < channels; channel++) {
          sum += reader(view, at);
          at += sampleBytes;
        }
        out[index] = Math.round(sum / channels);
      }
      return count;
    },
  };
}
