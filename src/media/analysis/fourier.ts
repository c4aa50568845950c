/**
 * Fourier transform in place, radix 2, decimation in time. The length is a power of two; `cosines[k]` and `sines[k]` are those of
 * -2 pi k / length for the first half.
 */
export function transform(real: Float64Array, imaginary: Float64Array, cosines: Float64Array, sines: Float64Array): void {
  const size = real.length;
  for (let at = 1, mirror = 0; at < size; at++) {
    let bit = size >> 1;
    for (; mirror & bit; bit >>= 1) mirror ^= bit;
    mirror ^= bit;
    if (at >= mirror) continue;
    const held = real[at] ?? 0;
    real[at] = real[mirror] ?? 0;
    real[mirror] = held;
  }
  for (let length = 2; length <= size; length *= 2) {
    const stride = size / length;
    for (let start = 0; start < size; start += length) {
      for (let at = 0; at < length / 2; at++) {
        const low = start + at;
        const high = low + length / 2;
        const cosine = cosines[at * stride] ?? 0;
        const sine = sines[at * stride] ?? 0;
        const re = (real[high] ?? 0) * cosine - (imaginary[high] ?? 0) * sine;
        const im = (real[high] ?? 0) * sine + (imaginary[high] ?? 0) * cosine;
        real[high] = (real[low] ?? 0) - re;
        imaginary[high] = (imaginary[low] ?? 0) - im;
        real[low] = (real[low] ?? 0) + re;
        imaginary[low] = (imaginary[low] ?? 0) + im;
      }
    }
  }
}
