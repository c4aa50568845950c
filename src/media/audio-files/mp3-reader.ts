import { MPEGDecoder } from 'mpg123-decoder';
import { MAX_SAMPLE, saturate } from '../pcm.ts';
import { AudioFileError } from './audio-file-error.ts';
import type { Mp3File } from './mp3-frames.ts';

/**
 * Decodes a scanned MP3 file span by span, the channels averaged; `take` gets each piece before the next is decoded. Silence that
 * the encoder added at both ends is cut off. Throws AudioFileError.
 *
 * The decoder is mpg123 in WebAssembly: some 2 ms a second of 44.1 kHz stereo. A damaged frame costs itself.
 */
export async function readMp3(bytes: Uint8Array, file: Mp3File, take: (pcm: Int16Array) => Promise<void>): Promise<void> {
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    for (const { start, end } of file.spans) {
      const pcm = decodeSpan(decoder, bytes.subarray(start, end), file.sampleRate);
      if (pcm.length > 0) await take(pcm);
    }
  } finally {
    decoder.free();
  }
}

function decodeSpan(decoder: MPEGDecoder, span: Uint8Array, sampleRate: number): Int16Array {
  let decoded: ReturnType<MPEGDecoder['decode']>;
  try {
    decoded = decoder.decode(span);
  } catch (error) {
    throw new AudioFileError('broken', `The MP3 file is damaged: ${error instanceof Error ? error.message : error}`);
  }
  const [left = new Float32Array(0), right = left] = decoded.channelData;
  if (decoded.samplesDecoded > 0 && decoded.sampleRate !== sampleRate) return new Int16Array(0);
  const pcm = new Int16Array(decoded.samplesDecoded);
  for (let at = 0; at < pcm.length; at++) {
    const sample = ((left[at] ?? 0) + (right[at] ?? 0)) / 2;
    pcm[at] = saturate(Math.round(sample * MAX_SAMPLE));
  }
  return pcm;
}
