import { frameSamples } from '../pcm.ts';
import type { Codec, CodecDecoder, CodecEncoder } from './codec.ts';

const SAMPLE_RATE = 16000;
const SAMPLE_BYTES = 2;
const FRAME_BYTES = frameSamples(SAMPLE_RATE) * SAMPLE_BYTES;

/** Both directions keep nothing. */
const encoder: CodecEncoder = {
  encode(pcm, out, outOffset) {
    const count = Math.max(0, Math.min(pcm.length, (out.length - outOffset) >> 1));
    for (let at = 0; at < count; at++) {
      const sample = pcm[at] ?? 0;
      out[outOffset + 2 * at] = sample;
      out[outOffset + 2 * at + 1] = sample >> 8;
    }
    return count * SAMPLE_BYTES;
  },
};
const decoder: CodecDecoder = {
  decode(bytes, offset, length, outPcm) {
    const count = Math.max(0, Math.min(length >> 1, (bytes.length - offset) >> 1, outPcm.length));
    for (let at = 0; at < count; at++) {
      outPcm[at] = (((bytes[offset + 2 * at] ?? 0) | ((bytes[offset + 2 * at + 1] ?? 0) << 8)) << 16) >> 16;
    }
    return count;
  },
};

/**
 * 16-bit samples at 16 kHz, the lower octet first: the form in which sounds wait for a codec whose frames cannot be made ahead of
 * time. It is never on the wire, so its payload type means nothing.
 */
export const linear: Codec = {
  name: 'linear',
  payloadType: -1,
  sampleRate: SAMPLE_RATE,
  rtpClockRate: SAMPLE_RATE,
  frameBytes: FRAME_BYTES,
  silence: new Uint8Array(FRAME_BYTES),
  packetTicks: (_bytes, _offset, length) => length / SAMPLE_BYTES,
  createEncoder: () => encoder,
  createDecoder: () => decoder,
};
