import { Goertzel } from './goertzel.ts';

/** Most samples that are looked at, from the middle: half a second at 8 kHz gives 2 Hz, and keeps the cost at some milliseconds. */
const MOST_SAMPLES = 4096;

/**
 * The strongest frequency of a signal in Hz, to within some 2 Hz for half a second; undefined when it is silent. For assertions
 * about audio, not for every frame.
 */
export function dominantFrequency(pcm: Int16Array, sampleRate: number): number | undefined {
  const length = Math.min(MOST_SAMPLES, pcm.length);
  const windowed = hann(pcm, Math.floor((pcm.length - length) / 2), length);
  const step = sampleRate / length;
  let best = 0;
  let bestPower = 0;
  for (let index = 1; index * step < sampleRate / 2; index++) {
    const power = powerAt(windowed, sampleRate, index * step);
    if (power > bestPower) {
      bestPower = power;
      best = index;
    }
  }
  if (bestPower === 0) return undefined;
  // The top of a parabola through the logarithms of the strongest and its neighbours.
  const [left, centre, right] = [-1, 0, 1].map((offset) =>
    Math.log(powerAt(windowed, sampleRate, (best + offset) * step) + 1e-9),
  );
  const [a, b, c] = [left ?? 0, centre ?? 0, right ?? 0];
  const bend = a - 2 * b + c;
  return (best + (bend < 0 ? (a - c) / (2 * bend) : 0)) * step;
}

const powerAt = (pcm: Int16Array, sampleRate: number, hz: number): number =>
  new Goertzel(sampleRate, hz).measure(pcm, 0, pcm.length);

function hann(pcm: Int16Array, from: number, length: number): Int16Array {
  const windowed = new Int16Array(length);
  for (let at = 0; at < length; at++) {
    windowed[at] = Math.round((pcm[from + at] ?? 0) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (at + 0.5)) / length)));
  }
  return windowed;
}
