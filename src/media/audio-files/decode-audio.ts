import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SampleRate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import { AudioFileError } from './audio-file-error.ts';
import { otherFormat } from './known-formats.ts';
import { scanMp3 } from './mp3-frames.ts';
import { readMp3 } from './mp3-reader.ts';
import { isWav, openWav } from './wav-reader.ts';

/** Audio ready to be played: mono. */
export interface DecodedAudio {
  readonly sampleRate: SampleRate;
  readonly pcm: Int16Array;
}

export interface AudioLimits {
  readonly maxBytes: number;
  readonly maxSeconds: number;
}

/** Samples of a WAV file worked on at a time: a few milliseconds. */
const WAV_PIECE = 32_768;

/**
 * Decodes a WAV or MP3 file, told by its content, to mono PCM at 16 kHz, or at 8 kHz when the file has no more. Throws
 * AudioFileError and nothing else; what a file claims costs no memory beyond the limits.
 *
 * A second of a 44.1 kHz MP3 takes some 6 ms. Other work of the thread gets its turn between pieces of a few milliseconds,
 * which is still too much for a thread that sends a packet every 20 ms: call it elsewhere.
 */
export async function decodeAudio(bytes: Uint8Array, limits: AudioLimits): Promise<DecodedAudio> {
  if (bytes.length === 0) throw new AudioFileError('empty', 'The file is empty');
  if (bytes.length > limits.maxBytes) {
    throw new AudioFileError('too-long', `The file has ${bytes.length} bytes, at most ${limits.maxBytes} are played`);
  }
  try {
    return isWav(bytes) ? await decodeWav(bytes, limits) : await decodeMp3(bytes, limits);
  } catch (error) {
    if (error instanceof AudioFileError) throw error;
    throw new AudioFileError('broken', `The audio file is damaged: ${error instanceof Error ? error.message : error}`);
  }
}

async function decodeWav(bytes: Uint8Array, limits: AudioLimits): Promise<DecodedAudio> {
  const wav = openWav(bytes);
  const output = new Output(wav.sampleRate, wav.length, limits);
  const piece = new Int16Array(WAV_PIECE);
  for (let at = 0; at < wav.length; at += piece.length) {
    output.take(piece.subarray(0, wav.read(at, piece)));
    await nextTurn();
  }
  return output.finish();
}

async function decodeMp3(bytes: Uint8Array, limits: AudioLimits): Promise<DecodedAudio> {
  const other = otherFormat(bytes);
  if (other !== undefined) throw new AudioFileError(other.problem, other.message);
  const file = scanMp3(bytes);
  const output = new Output(file.sampleRate, file.frames * file.samplesPerFrame, limits);
  await readMp3(bytes, file, async (pcm) => {
    output.take(pcm);
    await nextTurn();
  });
  return output.finish();
}

/** Collects what was decoded, at the rate it will be played at. */
class Output {
  readonly #sampleRate: SampleRate;
  readonly #resampler: Resampler | undefined;
  readonly #pcm: Int16Array;
  /** Input that is still expected at most: a decoder that gives more than it announced is not followed. */
  #left: number;
  #written = 0;

  constructor(fileRate: number, length: number, { maxSeconds }: AudioLimits) {
    if (length > maxSeconds * fileRate) {
      const seconds = Math.ceil(length / fileRate);
      throw new AudioFileError('too-long', `The audio lasts ${seconds} seconds, at most ${maxSeconds} are played`);
    }
    this.#sampleRate = fileRate <= 8000 ? 8000 : 16000;
    this.#left = length;
    const resampler = fileRate === this.#sampleRate ? undefined : new Resampler(fileRate, this.#sampleRate, 'aligned');
    this.#resampler = resampler;
    this.#pcm = new Int16Array(resampler === undefined ? length : resampler.outputLimit(length + resampler.tailLength) + 1);
  }

  take(piece: Int16Array): void {
    const input = piece.subarray(0, this.#left);
    this.#left -= input.length;
    if (this.#resampler !== undefined) {
      this.#written += this.#resampler.process(input, this.#pcm, this.#written);
      return;
    }
    this.#pcm.set(input, this.#written);
    this.#written += input.length;
  }

  finish(): DecodedAudio {
    if (this.#resampler !== undefined) {
      this.#written += this.#resampler.process(new Int16Array(this.#resampler.tailLength), this.#pcm, this.#written);
    }
    if (this.#written === 0) throw new AudioFileError('broken', 'The file holds no audio that can be decoded');
    return { sampleRate: this.#sampleRate, pcm: this.#pcm.slice(0, this.#written) };
  }
}
