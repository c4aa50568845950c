import { MAX_SAMPLE, MIN_SAMPLE } from '../pcm.ts';

/**
 * Levels of audio. dBov is relative to the overload point, a square wave at the limits (RFC 6464): the loudest sine has -3.01 dBov.
 * dBm0 is the level of the telephone network, in which the loudest sine of G.711 has +3.14 (A-law; mu-law 3.17).
 */

/** What silence is given, the lowest level that RFC 6464 can express. */
export const SILENCE_DBOV = -127;

const FULL_SCALE = -MIN_SAMPLE;
const LOUDEST_SINE_DBM0 = 3.14;

/** Level of the first `length` samples in dBov, from -127 to 0. */
export function levelDbov(pcm: Int16Array, length = pcm.length): number {
  let sum = 0;
  for (let at = 0; at < length; at++) {
    const sample = pcm[at] ?? 0;
    sum += sample * sample;
  }
  if (sum === 0) return SILENCE_DBOV;
  return Math.max(SILENCE_DBOV, 10 * Math.log10(sum / (length * FULL_SCALE * FULL_SCALE)));
}

/** Peak, in sample units, of a sine of this level. */
export const sinePeakOfDbm0 = (dbm0: number): number => MAX_SAMPLE * 10 ** ((dbm0 - LOUDEST_SINE_DBM0) / 20);

/** Mean square, in sample units, of a sine of this level. */
export const meanSquareOfDbm0 = (dbm0: number): number => sinePeakOfDbm0(dbm0) ** 2 / 2;
