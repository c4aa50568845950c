import { AnswerDetector } from '../../src/media/answer-detection/answer-detector.ts';
import type { AnswerOptions, AnswerVerdict } from '../../src/media/media-engine.ts';
import type { SampleRate } from '../../src/media/pcm.ts';
import { frames } from '../audio.ts';
import type { Answerer, Greeting } from './greeting.ts';

/** What calls of the API have where they say nothing else (voice-xml.md §11). */
export const DEFAULT_ANSWER: AnswerOptions = {
  windowMs: 5_000,
  initialSilenceMs: 4_500,
  greetingMs: 1_500,
  speechMs: 5_000,
  words: 3,
  silenceMs: 800,
};

/** The verdict that each is to get. */
export const WANTED: Readonly<Record<Answerer, AnswerVerdict['by']>> = {
  person: 'human',
  machine: 'machine',
  neither: 'unknown',
};

/** Who is thought to have answered. @throws when there is no verdict at the end of the audio */
export function judge(
  pcm: Int16Array,
  options: Partial<AnswerOptions> = {},
  { sampleRate = 8000 }: { readonly sampleRate?: SampleRate } = {},
): AnswerVerdict {
  const detector = new AnswerDetector(sampleRate, { ...DEFAULT_ANSWER, ...options });
  for (const frame of frames(pcm, sampleRate / 50)) {
    detector.process(frame);
    if (detector.verdict) return detector.verdict;
  }
  throw new Error('the audio ended before the window');
}

export interface Judged {
  readonly greeting: Greeting;
  readonly verdict: AnswerVerdict;
}

export const isRight = ({ greeting, verdict }: Judged): boolean => verdict.by === WANTED[greeting.answerer];

/** Share of right verdicts, 0-1. */
export const accuracy = (judged: readonly Judged[]): number => judged.filter(isRight).length / Math.max(1, judged.length);
