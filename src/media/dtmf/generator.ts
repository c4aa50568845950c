import type { SampleRate } from '../pcm.ts';
import { type ToneSegment, ToneSource } from '../tones/tone-source.ts';
import { dtmfFrequencies } from './digits.ts';

export interface DtmfTiming {
  /** How long a digit sounds. 40 ms must be understood by every receiver (ITU-T Q.24); the default has room for loss. */
  readonly toneMs?: number;
  /** Silence after each digit. */
  readonly gapMs?: number;
}

/** A step of dialling: a digit, or a pause when `digit` is undefined. */
export interface DialStep {
  readonly digit: string | undefined;
  readonly ms: number;
}

export const DEFAULT_TONE_MS = 100;
export const DEFAULT_GAP_MS = 100;

/** `w` and `W` in a string of digits, in ms. */
const PAUSES: Readonly<Record<string, number>> = { w: 500, W: 1000 };

/** Level of each of the two sines. The higher one goes out 2 dB louder, as long lines weaken it (ETSI ES 201 235-2 §4.2.2). */
const ROW_DBM0 = -10;
const COLUMN_DBM0 = -8;

/**
 * Steps for a string of `0`-`9`, `*`, `#`, `A`-`D`, `w` (half a second) and `W` (a second); digits are each followed by a gap.
 * Undefined when it holds any other character.
 */
export function dialSteps(
  digits: string,
  { toneMs = DEFAULT_TONE_MS, gapMs = DEFAULT_GAP_MS }: DtmfTiming = {},
): DialStep[] | undefined {
  const steps: DialStep[] = [];
  for (const character of digits) {
    const pause = PAUSES[character];
    if (pause !== undefined) steps.push({ digit: undefined, ms: pause });
    else if (dtmfFrequencies(character) !== undefined) {
      steps.push({ digit: character, ms: toneMs }, { digit: undefined, ms: gapMs });
    } else return undefined;
  }
  return steps;
}

/** In-band DTMF. */
export function dtmfSource(sampleRate: SampleRate, steps: readonly DialStep[]): ToneSource {
  return new ToneSource(sampleRate, steps.map(toneSegment));
}

function toneSegment({ digit, ms }: DialStep): ToneSegment {
  const pair = digit === undefined ? undefined : dtmfFrequencies(digit);
  if (pair === undefined) return { sines: [], ms };
  const [row, column] = pair;
  return {
    sines: [
      { hz: row, dbm0: ROW_DBM0 },
      { hz: column, dbm0: COLUMN_DBM0 },
    ],
    ms,
  };
}
