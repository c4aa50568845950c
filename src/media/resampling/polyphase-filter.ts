/**
 * The low-pass filter of a conversion between two sampling rates, cut into phases: for every position of an output sample
 * between two input samples the coefficients to weigh the input with.
 */
export interface PolyphaseFilter {
  /** Output samples that fall on `step` input samples; `phases / step` is the ratio of the rates. */
  readonly phases: number;
  readonly step: number;
  /** Input samples that an output sample is made of. */
  readonly taps: number;
  /** Coefficients of phase p at p * taps, for the oldest input sample first. */
  readonly coefficients: Float64Array;
  /** How far the output lags behind, in output samples. */
  readonly delay: number;
}

/** Attenuation of what would fold into the band, dB: below the noise of 12-bit G.711 with room for several tones. */
const STOP_BAND_DB = 66;
/**
 * Where the filter begins to fall, as a share of half the lower rate: 3440 Hz at 8 kHz, above the 3400 Hz that telephony carries.
 * It has fallen at half the rate.
 */
const PASS_BAND = 0.86;

/**
 * Ratios with more phases, or larger tables, are approximated: the rate is then wrong by less than 1 in 10^4. It concerns files of
 * odd rates only, as 11025 to 16000 Hz needs 640 phases, and keeps what a file can claim in its header from costing more than 20 ms.
 */
const MAX_PHASES = 1024;
const MAX_COEFFICIENTS = 200_000;

/** Filters for all conversions of live audio and usual file rates; each is designed once, in some 5 ms. Large ones are not kept. */
const MAX_CACHED = 24;
const MAX_CACHED_COEFFICIENTS = 65_536;
const cache = new Map<string, PolyphaseFilter>();

/** The filter between two rates in Hz. */
export function polyphaseFilter(fromRate: number, toRate: number): PolyphaseFilter {
  const key = `${fromRate}/${toRate}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const filter = design(fromRate, toRate);
  if (cache.size < MAX_CACHED && filter.coefficients.length <= MAX_CACHED_COEFFICIENTS) cache.set(key, filter);
  return filter;
}

function design(fromRate: number, toRate: number): PolyphaseFilter {
  const half = Math.min(fromRate, toRate) / 2;
  const transition = ((1 - PASS_BAND) * half) / fromRate;
  // Length of a Kaiser window for attenuation and transition (in cycles an input sample).
  const taps = 2 * Math.ceil((STOP_BAND_DB - 7.95) / (14.36 * transition) / 2);
  const [phases, step] = smallRatio(toRate, fromRate, Math.min(MAX_PHASES, Math.floor(MAX_COEFFICIENTS / taps)));
  const beta = 0.1102 * (STOP_BAND_DB - 8.7);
  const cutoff = (((1 + PASS_BAND) / 2) * half) / fromRate;
  const coefficients = new Float64Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const row = coefficients.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      // Distance, in input samples, of this tap from the place of the output sample.
      const distance = taps / 2 - 1 - tap + phase / phases;
      const value = 2 * cutoff * sinc(2 * cutoff * distance) * kaiser(distance / (taps / 2), beta);
      row[tap] = value;
      sum += value;
    }
    // Every phase passes a constant unchanged, or the phases would be heard as a tone.
    for (let tap = 0; tap < taps; tap++) row[tap] = (row[tap] ?? 0) / sum;
  }
  return { phases, step, taps, coefficients, delay: ((taps / 2) * phases) / step };
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const kaiser = (x: number, beta: number): number => (Math.abs(x) > 1 ? 0 : bessel0(beta * Math.sqrt(1 - x * x)) / bessel0(beta));

/** Modified Bessel function of the first kind, order 0. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** a / b in lowest terms, or the nearest ratio whose first number is not above the limit (continued fraction). */
function smallRatio(a: number, b: number, limit: number): readonly [number, number] {
  let older: readonly [number, number] = [0, 1];
  let newer: readonly [number, number] = [1, 0];
  let [numerator, denominator] = [a, b];
  while (denominator !== 0) {
    const whole = Math.floor(numerator / denominator);
    const next: readonly [number, number] = [whole * newer[0] + older[0], whole * newer[1] + older[1]];
    if (next[0] > limit) break;
    [older, newer] = [newer, next];
    [numerator, denominator] = [denominator, numerator - whole * denominator];
  }
  return newer;
}
