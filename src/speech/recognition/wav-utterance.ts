const HEADER_BYTES = 44;
const PCM = 1;
const SAMPLE_BYTES = 2;

/** An utterance as a RIFF/WAVE file: linear PCM, 16 bit, mono. */
export function wavOf(pcm: readonly Int16Array[], sampleRate: number): Buffer {
  const dataBytes = SAMPLE_BYTES * pcm.reduce((samples, piece) => samples + piece.length, 0);
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(PCM, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * SAMPLE_BYTES, 28);
  file.writeUInt16LE(SAMPLE_BYTES, 32);
  file.writeUInt16LE(8 * SAMPLE_BYTES, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  let at = HEADER_BYTES;
  for (const piece of pcm) {
    file.set(octetsOf(piece), at);
    at += piece.length * SAMPLE_BYTES;
  }
  return file;
}

/** Samples as they lie in memory: little-endian, as on every machine that Node.js runs on. */
export const octetsOf = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
