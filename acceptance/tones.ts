/** Sound as numbers: tones made and found again, G.711 mu-law (ITU-T G.711), WAV files. All at 8000 Hz, one channel. */

export const SAMPLE_RATE = 8000;

/** A sine of `ms` milliseconds; 8000 of 32767 is a loud voice. */
export function sine(frequency: number, ms: number, amplitude = 8000, sampleRate = SAMPLE_RATE): Int16Array {
  const samples = new Int16Array((sampleRate * ms) / 1000);
  for (let n = 0; n < samples.length; n++) samples[n] = amplitude * Math.sin((2 * Math.PI * frequency * n) / sampleRate);
  return samples;
}

/** Sounds of one second at once. */
export function mix(sounds: readonly Int16Array[]): Int16Array {
  const mixed = new Int16Array(SAMPLE_RATE);
  for (const sound of sounds) for (let n = 0; n < mixed.length; n++) mixed[n] = (mixed[n] ?? 0) + (sound[n] ?? 0);
  return mixed;
}

/** Share of the energy that is at `frequency`, 0 to 1 (Goertzel); 0 in silence. */
export function shareOf(frequency: number, samples: Int16Array, sampleRate = SAMPLE_RATE): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let energy = 0;
  let before = 0;
  let last = 0;
  for (const sample of samples) {
    energy += sample * sample;
    const next = sample + coefficient * last - before;
    before = last;
    last = next;
  }
  // Softer than some 60 dB below full scale is silence.
  if (energy < samples.length * SILENCE_RMS ** 2) return 0;
  return (2 * (last * last + before * before - coefficient * last * before)) / (samples.length * energy);
}
const SILENCE_RMS = 30;

const BIAS = 0x84;
const CLIP = 32_635;

export function toMulaw(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = Math.floor(Math.log2(magnitude)) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | mantissa) & 0xff;
}

export function fromMulaw(octet: number): number {
  const bits = ~octet & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return bits & 0x80 ? -magnitude : magnitude;
}

export const mulawOf = (samples: Int16Array): Buffer => Buffer.from(Array.from(samples, toMulaw));

/** A WAV file of 16-bit samples. */
export function wavOf(samples: Int16Array, sampleRate = SAMPLE_RATE): Buffer {
  const head = Buffer.alloc(44);
  const bytes = samples.length * 2;
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, bytes)]);
}

/** First channel of a WAV file of 16-bit samples, also of one whose writer was stopped before it filled in the lengths. */
export function samplesOf(wav: Buffer): Int16Array {
  const data = wav.indexOf('data', 12, 'latin1');
  if (data < 0) return new Int16Array();
  const channels = wav.readUInt16LE(22);
  const body = wav.subarray(data + 8);
  const samples = new Int16Array(Math.floor(body.length / (2 * channels)));
  for (let n = 0; n < samples.length; n++) samples[n] = body.readInt16LE(n * 2 * channels);
  return samples;
}

/** How long `frequency` is what there is to hear, in milliseconds, by windows of 40 ms. */
export function millisecondsOf(frequency: number, samples: Int16Array): number {
  const size = (SAMPLE_RATE * WINDOW_MS) / 1000;
  let windows = 0;
  for (let start = 0; start + size <= samples.length; start += size) {
    if (shareOf(frequency, samples.subarray(start, start + size)) > 0.7) windows++;
  }
  return windows * WINDOW_MS;
}
const WINDOW_MS = 40;
