/** Length in milliseconds of a tone that is sent and of the gap after it, as carriers' own menus send them. */
export const SENT_TONES = { toneMs: 100, gapMs: 100 } as const;
/** The shortest digit that every receiver must understand (ITU-T Q.24). */
const SHORTEST_TONE_MS = 40;
/** The longest that the documentation names (voice-api.md §4.2). */
const LONGEST_TONE_MS = 2_000;

export interface SentDigits {
  /** `0`-`9`, `A`-`D`, `*`, `#`, and the pauses `w` and `W`. */
  readonly digits: string;
  readonly toneMs: number;
  readonly gapMs: number;
}

/** Reads `1w2W3@800`: digits with pauses, and after the `@` the milliseconds of each tone. */
export function readSentDigits(text: string): SentDigits {
  const [digits = '', length] = text.split('@');
  const toneMs = Math.min(Math.max(Number(length) || SENT_TONES.toneMs, SHORTEST_TONE_MS), LONGEST_TONE_MS);
  return { ...SENT_TONES, digits, toneMs };
}
