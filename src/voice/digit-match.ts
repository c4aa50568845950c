import type { MediaLeg } from '../media/media-engine.ts';

/** The longest pattern anybody matches; more digits than that are forgotten. */
const MAX_PATTERN = 32;

/** Reports each time the digits pressed on a leg end in one of the patterns (digitsMatch of Dial). The returned function stops it. */
export function watchDigits(leg: MediaLeg, patterns: readonly string[], matched: (pattern: string) => void): () => void {
  if (patterns.length === 0) return () => undefined;
  let pressed = '';
  return leg.onDigit((digit) => {
    pressed = (pressed + digit).slice(-MAX_PATTERN);
    const pattern = patterns.find((candidate) => pressed.endsWith(candidate));
    if (pattern === undefined) return;
    pressed = '';
    matched(pattern);
  });
}
