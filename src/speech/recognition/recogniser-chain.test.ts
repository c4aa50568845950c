import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScriptedRecognition } from '../../../testkit/scripted-recogniser.ts';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { ConfiguredRecogniser } from './configured-recogniser.ts';
import { MAX_UTTERANCE_MS, type Recogniser, RecognitionError, type RecognitionRequest } from './recogniser.ts';
import { RecogniserChain } from './recogniser-chain.ts';

class ScriptedEngine implements Recogniser {
  readonly name: string;
  readonly asked: ScriptedRecognition[] = [];

  constructor(name: string) {
    this.name = name;
  }

  recognise(request: RecognitionRequest): ScriptedRecognition {
    const recognition = new ScriptedRecognition(request);
    this.asked.push(recognition);
    return recognition;
  }

  async close(): Promise<void> {
    for (const recognition of this.asked) recognition.cancel();
  }
}

const request: RecognitionRequest = {
  sampleRate: 16_000,
  language: 'en-US',
  hints: [],
  model: 'default',
  profanityFilter: false,
  resultWithinMs: 5_000,
};

function chained() {
  const clock = new VirtualClock();
  const warnings: unknown[] = [];
  const chain = new RecogniserChain({ clock, log: { warn: (facts) => void warnings.push(facts) } });
  const [first, second] = [new ScriptedEngine('first'), new ScriptedEngine('second')];
  chain.use([first, second]);
  return { clock, chain, first, second, warnings };
}

const second = (recognition: { push(pcm: Int16Array): void }) => recognition.push(new Int16Array(16_000));

describe('the engines as one', () => {
  test('the first one recognises', async () => {
    const { clock, chain, first, second: other } = chained();
    const recognition = chain.recognise(request);
    second(recognition);
    recognition.end();
    first.asked[0]?.understands('hello', 0.7);
    assert.deepEqual(await recognition.result, { text: 'hello', confidence: 0.7 });
    assert.equal(other.asked.length, 0);
    assert.deepEqual([clock.pending, chain.size], [0, 0]);
  });

  test('when one fails in the middle the next gets all of the audio, and the failed one rests', async () => {
    const { clock, chain, first, second: other, warnings } = chained();
    const recognition = chain.recognise(request);
    second(recognition);
    first.asked[0]?.fails('the server was lost');
    await clock.advance(1);
    second(recognition);
    assert.equal(other.asked[0]?.samples, 32_000);
    recognition.end();
    assert.equal(other.asked[0]?.isEnded, true);
    other.asked[0]?.understands('hello');
    assert.equal((await recognition.result).text, 'hello');
    assert.equal(warnings.length, 1);
    const next = chain.recognise(request);
    assert.deepEqual([first.asked.length, other.asked.length], [1, 2]);
    next.cancel();
    await clock.advance(30_000);
    chain.recognise(request).cancel();
    assert.equal(first.asked.length, 2);
    await clock.advance(1);
    assert.deepEqual([clock.pending, chain.size], [0, 0]);
  });

  test('an engine that does not answer in time has failed; when all have, that is the result', async () => {
    const { clock, chain, first, second: other } = chained();
    const recognition = chain.recognise(request);
    recognition.end();
    await clock.advance(5_000);
    assert.equal(first.asked[0]?.isCancelled, true);
    other.asked[0]?.fails('no credit');
    await assert.rejects(recognition.result, { kind: 'timed out', message: 'first: no result within 5000 ms; no credit' });
    assert.deepEqual([clock.pending, chain.size], [0, 0]);
  });

  test('an utterance without end ends at its longest', async () => {
    const { clock, chain, first } = chained();
    const recognition = chain.recognise(request);
    for (let s = 0; s < MAX_UTTERANCE_MS / 1_000 + 5; s++) second(recognition);
    assert.deepEqual([first.asked[0]?.isEnded, first.asked[0]?.samples], [true, (MAX_UTTERANCE_MS / 1_000) * 16_000]);
    const forgotten = chain.recognise(request);
    await clock.advance(2 * MAX_UTTERANCE_MS);
    assert.equal(first.asked[1]?.isEnded ?? false, true);
    recognition.cancel();
    forgotten.cancel();
    await clock.advance(1);
    assert.deepEqual([clock.pending, chain.size], [0, 0]);
  });

  test('no more utterances at once than there may be', async () => {
    const { clock, chain } = chained();
    const many = Array.from({ length: 501 }, () => chain.recognise(request));
    await assert.rejects(
      many.at(-1)?.result ?? Promise.resolve(),
      (error) => error instanceof RecognitionError && error.kind === 'busy',
    );
    await chain.close();
    await clock.advance(1);
    assert.deepEqual([clock.pending, chain.size], [0, 0]);
  });

  test('masks obscene words, in interim results too', async () => {
    const { chain, first } = chained();
    const interims: string[] = [];
    const recognition = chain.recognise({
      ...request,
      profanityFilter: true,
      interim: ({ stable, unstable }) => interims.push(`${stable}|${unstable}`),
    });
    first.asked[0]?.request.interim?.({ stable: 'oh', unstable: 'Shit', stability: 0.1 });
    first.asked[0]?.understands('Oh shit, my class');
    assert.equal((await recognition.result).text, 'Oh s***, my class');
    assert.deepEqual(interims, ['oh|S***']);
  });

  test('without an engine nothing is available, and a missing section changes nothing', async () => {
    const never = () => Promise.reject(new Error('not asked'));
    const configured = new ConfiguredRecogniser({
      clock: new VirtualClock(),
      log: { warn: () => undefined },
      send: never,
      open: never,
    });
    assert.equal(configured.available, false);
    await assert.rejects(configured.recognise(request).result, { kind: 'engine missing' });
    assert.throws(() => configured.use({ engines: ['websocket'] }), /recognition\.websocket is missing/);
    configured.use({ engines: ['command'], command: { run: ['x'] }, language: 'de-DE' });
    assert.deepEqual([configured.available, configured.language], [true, 'de-DE']);
    await configured.close();
  });
});
