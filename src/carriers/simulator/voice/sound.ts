import { OBSERVED_WINDOW_MS } from '../../../media/media-engine.ts';
import type { HeardAudio } from './heard-audio.ts';

/** Something to be heard. Milliseconds are how much of it is needed. */
export type Sound =
  | { readonly tone: number; readonly ms?: number | undefined }
  | { readonly speechMs: number }
  | { readonly silenceMs: number };

/** Two windows: one alone may be the edge of something else. */
const TONE_MS = 200;
/** A tone may be off by this much, and by this share. */
const TOLERANCE_HZ = 10;
const TOLERANCE_SHARE = 0.02;
/** Pauses of speech that do not end it. */
const LONGEST_PAUSE_MS = 500;

/** Where in `audio`, from a window on, the sound has been heard for the first time: the window behind it, or undefined. */
export function findSound(audio: HeardAudio, sound: Sound, from: number): number | undefined {
  const needed = Math.ceil(neededMs(sound) / OBSERVED_WINDOW_MS);
  const longestPause = 'speechMs' in sound ? LONGEST_PAUSE_MS / OBSERVED_WINDOW_MS : 0;
  let heard = 0;
  let pause = 0;
  for (let window = Math.max(from, audio.first); window < audio.count; window++) {
    if (matches(audio, sound, window)) {
      heard++;
      pause = 0;
      if (heard >= needed) return window + 1;
    } else if (++pause > longestPause) heard = 0;
  }
  return undefined;
}

/** In words, for those who waited for it in vain. */
export function describeSound(sound: Sound): string {
  if ('tone' in sound) return `${neededMs(sound)} ms of ${sound.tone} Hz`;
  return 'speechMs' in sound ? `${sound.speechMs} ms of speech` : `${sound.silenceMs} ms of silence`;
}

function neededMs(sound: Sound): number {
  if ('tone' in sound) return sound.ms ?? TONE_MS;
  return 'speechMs' in sound ? sound.speechMs : sound.silenceMs;
}

function matches(audio: HeardAudio, sound: Sound, window: number): boolean {
  const kind = audio.kindOf(window);
  if ('silenceMs' in sound) return kind === 'silence';
  if ('speechMs' in sound) return kind === 'sound';
  const tolerance = Math.max(TOLERANCE_HZ, sound.tone * TOLERANCE_SHARE);
  return kind === 'tone' && Math.abs(audio.frequencyOf(window) - sound.tone) <= tolerance;
}
