import { setImmediate as nextTurn } from 'node:timers/promises';
import { AudioFileError } from './audio-file-error.ts';
import { scanMp3 } from './mp3-frames.ts';
import { readMp3 } from './mp3-reader.ts';
import { type Utterance, UtteranceCutter } from './utterance-cutter.ts';
import { openWav } from './wav-reader.ts';
import { WAV_HEADER_BYTES } from './wav-writer.ts';

/** The longest call at the highest bit rate of our recordings is 690 MB; four hours, which is what is transcribed, 115 MB. */
const MAX_MP3_BYTES = 160 * 1024 * 1024;

/**
 * Hands out what is said in a file of our own recorder, utterance after utterance; the next is read when `take` has resolved. A WAV file
 * is read as a stream, an MP3 file is held in memory while it is decoded. Other work of the thread gets its turn every millisecond or
 * two. Throws AudioFileError, and what `take` throws.
 */
export async function recordedSpeech(
  format: 'wav' | 'mp3',
  file: AsyncIterable<Uint8Array>,
  take: (utterance: Utterance) => Promise<void>,
): Promise<void> {
  if (format === 'wav') return wavSpeech(file, take);
  const bytes = await wholeOf(file);
  const scanned = scanMp3(bytes);
  const cutter = new UtteranceCutter(scanned.sampleRate);
  await readMp3(bytes, scanned, async (pcm) => {
    for (const utterance of cutter.take(pcm)) await take(utterance);
    await nextTurn();
  });
  for (const utterance of cutter.finish()) await take(utterance);
}

async function wavSpeech(file: AsyncIterable<Uint8Array>, take: (utterance: Utterance) => Promise<void>): Promise<void> {
  let cutter: UtteranceCutter | undefined;
  let header: Buffer | undefined;
  let rest = Buffer.alloc(0);
  for await (const chunk of file) {
    const bytes = Buffer.concat([rest, chunk]);
    let at = 0;
    if (!header) {
      if (bytes.length <= WAV_HEADER_BYTES + 64) {
        rest = bytes;
        continue;
      }
      header = bytes.subarray(0, WAV_HEADER_BYTES);
      at = WAV_HEADER_BYTES;
    }
    const stride = 2 * header.readUInt16LE(22);
    const end = at + Math.floor((bytes.length - at) / stride) * stride;
    const piece = openWav(Buffer.concat([header, bytes.subarray(at, end)]));
    const pcm = new Int16Array(piece.length);
    piece.read(0, pcm);
    cutter ??= new UtteranceCutter(piece.sampleRate);
    for (const utterance of cutter.take(pcm)) await take(utterance);
    rest = bytes.subarray(end);
    await nextTurn();
  }
  for (const utterance of cutter?.finish() ?? []) await take(utterance);
}

async function wholeOf(file: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > MAX_MP3_BYTES) throw new AudioFileError('too-long', `The file has more than ${MAX_MP3_BYTES} bytes`);
    chunks.push(chunk);
  }
  if (bytes === 0) throw new AudioFileError('empty', 'The file is empty');
  return Buffer.concat(chunks);
}
