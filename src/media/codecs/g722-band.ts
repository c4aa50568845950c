import { saturate } from '../pcm.ts';
import { ILB } from './g722-tables.ts';

/** What tells the two bands of G.722 apart in the adaptation of the step (§3.5 of the recommendation). */
export interface BandKind {
  /** Largest logarithmic step. */
  readonly stepLimit: number;
  /** Step before the first sample. */
  readonly firstStep: number;
  /** Octaves by which the linear step is scaled. */
  readonly stepExponent: number;
}

export const LOWER_BAND: BandKind = { stepLimit: 18432, firstStep: 32, stepExponent: 8 };
export const HIGHER_BAND: BandKind = { stepLimit: 22528, firstStep: 8, stepExponent: 10 };

const ZEROS = 6;
const POLE_2_LIMIT = 12288;
const POLES_LIMIT = 15360;

/**
 * Backward-adaptive predictor (two poles, six zeros) and step of one band of G.722, the same in encoder and decoder: blocks 3 and 4
 * of the recommendation. `prediction` is what is expected next, `step` the unit of the quantizer; `adapt` takes the quantized
 * difference from the prediction.
 */
export class G722Band {
  prediction = 0;
  step: number;
  readonly #kind: BandKind;
  #logStep = 0;
  #zeroPart = 0;
  #pole1 = 0;
  #pole2 = 0;
  #reconstructed1 = 0;
  #partial1 = 0;
  #partial2 = 0;
  readonly #zeros = new Int32Array(ZEROS);
  readonly #differences = new Int32Array(ZEROS);

  constructor(kind: BandKind) {
    this.#kind = kind;
    this.step = kind.firstStep;
  }

  /** `stepMove` is the entry of table WL or WH for the code word. */
  adapt(difference: number, stepMove: number): void {
    this.#scale(stepMove);
    const reconstructed = saturate(this.prediction + difference);
    const partial = saturate(this.#zeroPart + difference);
    this.#adaptPoles(partial);
    const zeroPart = this.#adaptZeros(difference);
    const polePart =
      ((this.#pole1 * saturate(2 * reconstructed)) >> 15) + ((this.#pole2 * saturate(2 * this.#reconstructed1)) >> 15);
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
    this.#reconstructed1 = reconstructed;
    this.#zeroPart = zeroPart;
    this.prediction = saturate(saturate(polePart) + zeroPart);
  }

  #scale(stepMove: number): void {
    const moved = ((this.#logStep * 127) >> 7) + stepMove;
    this.#logStep = Math.max(0, Math.min(moved, this.#kind.stepLimit));
    const mantissa = ILB[(this.#logStep >> 6) & 31] ?? 0;
    const shift = this.#kind.stepExponent - (this.#logStep >> 11);
    this.step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  #adaptPoles(partial: number): void {
    const like1 = partial < 0 === this.#partial1 < 0;
    const like2 = partial < 0 === this.#partial2 < 0;
    const shifted = saturate(4 * this.#pole1);
    const towards = Math.min(32767, like1 ? -shifted : shifted);
    const pole2 = (towards >> 7) + (like2 ? 128 : -128) + ((this.#pole2 * 32512) >> 15);
    this.#pole2 = Math.max(-POLE_2_LIMIT, Math.min(POLE_2_LIMIT, pole2));
    const limit = POLES_LIMIT - this.#pole2;
    const pole1 = (like1 ? 192 : -192) + ((this.#pole1 * 32640) >> 15);
    this.#pole1 = Math.max(-limit, Math.min(limit, pole1));
  }

  /** Moves the zeros and returns their part of the next prediction. */
  #adaptZeros(difference: number): number {
    const zeros = this.#zeros;
    const differences = this.#differences;
    const gain = difference === 0 ? 0 : 128;
    let sum = 0;
    for (let at = ZEROS - 1; at >= 0; at--) {
      const past = differences[at] ?? 0;
      const zero = (past < 0 === difference < 0 ? gain : -gain) + (((zeros[at] ?? 0) * 32640) >> 15);
      zeros[at] = zero;
      const shifted = at === 0 ? difference : (differences[at - 1] ?? 0);
      differences[at] = shifted;
      sum += (zero * saturate(2 * shifted)) >> 15;
    }
    return saturate(sum);
  }
}
