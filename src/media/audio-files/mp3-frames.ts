import { AudioFileError } from './audio-file-error.ts';

/** Frames of an MP3 file that lie one behind the other. */
export interface Mp3Span {
  readonly start: number;
  readonly end: number;
  readonly frames: number;
}

/** An MP3 file, cut into stretches of whole frames of one sampling rate; tags, rubbish and a cut-off last frame are left out. */
export interface Mp3File {
  readonly sampleRate: number;
  readonly samplesPerFrame: number;
  readonly frames: number;
  readonly spans: readonly Mp3Span[];
}

interface FrameHeader {
  /** Version and rate, which hold for the whole file. */
  readonly key: number;
  readonly sampleRate: number;
  readonly samples: number;
  /** Octets with the header; 0 for a free bit rate. */
  readonly length: number;
}

/** Rubbish before the first frame in which one is sought: players accept some kilobytes. */
const SEARCHED_BYTES = 65_536;
/** Longest stretch, so that decoding one takes some milliseconds only. */
const SPAN_BYTES = 16_384;
const ID3_HEADER_BYTES = 10;

const MPEG1 = 3;
const MPEG25 = 0;
const LAYER3 = 1;
/** Bit rates of layer III in kbit/s (ISO 11172-3 §2.4.2.3, ISO 13818-3 §2.4.2.3) and sampling rates of MPEG-1. */
const BIT_RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BIT_RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLE_RATES_1 = [44_100, 48_000, 32_000];

/** The header of a frame of layer III, or undefined. */
function frameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const version = (second >> 3) & 3;
  const rateIndex = (third >> 2) & 3;
  const baseRate = SAMPLE_RATES_1[rateIndex];
  const kbits = (version === MPEG1 ? BIT_RATES_1 : BIT_RATES_2)[third >> 4];
  if (version === 1 || ((second >> 1) & 3) !== LAYER3 || baseRate === undefined || kbits === undefined) return undefined;
  const sampleRate = version === MPEG1 ? baseRate : version === MPEG25 ? baseRate / 4 : baseRate / 2;
  const samples = version === MPEG1 ? 1152 : 576;
  const length = kbits === 0 ? 0 : Math.floor((samples * kbits * 125) / sampleRate) + ((third >> 1) & 1);
  return { key: version * 4 + rateIndex, sampleRate, samples, length };
}

/** Finds the frames. Throws AudioFileError when there are none. */
export function scanMp3(bytes: Uint8Array): Mp3File {
  const start = afterId3(bytes);
  const found = firstFrame(bytes, start);
  if (found === undefined) throw new AudioFileError('not-audio', 'The file is neither WAV nor MP3 audio');
  const { header } = found;
  const spans: Mp3Span[] = [];
  let frames = 0;
  let spanStart = found.at;
  let spanFrames = 0;
  let at = found.at;
  const close = () => {
    if (spanFrames > 0) spans.push({ start: spanStart, end: at, frames: spanFrames });
    frames += spanFrames;
    spanFrames = 0;
  };
  while (at < bytes.length) {
    const next = frameHeader(bytes, at);
    const fits = next?.key === header.key && next.length > 0 && at + next.length <= bytes.length;
    if (fits && next !== undefined) {
      at += next.length;
      spanFrames += 1;
      if (at - spanStart < SPAN_BYTES) continue;
      close();
      spanStart = at;
      continue;
    }
    close();
    at = resume(bytes, at + 1, header.key);
    spanStart = at;
  }
  close();
  return { sampleRate: header.sampleRate, samplesPerFrame: header.samples, frames, spans };
}

/** Where the audio begins: tags of ID3v2 stand before it, sometimes several. */
function afterId3(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33) {
    const size = [6, 7, 8, 9].reduce((sum, index) => sum * 128 + ((bytes[at + index] ?? 0) & 0x7f), 0);
    at += ID3_HEADER_BYTES + size;
  }
  return at;
}

function firstFrame(bytes: Uint8Array, start: number): { readonly at: number; readonly header: FrameHeader } | undefined {
  const limit = Math.min(bytes.length, start + SEARCHED_BYTES);
  for (let at = start; at < limit; at++) {
    const header = frameHeader(bytes, at);
    if (header === undefined || !isFollowed(bytes, at, header)) continue;
    if (header.length === 0)
      throw new AudioFileError('unsupported', 'The MP3 file has a free bit rate, use a constant or variable one');
    return { at, header };
  }
  return undefined;
}

/** Whether two more frames, or the end of the file, follow this one: eleven set bits alone are found in any data. */
function isFollowed(bytes: Uint8Array, at: number, header: FrameHeader): boolean {
  if (header.length === 0) return at === 0 && frameHeader(bytes, 4) === undefined;
  let place = at;
  let current: FrameHeader | undefined = header;
  for (let count = 0; count < 3; count++) {
    if (current === undefined || current.key !== header.key || current.length === 0) return false;
    place += current.length;
    if (place >= bytes.length || isTag(bytes, place)) return place <= bytes.length;
    current = frameHeader(bytes, place);
  }
  return true;
}

/** Tags at the end of a file: ID3v1 and APE. */
const isTag = (bytes: Uint8Array, at: number): boolean => /^(TAG|APE)$/.test(String.fromCharCode(...bytes.subarray(at, at + 3)));

/** The next place with a frame of the file, or its end. */
function resume(bytes: Uint8Array, from: number, key: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const header = frameHeader(bytes, at);
    if (header?.key === key && isFollowed(bytes, at, header)) return at;
  }
  return bytes.length;
}
