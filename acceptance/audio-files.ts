/** Reads recordings without the program under test: as WAV with any number of channels, and as frames of MP3. */

export interface WavFacts {
  readonly format: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
  readonly seconds: number;
  /** Samples of each channel. */
  readonly samples: readonly Int16Array[];
}

/** Reads a 16-bit PCM WAV file. @throws when it is none */
export function readWav(given: Uint8Array): WavFacts {
  const file = Buffer.from(given);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') throw new Error('no WAV file');
  if (file.readUInt32LE(4) !== file.length - 8) throw new Error('the RIFF length is not that of the file');
  const facts = { format: 0, channels: 0, rate: 0, bits: 0 };
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (body.length !== length) throw new Error(`chunk ${name} is cut off`);
    if (name === 'fmt ') {
      facts.format = body.readUInt16LE(0);
      facts.channels = body.readUInt16LE(2);
      facts.rate = body.readUInt32LE(4);
      facts.bits = body.readUInt16LE(14);
    }
    if (name === 'data') {
      const frames = Math.floor(length / (2 * facts.channels));
      const samples = Array.from({ length: facts.channels }, (_, channel) =>
        Int16Array.from({ length: frames }, (__, i) => body.readInt16LE(2 * (i * facts.channels + channel))),
      );
      return { ...facts, seconds: frames / facts.rate, samples };
    }
    at += 8 + length + (length % 2);
  }
  throw new Error('no data chunk');
}

const MPEG_BITRATES = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const MPEG1_RATES = [44_100, 48_000, 32_000];

/** Walks the frames of a layer III file (ISO/IEC 11172-3 §2.4, 13818-3 and MPEG 2.5): their number and length in seconds. @throws on a broken frame */
export function readMp3(given: Uint8Array): { readonly frames: number; readonly seconds: number } {
  const file = Buffer.from(given);
  let at = 0;
  if (file.toString('latin1', 0, 3) === 'ID3') {
    at = 10 + (((file[6] ?? 0) << 21) | ((file[7] ?? 0) << 14) | ((file[8] ?? 0) << 7) | (file[9] ?? 0));
  }
  let frames = 0;
  let seconds = 0;
  while (at + 4 <= file.length && file.toString('latin1', at, at + 3) !== 'TAG') {
    const header = file.readUInt32BE(at);
    const version = (header >>> 19) & 3;
    const isLayer3 = ((header >>> 17) & 3) === 1;
    const bitrate = MPEG_BITRATES[version === 3 ? 1 : 2][(header >>> 12) & 15] ?? 0;
    const rate = (MPEG1_RATES[(header >>> 10) & 3] ?? 0) / (version === 3 ? 1 : version === 2 ? 2 : 4);
    if (header >>> 21 !== 0x7ff || !isLayer3 || bitrate === 0 || rate === 0) throw new Error(`no MP3 frame at octet ${at}`);
    const perFrame = version === 3 ? 1152 : 576;
    at += Math.floor((perFrame / 8) * ((bitrate * 1000) / rate)) + ((header >>> 9) & 1);
    frames += 1;
    seconds += perFrame / rate;
  }
  if (frames === 0) throw new Error('no MP3 frame');
  return { frames, seconds };
}
