import type { RecordOptions } from '../media-engine.ts';

/** How a recording becomes octets of a file. */
export interface RecordingEncoder {
  /** What the file begins with. */
  begin(): Uint8Array;
  /** 20 ms, interleaved when two parties are recorded. The result is the caller's. */
  encode(frame: Int16Array): Uint8Array;
  /** What is still held back. */
  end(): Uint8Array;
  /** What is written over the beginning once the length is known. */
  finalHeader(fileBytes: number): Uint8Array | undefined;
}

export function createRecordingEncoder(
  _format: RecordOptions['format'],
  channels: RecordOptions['channels'],
  sampleRate: 8000 | 16000,
): RecordingEncoder {
  const channelCount = channels === 'stereo' ? 2 : 1;
  const header = (dataBytes: number): Uint8Array => {
    const bytes = Buffer.alloc(44);
    bytes.write('RIFF', 0);
    bytes.writeUInt32LE(36 + dataBytes, 4);
    bytes.write('WAVEfmt ', 8);
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(channelCount, 22);
    bytes.writeUInt32LE(sampleRate, 24);
    bytes.writeUInt32LE(sampleRate * channelCount * 2, 28);
    bytes.writeUInt16LE(channelCount * 2, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write('data', 36);
    bytes.writeUInt32LE(dataBytes, 40);
    return bytes;
  };
  return {
    begin: () => header(0),
    encode(frame) {
      if (channels !== 'mono') return new Uint8Array(frame.slice().buffer);
      const mixed = new Int16Array(frame.length / 2);
      for (let index = 0; index < mixed.length; index++)
        mixed[index] = ((frame[2 * index] ?? 0) + (frame[2 * index + 1] ?? 0)) / 2;
      return new Uint8Array(mixed.buffer);
    },
    end: () => new Uint8Array(0),
    finalHeader: (fileBytes) => header(fileBytes - 44),
  };
}
