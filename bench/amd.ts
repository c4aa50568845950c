/**
 * Scores machine detection on synthesised answers, and measures what it costs. Run: `npm run bench:amd`. Prints a table of who answered
 * against who was thought to, for the answers that thresholds were set with and for those they were not. `-- <word>` scores only
 * answers with the word in their names and prints each.
 */
import { cpus } from 'node:os';
import { AnswerDetector } from '../src/media/answer-detection/answer-detector.ts';
import type { SampleRate } from '../src/media/pcm.ts';
import { Resampler } from '../src/media/resampling/resampler.ts';
import { frames } from '../testkit/audio.ts';
import { greetings } from '../testkit/greetings/corpus.ts';
import type { Answerer } from '../testkit/greetings/greeting.ts';
import { GreetingRenderer } from '../testkit/greetings/render.ts';
import { accuracy, DEFAULT_ANSWER, isRight, type Judged, judge } from '../testkit/greetings/score.ts';
import { variations } from '../testkit/greetings/variations.ts';

const ANSWERERS: readonly Answerer[] = ['person', 'machine', 'neither'];
const VERDICTS = ['human', 'machine', 'unknown'] as const;
const COST_ROUNDS = 40;

const word = process.argv[2];
const chosen = greetings.filter(({ name }) => word === undefined || name.includes(word));
const renderer = new GreetingRenderer();
const sounds: Int16Array[] = [];
const judged: Record<SampleRate, Judged[]> = { 8000: [], 16000: [] };
for (const greeting of chosen) {
  const pcm = await renderer.render(greeting);
  const wide = new Int16Array(2 * pcm.length);
  new Resampler(8000, 16000).process(pcm, wide);
  sounds.push(pcm);
  judged[8000].push({ greeting, verdict: judge(pcm) });
  judged[16000].push({ greeting, verdict: judge(wide, {}, { sampleRate: 16000 }) });
}
await renderer.close();

for (const sampleRate of [8000, 16000] as const) {
  for (const set of ['tuning', 'held-out'] as const) {
    const part = judged[sampleRate].filter(({ greeting }) => greeting.set === set);
    if (part.length > 0) printTable(`${set}, ${sampleRate / 1000} kHz`, part);
  }
}
console.log('\nwrong at 8 kHz, with the rule that told and the milliseconds it took:');
for (const one of judged[8000]) if (word !== undefined || !isRight(one)) printOne(one);
console.log('\nright when the answers come over other lines, 8 kHz:');
for (const [name, vary] of Object.entries(variations)) {
  const rights = (['tuning', 'held-out'] as const).map((set) => {
    const part = judged[8000].flatMap(({ greeting }, index) => {
      const pcm = sounds[index];
      return greeting.set === set && pcm ? [{ greeting, verdict: judge(vary(pcm)) }] : [];
    });
    return `${set} ${part.filter(isRight).length} of ${part.length}`;
  });
  console.log(`  ${name.padEnd(34)} ${rights.join(', ')}`);
}
const delays = judged[8000].map(({ verdict }) => verdict.afterMs).toSorted((a, b) => a - b);
console.log(`\ntime to the verdict: median ${delays[delays.length >> 1]} ms, longest ${delays.at(-1)} ms`);
console.log(`cost: ${costOf(8000).toFixed(1)} us a frame of 20 ms at 8 kHz, ${costOf(16000).toFixed(1)} at 16 kHz`);
console.log(`machine: ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);

function printTable(title: string, part: readonly Judged[]): void {
  console.log(`\n${`${title}: ${part.length} answers`.padEnd(36)} ${VERDICTS.map((verdict) => verdict.padStart(8)).join('')}`);
  for (const answerer of ANSWERERS) {
    const counts = VERDICTS.map(
      (verdict) => part.filter((one) => one.greeting.answerer === answerer && one.verdict.by === verdict).length,
    );
    console.log(`${answerer.padEnd(36)} ${counts.map((count) => String(count).padStart(8)).join('')}`);
  }
  console.log(`right: ${part.filter(isRight).length} of ${part.length} (${(100 * accuracy(part)).toFixed(1)} %)`);
}

function printOne({ greeting, verdict }: Judged): void {
  const { by, reason, afterMs, voiceMs, words } = verdict;
  console.log(
    `  ${greeting.answerer}, ${greeting.set}: ${greeting.name} -> ${by}, ${reason}, ${afterMs} ms (${voiceMs} ms of voice, ${words} words)`,
  );
}

/** Microseconds a frame, over everything up to the window's end. */
function costOf(sampleRate: SampleRate): number {
  const rules = { ...DEFAULT_ANSWER, greetingMs: 1e9, speechMs: 1e9, words: 1e9, silenceMs: 1e9, initialSilenceMs: 1e9 };
  const pcm = sounds[0] ?? new Int16Array(0);
  const pieces = frames(pcm, sampleRate / 50).slice(0, 240);
  let spent = 0;
  for (let round = 0; round < COST_ROUNDS; round++) {
    const detector = new AnswerDetector(sampleRate, rules);
    const start = performance.now();
    for (const piece of pieces) detector.process(piece);
    if (round >= COST_ROUNDS / 4) spent += performance.now() - start;
  }
  return (spent * 1000) / (pieces.length * COST_ROUNDS * 0.75);
}
