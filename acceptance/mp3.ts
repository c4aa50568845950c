/** MP3 files made and read by LAME and mpg123 themselves, without the program under test. */
import { MPEGDecoder } from 'mpg123-decoder';
import { createMp3Encoder } from 'wasm-media-encoders';

/** Samples of one channel, 16 bit, as an MP3 file of that rate. */
export async function mp3Of(samples: Int16Array, sampleRate = 8000): Promise<Uint8Array> {
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate, channels: 1, bitrate: 32 });
  const body = Uint8Array.from(encoder.encode([Float32Array.from(samples, (sample) => sample / 32_768)]));
  return Buffer.concat([body, encoder.finalize()]);
}

export interface DecodedMp3 {
  readonly sampleRate: number;
  /** 16-bit samples of each channel. */
  readonly channels: readonly Int16Array[];
  readonly seconds: number;
}

export async function decodedMp3(file: Uint8Array): Promise<DecodedMp3> {
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  try {
    const { channelData, sampleRate, samplesDecoded } = decoder.decode(file);
    const channels = channelData.map((channel) =>
      Int16Array.from(channel, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767),
    );
    return { sampleRate, channels, seconds: samplesDecoded / sampleRate };
  } finally {
    decoder.free();
  }
}
