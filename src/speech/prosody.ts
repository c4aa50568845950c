/**
 * Values of prosody and break attributes (voice-xml.md §7; W3C Speech Synthesis Markup Language 1.1 §3.2.3 and §3.2.4) as numbers.
 * Every reader answers undefined for what is no legal value.
 */

/** 1 = the voice's own rate. Amazon Polly takes 20 % to 200 %. */
const RATES = { 'x-slow': 0.5, slow: 0.75, medium: 1, default: 1, fast: 1.25, 'x-fast': 1.75 };
const MIN_RATE = 0.2;
const MAX_RATE = 2;
/** Decibels over the voice's own volume; silent is minus infinity. */
const VOLUMES = { silent: Number.NEGATIVE_INFINITY, 'x-soft': -12, soft: -6, medium: 0, default: 0, loud: 6, 'x-loud': 10 };
/** More is either inaudible or distorted. */
const MAX_DECIBELS = 40;
/** 1 = the voice's own pitch. Amazon Polly takes -33.3 % to +50 %. */
const PITCHES = { 'x-low': 0.75, low: 0.87, medium: 1, default: 1, high: 1.15, 'x-high': 1.3 };
const MIN_PITCH = 0.667;
const MAX_PITCH = 1.5;

const BREAKS = { none: 0, 'x-weak': 100, weak: 200, medium: 300, strong: 500, 'x-strong': 800 };
/** voice-xml.md §7: longer breaks are no breaks any more. */
const MAX_BREAK_MS = 10_000;

/** Factor on the speaking rate: a keyword or a percentage of the normal rate. */
export function readRate(value: string): number | undefined {
  const keyword = lookUp(RATES, value);
  if (keyword !== undefined) return keyword;
  const percent = /^(\d{1,4}(?:\.\d{1,4})?)%$/.exec(value)?.[1];
  return percent === undefined ? undefined : clamp(Number(percent) / 100, MIN_RATE, MAX_RATE);
}

/** Factor on the amplitude: a keyword or a relative change in decibels. */
export function readVolume(value: string): number | undefined {
  const change = lookUp(VOLUMES, value) ?? decibels(value);
  return change === undefined ? undefined : 10 ** (change / 20);
}

/** Factor on the fundamental frequency: a keyword or a relative change in per cent. */
export function readPitch(value: string): number | undefined {
  const keyword = lookUp(PITCHES, value);
  if (keyword !== undefined) return keyword;
  const percent = /^([+-]\d{1,3}(?:\.\d{1,4})?)%$/.exec(value)?.[1];
  return percent === undefined ? undefined : clamp(1 + Number(percent) / 100, MIN_PITCH, MAX_PITCH);
}

/** Milliseconds of a `time` in `s` or `ms`. */
export function readBreakTime(value: string): number | undefined {
  const [, amount, unit] = /^\+?(\d{1,6}(?:\.\d{1,3})?|\.\d{1,3})(ms|s)$/.exec(value) ?? [];
  if (amount === undefined) return undefined;
  const ms = Number(amount) * (unit === 's' ? 1000 : 1);
  return ms <= MAX_BREAK_MS ? ms : undefined;
}

export function readBreakStrength(value: string): number | undefined {
  return lookUp(BREAKS, value);
}

/** Milliseconds of a break: its time, else its strength, else a medium one. */
export function breakMs({ time, strength }: { readonly time?: string; readonly strength?: string }): number {
  const ms = time === undefined ? readBreakStrength(strength ?? 'medium') : readBreakTime(time);
  return ms ?? BREAKS.medium;
}

function decibels(value: string): number | undefined {
  const amount = /^([+-]?\d{1,3}(?:\.\d{1,4})?)dB$/i.exec(value)?.[1];
  return amount === undefined ? undefined : clamp(Number(amount), -MAX_DECIBELS, MAX_DECIBELS);
}

function lookUp(table: Readonly<Record<string, number>>, value: string): number | undefined {
  return Object.hasOwn(table, value) ? table[value] : undefined;
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
