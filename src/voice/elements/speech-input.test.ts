import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frames, silence, sine } from '../../../testkit/audio.ts';
import { getInput, inbound, post, speak } from '../../../testkit/voice-elements.ts';
import type { GetInputElement } from '../document.ts';
import { hangupCause } from '../hangup-cause.ts';

const SAID = 'http://app.example/said';
const INTERIM = 'http://app.example/interim';
const RATE = 16_000;
const FRAME_MS = 20;

type Run = ReturnType<typeof inbound>;

/** The caller's audio for so long, frame after frame. */
async function sounds({ rig, leg }: Run, audio: Int16Array): Promise<void> {
  for (const frame of frames(audio, (RATE * FRAME_MS) / 1_000)) {
    const bytes = new Uint8Array(frame.length * 2);
    bytes.set(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
    leg.media?.tapped('inbound', bytes);
    await rig.clock.advance(FRAME_MS);
  }
}
const speaks = (run: Run, ms: number) => sounds(run, sine(RATE, 300, ms));
const pauses = (run: Run, ms: number) => sounds(run, silence(RATE, ms));

function listening(more: Partial<GetInputElement> = {}, available = true): Run {
  const element = getInput({ inputs: new Set(['dtmf', 'speech']), redirect: false, ...more });
  return inbound([element, speak('End')], (rig) => {
    rig.recogniser.available = available;
  });
}

const told = ({ rig }: Run) => rig.application.requestsTo(SAID).map(({ result }) => result);
const speech = (text: string, confidence: number | undefined) => ({
  element: 'GetInput',
  inputType: 'speech',
  digits: '',
  speech: text,
  confidence,
});

describe('GetInput with speech', () => {
  test('asks for what was said between two silences, and tells it to its action', async () => {
    const run = listening({ language: 'de-DE', hints: ['hallo'], speechModel: 'phone_call', profanityFilter: true });
    await pauses(run, 500);
    await speaks(run, 800);
    const { latest } = run.rig.recogniser;
    const { language, hints, model, profanityFilter, sampleRate } = latest.request;
    assert.deepEqual([language, hints, model, profanityFilter, sampleRate], ['de-DE', ['hallo'], 'phone_call', true, RATE]);
    await pauses(run, 980);
    assert.equal(latest.isEnded, false);
    await pauses(run, 80);
    assert.equal(latest.isEnded, true);
    latest.understands('hallo', 0.92);
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('hallo', 0.92)]);
    assert.deepEqual(run.events('input'), [{ input: 'speech', speech: 'hallo', confidence: 0.92, attempt: 1 }]);
    assert.equal(run.leg.media?.taps.size, 0);
    await run.rig.assertClean();
  });

  test('an engine that tells no confidence counts as sure, and one may be done before the silence is', async () => {
    const run = listening({ speechEndTimeoutMs: 10_000 });
    await speaks(run, 400);
    run.rig.recogniser.latest.understands('yes', 'untold');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('yes', 1)]);
    await run.rig.assertClean();
  });

  test('speech stops the prompts, and silence does not', async () => {
    const run = listening({ prompts: [speak('A long question.', 0)] });
    await pauses(run, 2_000);
    assert.equal(run.leg.media?.isPlaying, true);
    await speaks(run, 200);
    assert.equal(run.leg.media?.isPlaying, false);
    await pauses(run, 1_100);
    run.rig.recogniser.latest.understands('stop');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('stop', 0.9)]);
    await run.rig.assertClean();
  });

  test('the first of keys and speech counts: a key ends what is being recognised', async () => {
    const run = listening();
    await speaks(run, 600);
    await pauses(run, 1_100);
    run.leg.media?.press('42#');
    await run.rig.clock.advance(10);
    assert.equal(run.rig.recogniser.latest.isCancelled, true);
    assert.deepEqual(told(run), [{ ...speech('', undefined), inputType: 'dtmf', digits: '42' }]);
    await run.rig.assertClean();
  });

  test('after a key nobody listens any more', async () => {
    const run = listening();
    await pauses(run, 100);
    run.leg.media?.press('4');
    await speaks(run, 600);
    assert.equal(run.rig.recogniser.utterances.length, 0);
    await run.rig.clock.advance(2_000);
    assert.equal(told(run).length, 1);
    await run.rig.assertClean();
  });

  test('what nobody can understand is no input, and the time goes on', async () => {
    const run = listening({ executionTimeoutMs: 10_000 });
    await speaks(run, 600);
    await pauses(run, 1_100);
    run.rig.recogniser.latest.understands('');
    await pauses(run, 500);
    await speaks(run, 600);
    await pauses(run, 1_100);
    run.rig.recogniser.latest.understands('at last');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('at last', 0.9)]);
    await run.rig.assertClean();
  });

  test('what is being said when the time is over is still understood', async () => {
    const run = listening({ executionTimeoutMs: 5_000 });
    await pauses(run, 4_600);
    await speaks(run, 600);
    assert.equal(run.rig.recogniser.latest.isEnded, true);
    run.leg.media?.press('1');
    run.rig.recogniser.latest.understands('just in time');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('just in time', 0.9)]);
    await run.rig.assertClean();
  });

  test('a caller who has begun to speak is not cut off by the time to the start', async () => {
    const run = listening({ startInputTimeoutMs: 2_000 });
    await pauses(run, 1_500);
    await speaks(run, 1_500);
    await pauses(run, 1_100);
    run.rig.recogniser.latest.understands('late');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), [speech('late', 0.9)]);
    await run.rig.assertClean();
  });

  test('a failed engine leaves the keys', async () => {
    const run = listening({ executionTimeoutMs: 8_000 });
    await speaks(run, 300);
    run.rig.recogniser.latest.fails('websocket: the socket was closed with 1006');
    await run.rig.clock.advance(10);
    assert.deepEqual(run.events('speech_failed'), [{ reason: 'websocket: the socket was closed with 1006', attempt: 1 }]);
    assert.equal(run.leg.media?.taps.size, 0);
    run.leg.media?.press('7#');
    await run.rig.clock.advance(10);
    assert.equal(told(run).length, 1);
    await run.rig.assertClean();
  });

  test('where speech alone is wanted a failed engine is no input, and the next attempt asks again', async () => {
    const run = listening({ inputs: new Set(['speech']), retries: 2, prompts: [speak('Who is it?')] });
    await pauses(run, 1_000);
    await speaks(run, 300);
    run.rig.recogniser.latest.fails('gone');
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.heard.length, 2);
    await pauses(run, 1_000);
    await speaks(run, 300);
    run.rig.recogniser.latest.fails('gone');
    await run.rig.clock.advance(1_000);
    assert.deepEqual([told(run), run.events('no_input').length, run.ending()], [[], 2, '4010 Plivo']);
    await run.rig.assertClean();
  });

  test('interim results are told in order, not too often, and the last is stable', async () => {
    const run = listening({ interimResults: post(INTERIM), log: false });
    await speaks(run, 200);
    const { latest } = run.rig.recogniser;
    latest.request.interim?.({ stable: '', unstable: 'cus', stability: 0.3 });
    latest.request.interim?.({ stable: '', unstable: 'custom', stability: 0.4 });
    await speaks(run, 400);
    latest.request.interim?.({ stable: 'customer', unstable: 'sup', stability: 0.5 });
    await pauses(run, 1_100);
    latest.understands('customer support');
    await run.rig.clock.advance(10);
    const interims = run.rig.application.notifications.flatMap((each) => (each.kind === 'interim-speech' ? [each] : []));
    assert.deepEqual(
      interims.map(({ sequence, result, confidential }) => [sequence, result.stable, result.unstable, confidential]),
      [
        [1, '', 'cus', true],
        [2, 'customer', 'sup', true],
        [3, 'customer support', '', true],
      ],
    );
    const details = run.rig.steps.map(({ detail }) => JSON.stringify({ ...detail, media: undefined }));
    assert.equal(details.filter((detail) => /customer/.test(detail)).length, 0);
    await run.rig.assertClean();
  });

  test('the caller hangs up at any moment: nothing is asked of the engine any more and nothing is left', async () => {
    for (let ms = 0; ms <= 2_400; ms += 300) {
      const run = listening({ prompts: [speak('Say it.')] });
      await pauses(run, 400);
      await speaks(run, Math.min(ms, 900));
      await pauses(run, Math.max(20, ms - 900));
      run.leg.leaves(hangupCause(4000, 'Caller'));
      await run.rig.clock.advance(1);
      assert.equal(run.ending(), '4000 Caller');
      assert.deepEqual(told(run), []);
      await run.rig.assertClean();
    }
  });

  describe('is paid for', () => {
    const priced = (more: Partial<GetInputElement> = {}): Run => {
      const run = listening(more);
      run.rig.charges.price = 20_000;
      return run;
    };
    const billed = (run: Run) => told(run).map((result) => (result?.element === 'GetInput' ? result.billedMicros : undefined));

    test('by 15 seconds that were begun, of all utterances together', async () => {
      const run = priced({ executionTimeoutMs: 60_000 });
      await speaks(run, 9_000);
      await pauses(run, 1_100);
      run.rig.recogniser.latest.understands('');
      await run.rig.clock.advance(1);
      assert.deepEqual(run.rig.charges.taken, ['speech_recognition 1'], 'at once');
      await speaks(run, 8_000);
      await pauses(run, 1_100);
      run.rig.recogniser.latest.understands('a long story');
      await run.rig.clock.advance(10);
      assert.deepEqual([run.rig.charges.taken, billed(run)], [['speech_recognition 1', 'speech_recognition 1'], [40_000]]);
      await run.rig.assertClean();
    });

    test('also where nothing came of it, and once', async () => {
      const run = priced({ inputs: new Set(['speech']), executionTimeoutMs: 5_000 });
      await speaks(run, 600);
      await pauses(run, 1_100);
      run.rig.recogniser.latest.understands('');
      await run.rig.clock.advance(10_000);
      assert.deepEqual([run.rig.charges.taken, told(run)], [['speech_recognition 1'], []]);
      await run.rig.assertClean();
    });

    test('and keys, silence and an engine that failed are not', async () => {
      const run = priced({ executionTimeoutMs: 8_000 });
      await speaks(run, 300);
      run.rig.recogniser.latest.fails('gone');
      run.leg.media?.press('7#');
      await run.rig.clock.advance(10);
      assert.deepEqual([run.rig.charges.taken, billed(run)], [[], [undefined]]);
      await run.rig.assertClean();
    });
  });
});
