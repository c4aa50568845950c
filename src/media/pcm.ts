/** Sampling rates of audio inside the media engine: telephony and wideband. Always linear 16-bit PCM, mono. */
export type SampleRate = 8000 | 16000;

/** Milliseconds of audio that every part of the engine works on at a time: the usual RTP packet of telephony (RFC 3551 §4.2). */
export const FRAME_MS = 20;

/** Samples of a 20 ms frame. */
export const frameSamples = (sampleRate: SampleRate): number => (sampleRate * FRAME_MS) / 1000;

export const MAX_SAMPLE = 32767;
export const MIN_SAMPLE = -32768;

/** A sample that does not fit is held at the limit: wrapping around would be a click. */
export function saturate(value: number): number {
  if (value > MAX_SAMPLE) return MAX_SAMPLE;
  if (value < MIN_SAMPLE) return MIN_SAMPLE;
  return value;
}
