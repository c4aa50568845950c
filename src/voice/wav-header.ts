import { open } from 'node:fs/promises';

/** A chunk's head: four letters and its length, little-endian (RIFF). */
const CHUNK_HEAD = 8;
/** `RIFF`, length, `WAVE`. */
const RIFF_HEAD = 12;
/** Octets a second, behind format, channels and sampling rate (RIFF, WAVEFORMAT). */
const BYTE_RATE_AT = 8;
/** The chunks before the samples are a few dozen bytes in every file that a recorder writes. */
const MAX_HEAD = 1024;

/**
 * Writes the lengths into the head of a WAV file whose writer died before it could. Resolves with the milliseconds of audio in it; undefined
 * when it is no WAV file with samples, and then nothing is changed.
 */
export async function completeWav(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, MAX_HEAD));
    await handle.read(head, 0, head.length, 0);
    const data = chunkOf(head, 'data');
    const format = chunkOf(head, 'fmt ');
    if (data === undefined || format === undefined || size <= data + CHUNK_HEAD) return undefined;
    const bytesPerSecond = head.readUInt32LE(format + CHUNK_HEAD + BYTE_RATE_AT);
    if (bytesPerSecond === 0) return undefined;
    head.writeUInt32LE(size - CHUNK_HEAD, 4);
    head.writeUInt32LE(size - data - CHUNK_HEAD, data + 4);
    await handle.write(head, 0, data + CHUNK_HEAD, 0);
    return Math.round(((size - data - CHUNK_HEAD) * 1000) / bytesPerSecond);
  } finally {
    await handle.close();
  }
}

/** Where the head of a chunk begins. */
function chunkOf(head: Buffer, name: 'data' | 'fmt '): number | undefined {
  if (head.length < RIFF_HEAD || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return;
  for (let at = RIFF_HEAD; at + CHUNK_HEAD <= head.length; ) {
    if (head.toString('latin1', at, at + 4) === name) return at;
    const length = head.readUInt32LE(at + 4);
    at += CHUNK_HEAD + length + (length % 2); // chunks are padded to even lengths
  }
  return undefined;
}
