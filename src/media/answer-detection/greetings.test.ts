import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { greetings } from '../../../testkit/greetings/corpus.ts';
import type { Greeting } from '../../../testkit/greetings/greeting.ts';
import { GreetingRenderer } from '../../../testkit/greetings/render.ts';
import { accuracy, isRight, type Judged, judge } from '../../../testkit/greetings/score.ts';

/** Every so manieth greeting: `npm run bench:amd` scores all of them. */
const STEP = 5;
/** The whole set has 0.94; a share of it varies by a greeting or two. */
const LEAST_ACCURACY = 0.9;
/** A person who is taken for a machine is hung up on. */
const MOST_PEOPLE_LOST = 1;

/** One of each kind that every version has to tell. */
const PLAIN = [
  'Hello?',
  'Hello, this is Anna speaking',
  'Yes?',
  'Hello, pause, hello?',
  'Hello in white noise',
  'German: Ja, bitte?',
  'long, beep 1000 Hz',
  'long, no beep',
  'pause after Hello',
  'short with beep soon',
  'Spanish',
  'fax machine',
  'silence',
  'white noise',
  'ring-back, North America',
  'keys',
  'music, piano',
  'music, strings',
];

describe('greetings', () => {
  const renderer = new GreetingRenderer();
  after(() => renderer.close());

  async function judged(wanted: readonly Greeting[]): Promise<readonly Judged[]> {
    const all: Judged[] = [];
    for (const greeting of wanted) all.push({ greeting, verdict: judge(await renderer.render(greeting)) });
    return all;
  }
  const shown = (all: readonly Judged[]): string =>
    all.map(({ greeting, verdict }) => `${greeting.name}: ${verdict.by}`).join(', ');

  it('plain ones are told without a mistake', async () => {
    const wrong = (await judged(greetings.filter(({ name }) => PLAIN.includes(name)))).filter((one) => !isRight(one));
    assert.equal(shown(wrong), '');
  });

  it('of all kinds are told as well as before', async () => {
    const sample = await judged(greetings.filter((_, index) => index % STEP === 0));
    const wrong = sample.filter((one) => !isRight(one));
    assert.ok(accuracy(sample) >= LEAST_ACCURACY, `${accuracy(sample)}: ${shown(wrong)}`);
    const lost = wrong.filter(({ greeting, verdict }) => greeting.answerer === 'person' && verdict.by === 'machine');
    assert.ok(lost.length <= MOST_PEOPLE_LOST, shown(lost));
  });

  it('have names of their own, and there are enough of each kind to tune with and to check with', () => {
    assert.equal(new Set(greetings.map(({ name }) => name)).size, greetings.length);
    for (const set of ['tuning', 'held-out'] as const) {
      for (const answerer of ['person', 'machine', 'neither'] as const) {
        assert.ok(greetings.filter((one) => one.set === set && one.answerer === answerer).length >= 10, `${set} ${answerer}`);
      }
    }
  });
});
