import { open } from 'node:fs/promises';
import { scanMp3 } from '../media/audio-files/mp3-frames.ts';

/** Enough for the first frame, whose header holds for the whole file: recordings have a constant bit rate. */
const HEAD_BYTES = 8_192;

/** Milliseconds of audio in an MP3 file of a recorder, whose writer may have died. Undefined when there is no frame in it. */
export async function mp3DurationMs(file: string): Promise<number | undefined> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    await handle.read(head, 0, head.length, 0);
    const { frames, samplesPerFrame, sampleRate, spans } = scanMp3(head);
    const scanned = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    const first = spans[0]?.start ?? 0;
    const inFile = Math.floor(((size - first) * frames) / scanned);
    return Math.round((inFile * samplesPerFrame * 1000) / sampleRate);
  } catch {
    return undefined; // no audio
  } finally {
    await handle.close();
  }
}
