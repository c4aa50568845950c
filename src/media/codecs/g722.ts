import { saturate } from '../pcm.ts';
import type { Codec, CodecDecoder, CodecEncoder } from './codec.ts';
import { G722Band, HIGHER_BAND, LOWER_BAND } from './g722-band.ts';
import { HIGH_DECISION_LEVEL, IHN, IHP, ILN, ILP, Q6, QM2, QM4, QM6, QMF, WH, WL } from './g722-tables.ts';

/**
 * G.722 at 64 kbit/s (ITU-T G.722, mode 1): 16 kHz audio is split into two bands of 8 kHz by quadrature mirror filters; each octet
 * carries 6 bits of ADPCM of the lower band and, above them, 2 bits of the higher.
 *
 * Budget a 20 ms frame: 40 µs to encode, 26 µs to decode (bench/dsp.ts); a hundred times G.711, which is why G.711 is offered first.
 */

/** Filter length less the pair that comes in. */
const HISTORY = 22;
/** Pairs of samples that are worked on at a time: 20 ms. Longer input is taken in pieces. */
const BLOCK_PAIRS = 160;
/** Of the reconstructed bands: 15 bits (blocks 5L LIMIT and 5H LIMIT). */
const BAND_LIMIT = 16384;
const HALF_FILTER = 12;

const limitBand = (value: number): number => Math.max(-BAND_LIMIT, Math.min(value, BAND_LIMIT - 1));

class G722Encoder implements CodecEncoder {
  readonly #lower = new G722Band(LOWER_BAND);
  readonly #higher = new G722Band(HIGHER_BAND);
  readonly #window = new Int16Array(HISTORY + 2 * BLOCK_PAIRS);

  encode(pcm: Int16Array, out: Uint8Array, outOffset: number): number {
    const pairs = Math.max(0, Math.min(pcm.length >> 1, out.length - outOffset));
    for (let done = 0; done < pairs; done += BLOCK_PAIRS) {
      this.#encodeBlock(pcm, done, Math.min(BLOCK_PAIRS, pairs - done), out, outOffset + done);
    }
    return pairs;
  }

  #encodeBlock(pcm: Int16Array, firstPair: number, pairs: number, out: Uint8Array, outOffset: number): void {
    const window = this.#window;
    for (let at = 0; at < 2 * pairs; at++) window[HISTORY + at] = pcm[2 * firstPair + at] ?? 0;
    for (let pair = 0; pair < pairs; pair++) {
      let odd = 0;
      let even = 0;
      for (let tap = 0; tap < HALF_FILTER; tap++) {
        odd += (window[2 * (pair + tap)] ?? 0) * (QMF[tap] ?? 0);
        even += (window[2 * (pair + tap) + 1] ?? 0) * (QMF[HALF_FILTER - 1 - tap] ?? 0);
      }
      const low = this.#encodeLower((even + odd) >> 14);
      out[outOffset + pair] = (this.#encodeHigher((even - odd) >> 14) << 6) | low;
    }
    window.copyWithin(0, 2 * pairs, 2 * pairs + HISTORY);
  }

  #encodeLower(sample: number): number {
    const band = this.#lower;
    const difference = saturate(sample - band.prediction);
    const magnitude = difference < 0 ? ~difference : difference;
    // The level is the first whose scaled decision value lies above the magnitude. They grow, so it is found by halving.
    let level = 1;
    let above = Q6.length;
    while (level < above) {
      const middle = (level + above) >> 1;
      if (magnitude < ((Q6[middle] ?? 0) * band.step) >> 12) above = middle;
      else level = middle + 1;
    }
    const code = (difference < 0 ? ILN[level] : ILP[level]) ?? 0;
    const coarse = code >> 2;
    band.adapt((band.step * (QM4[coarse] ?? 0)) >> 15, WL[coarse] ?? 0);
    return code;
  }

  #encodeHigher(sample: number): number {
    const band = this.#higher;
    const difference = saturate(sample - band.prediction);
    const magnitude = difference < 0 ? ~difference : difference;
    const level = magnitude >= (HIGH_DECISION_LEVEL * band.step) >> 12 ? 2 : 1;
    const code = (difference < 0 ? IHN[level] : IHP[level]) ?? 0;
    band.adapt((band.step * (QM2[code] ?? 0)) >> 15, WH[code] ?? 0);
    return code;
  }
}

class G722Decoder implements CodecDecoder {
  readonly #lower = new G722Band(LOWER_BAND);
  readonly #higher = new G722Band(HIGHER_BAND);
  readonly #window = new Int32Array(HISTORY + 2 * BLOCK_PAIRS);

  decode(bytes: Uint8Array, offset: number, length: number, outPcm: Int16Array): number {
    const pairs = Math.max(0, Math.min(length, bytes.length - offset, outPcm.length >> 1));
    for (let done = 0; done < pairs; done += BLOCK_PAIRS) {
      this.#decodeBlock(bytes, offset + done, Math.min(BLOCK_PAIRS, pairs - done), outPcm, 2 * done);
    }
    return 2 * pairs;
  }

  #decodeBlock(bytes: Uint8Array, offset: number, pairs: number, outPcm: Int16Array, outOffset: number): void {
    const window = this.#window;
    for (let pair = 0; pair < pairs; pair++) {
      const octet = bytes[offset + pair] ?? 0;
      const low = this.#decodeLower(octet & 0x3f);
      const high = this.#decodeHigher(octet >> 6);
      window[HISTORY + 2 * pair] = low + high;
      window[HISTORY + 2 * pair + 1] = low - high;
    }
    for (let pair = 0; pair < pairs; pair++) {
      let first = 0;
      let second = 0;
      for (let tap = 0; tap < HALF_FILTER; tap++) {
        second += (window[2 * (pair + tap)] ?? 0) * (QMF[tap] ?? 0);
        first += (window[2 * (pair + tap) + 1] ?? 0) * (QMF[HALF_FILTER - 1 - tap] ?? 0);
      }
      outPcm[outOffset + 2 * pair] = saturate(first >> 11);
      outPcm[outOffset + 2 * pair + 1] = saturate(second >> 11);
    }
    window.copyWithin(0, 2 * pairs, 2 * pairs + HISTORY);
  }

  #decodeLower(code: number): number {
    const band = this.#lower;
    const heard = limitBand(band.prediction + ((band.step * (QM6[code] ?? 0)) >> 15));
    const coarse = code >> 2;
    band.adapt((band.step * (QM4[coarse] ?? 0)) >> 15, WL[coarse] ?? 0);
    return heard;
  }

  #decodeHigher(code: number): number {
    const band = this.#higher;
    const difference = (band.step * (QM2[code] ?? 0)) >> 15;
    const heard = limitBand(band.prediction + difference);
    band.adapt(difference, WH[code] ?? 0);
    return heard;
  }
}

/** 20 ms at one octet for two samples. */
const FRAME_BYTES = 160;

function encodedSilence(): Uint8Array {
  const silence = new Uint8Array(FRAME_BYTES);
  new G722Encoder().encode(new Int16Array(2 * FRAME_BYTES), silence, 0);
  return silence;
}

/** The RTP clock runs at 8000 although audio is sampled at 16000: an error that became the rule (RFC 3551 §4.5.2). */
export const g722: Codec = {
  name: 'G722',
  payloadType: 9,
  sampleRate: 16000,
  rtpClockRate: 8000,
  frameBytes: FRAME_BYTES,
  silence: encodedSilence(),
  packetTicks: (_bytes, _offset, length) => length,
  createEncoder: () => new G722Encoder(),
  createDecoder: () => new G722Decoder(),
};
