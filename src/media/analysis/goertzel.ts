/**
 * One bin of a Fourier transform over a window of samples at any frequency (Goertzel's algorithm). `measure` leaves its result in
 * `real` and `imaginary`; the phase is that of the frequency at the end of the window.
 */
export class Goertzel {
  readonly hz: number;
  real = 0;
  imaginary = 0;
  readonly #turn: number;
  readonly #cosine: number;
  readonly #sine: number;

  constructor(sampleRate: number, hz: number) {
    this.hz = hz;
    const step = (2 * Math.PI * hz) / sampleRate;
    this.#cosine = Math.cos(step);
    this.#sine = Math.sin(step);
    this.#turn = 2 * this.#cosine;
  }

  /**
   * Returns the mean square that a sine of this frequency has in `length` samples from `offset` on: comparable with the mean
   * square of the window, of which it is a share.
   */
  measure(pcm: Int16Array, offset: number, length: number): number {
    const turn = this.#turn;
    let newer = 0;
    let older = 0;
    for (let at = offset; at < offset + length; at++) {
      const next = (pcm[at] ?? 0) + turn * newer - older;
      older = newer;
      newer = next;
    }
    this.real = newer - older * this.#cosine;
    this.imaginary = older * this.#sine;
    return (2 * (this.real * this.real + this.imaginary * this.imaginary)) / (length * length);
  }
}
