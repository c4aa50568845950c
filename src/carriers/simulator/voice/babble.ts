import type { SampleRate } from '../../../media/pcm.ts';

/** Syllables of some 200 ms; a word a second of text is about 15 characters. */
const MS_PER_CHARACTER = 65;
const SHORTEST_MS = 300;
const LONGEST_MS = 30_000;
const SYLLABLE_MS = 220;
/** A voice that wanders between these two. */
const LOW_HZ = 110;
const HIGH_HZ = 170;
/** Strength of the harmonics: no one of them stands out, as in a vowel. */
const HARMONICS = [0.7, 1, 0.8, 1, 0.6, 0.5, 0.3, 0.2];
const PEAK = 5_000;

/** Stands in for speech where no engine speaks: a hum that rises and falls in syllables, about as long as the text would take. */
export function babble(text: string, sampleRate: SampleRate): Int16Array {
  const ms = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, text.length * MS_PER_CHARACTER));
  const pcm = new Int16Array((sampleRate * ms) / 1000);
  const strongest = HARMONICS.reduce((sum, strength) => sum + strength, 0);
  let phase = 0;
  for (let at = 0; at < pcm.length; at++) {
    const syllable = ((at * 1000) / sampleRate / SYLLABLE_MS) % 1;
    const word = Math.sin((2 * Math.PI * at) / (sampleRate * 1.3));
    phase += (2 * Math.PI * (LOW_HZ + (HIGH_HZ - LOW_HZ) * (0.5 + 0.5 * word) * (0.7 + 0.3 * syllable))) / sampleRate;
    let sum = 0;
    for (const [index, strength] of HARMONICS.entries()) sum += strength * Math.sin(phase * (index + 1));
    pcm[at] = Math.round((PEAK * 2 * sum * Math.sin(Math.PI * syllable)) / strongest);
  }
  return pcm;
}
