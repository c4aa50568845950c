import { open } from 'node:fs/promises';

/** A chunk's head: four letters and its length, little-endian (RIFF). */
const CHUNK_HEAD = 8;
/** `RIFF`, length, `WAVE`. */
const RIFF_HEAD = 12;
/** The chunks before the samples are a few dozen bytes in every file that a recorder writes. */
const MAX_HEAD = 1024;

/**
 * Writes the lengths into the head of a WAV file whose writer died before it could. False when it is no WAV file with samples, and then
 * nothing is changed.
 */
export async function completeWav(file: string): Promise<boolean> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(Math.min(size, MAX_HEAD));
    await handle.read(head, 0, head.length, 0);
    const data = dataChunkOf(head);
    if (data === undefined || size <= data + CHUNK_HEAD) return false;
    head.writeUInt32LE(size - CHUNK_HEAD, 4);
    head.writeUInt32LE(size - data - CHUNK_HEAD, data + 4);
    await handle.write(head, 0, data + CHUNK_HEAD, 0);
    return true;
  } finally {
    await handle.close();
  }
}

/** Where the head of the chunk with the samples begins. */
function dataChunkOf(head: Buffer): number | undefined {
  if (head.length < RIFF_HEAD || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return;
  for (let at = RIFF_HEAD; at + CHUNK_HEAD <= head.length; ) {
    if (head.toString('latin1', at, at + 4) === 'data') return at;
    const length = head.readUInt32LE(at + 4);
    at += CHUNK_HEAD + length + (length % 2); // chunks are padded to even lengths
  }
  return undefined;
}
