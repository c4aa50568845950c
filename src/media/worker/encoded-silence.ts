import type { Codec } from '../codecs/codec.ts';
import { frameSamples } from '../pcm.ts';

/** Frames until an adaptive encoder has come to rest on zeros. */
const SETTLING_FRAMES = 50;
/** What G.722 gives for zeros repeats every 6 octets; three frames hold a whole number of that. */
const FRAMES = 3;

const made = new Map<Codec, Uint8Array>();

/**
 * 60 ms of silence to send over and over. The payload that a fresh encoder gives for zeros holds its way to rest, and G.722 repeating
 * that hums; this is what it gives once it is at rest.
 *
 * @param codec one in whose form sounds are kept
 */
export function encodedSilence(codec: Codec): Uint8Array {
  let silence = made.get(codec);
  if (!silence) {
    silence = new Uint8Array(FRAMES * codec.frameBytes);
    const encoder = codec.createEncoder();
    const zeros = new Int16Array(frameSamples(codec.sampleRate));
    for (let frame = 0; frame < SETTLING_FRAMES; frame++) encoder.encode(zeros, silence, 0);
    for (let at = 0; at < silence.length; at += codec.frameBytes) encoder.encode(zeros, silence, at);
    made.set(codec, silence);
  }
  return silence;
}
