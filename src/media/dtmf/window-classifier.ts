import { Goertzel } from '../analysis/goertzel.ts';
import { meanSquareOfDbm0 } from '../analysis/level.ts';
import { DTMF_COLUMNS, DTMF_ROWS } from './digits.ts';

/** Answer of `classify` when the window holds no digit. */
export const NO_DIGIT = -1;

/** Weakest sine of a digit. Q.24: administrations ask for -24 to -29 dBm to be understood. */
const WEAKEST_DBM0 = -34;
/**
 * How much the column may be stronger or weaker than the row. The widest that Q.24 lists are 6 dB (Denmark) and -10 (Australia); a
 * short window measures with an error of 1 to 2 dB.
 */
const MAX_COLUMN_ABOVE_ROW_DB = 7.5;
const MAX_ROW_ABOVE_COLUMN_DB = 12;
/** A frequency of the digit against the others of its group. */
const DOMINANCE_DB = 6;
/** Least share of the two sines in the whole power. A deviation of 1.5 % and noise 12 dB down together leave some 0.7. */
const LEAST_SHARE = 0.64;
/**
 * Most that a harmonic may have, against its sine: voices have more. The second is looked at for columns; that of a row lies among
 * the columns, so that there it is the third.
 */
const MAX_HARMONIC_DB = -12;
const ROW_HARMONIC = 3;
const COLUMN_HARMONIC = 2;
/** Q.24: a frequency 1.5 % off must be understood, one 3.5 % off must not. */
const MAX_DEVIATION = 0.025;

const powerRatio = (db: number): number => 10 ** (db / 10);

const DOMINANCE = powerRatio(DOMINANCE_DB);
const MAX_COLUMN_TO_ROW = powerRatio(MAX_COLUMN_ABOVE_ROW_DB);
const MAX_ROW_TO_COLUMN = powerRatio(MAX_ROW_ABOVE_COLUMN_DB);
const MAX_HARMONIC = powerRatio(MAX_HARMONIC_DB);

/** Tells which digit sounds in a window of audio: levels, twist, share, harmonics, and the exact frequency by the phase. */
export class DtmfWindowClassifier {
  readonly #rows: ToneGroup;
  readonly #columns: ToneGroup;
  readonly #weakest = meanSquareOfDbm0(WEAKEST_DBM0);

  /** `hop` is the number of samples by which one window is later than the one before. */
  constructor(sampleRate: number, hop: number) {
    this.#rows = new ToneGroup(sampleRate, hop, DTMF_ROWS, ROW_HARMONIC);
    this.#columns = new ToneGroup(sampleRate, hop, DTMF_COLUMNS, COLUMN_HARMONIC);
  }

  /** Returns the index of the digit into the keypad (row * 4 + column), or `NO_DIGIT`. */
  classify(window: Int16Array): number {
    const total = meanSquare(window);
    if (total < this.#weakest) {
      this.#rows.forget();
      this.#columns.forget();
      return NO_DIGIT;
    }
    this.#rows.measure(window);
    this.#columns.measure(window);
    const row = this.#rows.power;
    const column = this.#columns.power;
    const isDigit =
      row >= this.#weakest &&
      column >= this.#weakest &&
      column <= row * MAX_COLUMN_TO_ROW &&
      row <= column * MAX_ROW_TO_COLUMN &&
      row + column >= total * LEAST_SHARE &&
      this.#rows.isClear(window) &&
      this.#columns.isClear(window);
    return isDigit ? this.#rows.strongest * DTMF_COLUMNS.length + this.#columns.strongest : NO_DIGIT;
  }
}

/** The four rows or the four columns. */
class ToneGroup {
  /** Index and mean square of the strongest. */
  strongest = 0;
  power = 0;
  readonly #tones: readonly Goertzel[];
  readonly #harmonics: readonly Goertzel[];
  readonly #powers: Float64Array;
  /** Real and imaginary part of each tone in the window before. */
  readonly #before: Float64Array;
  #hasBefore = false;
  /** From hertz to the phase that a tone gains from window to window. */
  readonly #radiansPerHz: number;
  #deviation = 0;

  constructor(sampleRate: number, hop: number, frequencies: readonly number[], harmonic: number) {
    this.#tones = frequencies.map((hz) => new Goertzel(sampleRate, hz));
    this.#harmonics = frequencies.map((hz) => new Goertzel(sampleRate, harmonic * hz));
    this.#powers = new Float64Array(frequencies.length);
    this.#before = new Float64Array(2 * frequencies.length);
    this.#radiansPerHz = (2 * Math.PI * hop) / sampleRate;
  }

  forget(): void {
    this.#hasBefore = false;
  }

  measure(window: Int16Array): void {
    this.strongest = 0;
    this.power = 0;
    for (let index = 0; index < this.#tones.length; index++) {
      const power = this.#tones[index]?.measure(window, 0, window.length) ?? 0;
      this.#powers[index] = power;
      if (power > this.power) {
        this.power = power;
        this.strongest = index;
      }
    }
    this.#deviation = this.#hasBefore ? this.#measureDeviation() : 0;
    for (let index = 0; index < this.#tones.length; index++) {
      this.#before[2 * index] = this.#tones[index]?.real ?? 0;
      this.#before[2 * index + 1] = this.#tones[index]?.imaginary ?? 0;
    }
    this.#hasBefore = true;
  }

  /** Whether the strongest stands alone in its group, at its frequency and without overtone. */
  isClear(window: Int16Array): boolean {
    for (let index = 0; index < this.#powers.length; index++) {
      if (index !== this.strongest && (this.#powers[index] ?? 0) * DOMINANCE > this.power) return false;
    }
    if (Math.abs(this.#deviation) > MAX_DEVIATION) return false;
    const harmonic = this.#harmonics[this.strongest]?.measure(window, 0, window.length) ?? 0;
    return harmonic <= this.power * MAX_HARMONIC;
  }

  /** How far, as a share, the strongest is off its frequency: what its phase moved more than it should have. */
  #measureDeviation(): number {
    const tone = this.#tones[this.strongest];
    if (tone === undefined) return 0;
    const { hz, real, imaginary } = tone;
    const realBefore = this.#before[2 * this.strongest] ?? 0;
    const imaginaryBefore = this.#before[2 * this.strongest + 1] ?? 0;
    const moved = Math.atan2(imaginary * realBefore - real * imaginaryBefore, real * realBefore + imaginary * imaginaryBefore);
    const excess = moved - hz * this.#radiansPerHz;
    return (excess - 2 * Math.PI * Math.round(excess / (2 * Math.PI))) / this.#radiansPerHz / hz;
  }
}

function meanSquare(window: Int16Array): number {
  let sum = 0;
  for (let at = 0; at < window.length; at++) sum += (window[at] ?? 0) ** 2;
  return sum / window.length;
}
