import type { SampleRate } from '../src/media/pcm.ts';
import { callProgressTones } from '../src/media/tones/call-progress.ts';
import { ToneSource } from '../src/media/tones/tone-source.ts';

/** Signals to test audio with, and measures to judge it by. All are deterministic: noise comes from a seed. */

const TAU = 2 * Math.PI;

/** A sine; `peak` in sample units, 8000 being a level of speech. */
export function sine(sampleRate: number, hz: number, ms: number, peak = 8000, phase = 0): Int16Array {
  const pcm = new Int16Array(Math.round((sampleRate * ms) / 1000));
  for (let at = 0; at < pcm.length; at++) pcm[at] = Math.round(peak * Math.sin((TAU * hz * at) / sampleRate + phase));
  return pcm;
}

export const silence = (sampleRate: number, ms: number): Int16Array => new Int16Array(Math.round((sampleRate * ms) / 1000));

/** What callers hear of the network, with its cadence. */
export const callProgressSource = (sampleRate: SampleRate, name: keyof typeof callProgressTones): ToneSource =>
  new ToneSource(sampleRate, callProgressTones[name].segments, callProgressTones[name]);

/** Sums signals from their starts; as long as the longest. */
export function mix(...signals: readonly Int16Array[]): Int16Array {
  const sum = new Int16Array(Math.max(0, ...signals.map((signal) => signal.length)));
  for (const signal of signals) {
    for (let at = 0; at < signal.length; at++) sum[at] = clip((sum[at] ?? 0) + (signal[at] ?? 0));
  }
  return sum;
}

export function join(...signals: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(signals.reduce((length, signal) => length + signal.length, 0));
  let at = 0;
  for (const signal of signals) {
    joined.set(signal, at);
    at += signal.length;
  }
  return joined;
}

export const scaled = (signal: Int16Array, factor: number): Int16Array => signal.map((sample) => clip(sample * factor));

/** Numbers in [0, 1) by xorshift. */
export function seededRandom(seed: number): () => number {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** White noise with a normal distribution. */
export function noise(sampleRate: number, ms: number, rmsLevel: number, seed = 1): Int16Array {
  const random = seededRandom(seed);
  return silence(sampleRate, ms).map(() => {
    let sum = -6;
    for (let draw = 0; draw < 12; draw++) sum += random();
    return clip(sum * rmsLevel);
  });
}

/** Formants of five vowels, Hz. */
const VOWELS = [
  [730, 1090, 2440],
  [530, 1840, 2480],
  [270, 2290, 3010],
  [570, 840, 2410],
  [300, 870, 2240],
] as const;

/**
 * Something like speech: glottal pulses of a wandering pitch through the resonances of changing vowels, in syllables, with hisses
 * and pauses between. Voices of 90 to 260 Hz by seed. Its peak is near 12000.
 */
export function speechLike(sampleRate: number, ms: number, seed = 1): Int16Array {
  const random = seededRandom(seed);
  const out = new Float64Array(Math.round((sampleRate * ms) / 1000));
  const basePitch = 90 + random() * 170;
  let at = 0;
  while (at < out.length) {
    const length = Math.min(out.length - at, Math.round(sampleRate * (0.08 + random() * 0.25)));
    const kind = random();
    if (kind < 0.7) addVowel(out.subarray(at, at + length), sampleRate, basePitch * (0.8 + 0.5 * random()), random);
    else if (kind < 0.85) for (let n = 0; n < length; n++) out[at + n] = (random() - 0.5) * 0.1;
    at += length;
  }
  const peak = out.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return Int16Array.from(out, (value) => (value / peak) * 12000);
}

function addVowel(out: Float64Array, sampleRate: number, pitch: number, random: () => number): void {
  const formants = VOWELS[Math.floor(random() * VOWELS.length)] ?? VOWELS[0];
  const glide = (random() - 0.5) * 0.3;
  for (const [index, hz] of formants.entries()) {
    const radius = Math.exp((-Math.PI * (60 + 40 * index)) / sampleRate);
    const turn = 2 * radius * Math.cos((TAU * hz) / sampleRate);
    let older = 0;
    let newer = 0;
    let phase = 0;
    for (let n = 0; n < out.length; n++) {
      phase += (pitch * (1 + (glide * n) / out.length)) / sampleRate;
      const pulse = phase >= 1 ? 1 : 0;
      phase -= pulse;
      const value = (1 - radius) * pulse + turn * newer - radius * radius * older;
      older = newer;
      newer = value;
      out[n] = (out[n] ?? 0) + value * Math.sin((Math.PI * n) / out.length);
    }
  }
}

export function rms(signal: Int16Array): number {
  let sum = 0;
  for (const sample of signal) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, signal.length));
}

/** Ratio of a signal to what another differs from it, in dB; over the length of the shorter. */
export function snrDb(wanted: Int16Array, actual: Int16Array): number {
  let signal = 0;
  let error = 0;
  for (let at = 0; at < Math.min(wanted.length, actual.length); at++) {
    const sample = wanted[at] ?? 0;
    signal += sample * sample;
    error += (sample - (actual[at] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(error, 1e-9));
}

/** `snrDb` at the delay, up to `maxDelay` samples, at which `actual` fits best. */
export function snrDbAtBestDelay(wanted: Int16Array, actual: Int16Array, maxDelay: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let delay = 0; delay <= maxDelay; delay++) best = Math.max(best, snrDb(wanted, actual.subarray(delay)));
  return best;
}

/** Power of the signal at one frequency as a share of its whole power: 1 for a pure tone of that frequency. */
export function toneShare(signal: Int16Array, sampleRate: number, hz: number): number {
  let real = 0;
  let imaginary = 0;
  let total = 0;
  for (let at = 0; at < signal.length; at++) {
    const sample = signal[at] ?? 0;
    real += sample * Math.cos((TAU * hz * at) / sampleRate);
    imaginary += sample * Math.sin((TAU * hz * at) / sampleRate);
    total += sample * sample;
  }
  return (2 * (real * real + imaginary * imaginary)) / Math.max(1e-9, signal.length * total);
}

/** The signal in pieces of a frame each; the last one is filled up with silence. */
export function frames(signal: Int16Array, samples: number): readonly Int16Array[] {
  return Array.from({ length: Math.ceil(signal.length / samples) }, (_, index) => {
    const frame = new Int16Array(samples);
    frame.set(signal.subarray(index * samples, (index + 1) * samples));
    return frame;
  });
}

const clip = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)));
