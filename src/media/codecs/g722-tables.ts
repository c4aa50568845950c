/**
 * Tables of ITU-T G.722 (§3 and §4 of the recommendation), in its fixed-point formats. Names follow it; where an index of the
 * recommendation begins at 1, element 0 is unused.
 */

/** Decision levels of the 6-bit quantizer of the lower band, to be scaled by the step (table Q6). */
export const Q6 = Int16Array.from([
  0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612,
  1765, 1980, 2195, 2557, 2919,
]);

/** Code words of the lower band for negative and for positive differences. */
export const ILN = Uint8Array.from([
  0, 63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
]);
export const ILP = Uint8Array.from([
  0, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
]);

/** Output of the inverse quantizers with 4 bits (what both predictors of the lower band follow) and 6 bits (what is heard). */
export const QM4 = Int16Array.from([
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
]);
export const QM6 = Int16Array.from([
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856, -7192,
  -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728, 24808, 21904, 19008,
  16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400,
  2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
]);

/** How the logarithmic step of the lower band moves, by the 4-bit code word. */
export const WL = Int16Array.from([-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60]);

/** The higher band: decision level, code words by half (index 1, 2), inverse quantizer and step movement by the 2-bit code word. */
export const HIGH_DECISION_LEVEL = 564;
export const IHN = Uint8Array.from([0, 1, 0]);
export const IHP = Uint8Array.from([0, 3, 2]);
export const QM2 = Int16Array.from([-7408, -1616, 7408, 1616]);
export const WH = Int16Array.from([798, -214, 798, -214]);

/** Powers of two between 1 and 2, in 1/2048: from the logarithmic step to the linear one. */
export const ILB = Int16Array.from([
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960, 3025, 3091, 3158,
  3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
]);

/** One half of the 24 coefficients of the quadrature mirror filters; the other half is the same backwards. */
export const QMF = Int16Array.from([3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11]);
