import { decodeAlaw, decodeMulaw } from '../codecs/g711.ts';
import { MAX_SAMPLE, saturate } from '../pcm.ts';

/** Reads the sample at an octet of the file as a number of the range of 16 bits, not necessarily whole. */
export type SampleReader = (view: DataView, at: number) => number;

/** Format tags of WAV (Microsoft mmreg.h). */
const PCM = 1;
const FLOAT = 3;
const ALAW = 6;
const MULAW = 7;

/** Reader for a format tag and a number of bits; undefined when there is none. */
export function sampleReader(encoding: number, bits: number): SampleReader | undefined {
  return READERS[`${encoding}/${bits}`];
}

function expansion(decode: typeof decodeMulaw): SampleReader {
  const samples = new Int16Array(256);
  decode(
    Uint8Array.from(samples, (_, octet) => octet),
    0,
    256,
    samples,
  );
  return (view, at) => samples[view.getUint8(at)] ?? 0;
}

/** Not a number, as files may hold it, is silence. */
const fromFloat = (value: number): number => (Number.isNaN(value) ? 0 : saturate(value * MAX_SAMPLE));

const READERS: Readonly<Record<string, SampleReader>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) * 256,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true),
  [`${PCM}/24`]: (view, at) => view.getInt16(at + 1, true) + view.getUint8(at) / 256,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 65_536,
  [`${FLOAT}/32`]: (view, at) => fromFloat(view.getFloat32(at, true)),
  [`${FLOAT}/64`]: (view, at) => fromFloat(view.getFloat64(at, true)),
  [`${ALAW}/8`]: expansion(decodeAlaw),
  [`${MULAW}/8`]: expansion(decodeMulaw),
};
