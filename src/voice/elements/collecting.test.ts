import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getDigits, getInput, inbound, play, speak, waitFor } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';

const MENU = 'http://app.example/menu';
const SAID = 'http://app.example/said';

type Run = ReturnType<typeof inbound>;

/** Digits that the action was told. */
const told = ({ rig }: Run, url = MENU) =>
  rig.application.requestsTo(url).map(({ result }) => (result && 'digits' in result ? result.digits : undefined));

async function collecting(element: Parameters<typeof getDigits>[0]) {
  const run = inbound([getDigits({ ...element, redirect: false }), speak('End')]);
  await run.rig.clock.advance(10);
  return run;
}

describe('GetDigits', () => {
  test('waits for the first digit as long as its timeout, counted after the prompts', async () => {
    const run = inbound([getDigits({ timeoutMs: 5_000, prompts: [speak('Press a key.')] }), speak('End')]);
    await run.rig.clock.advance(60_000);
    // 12 characters take 600 ms.
    assert.deepEqual(run.heardAt(), [0, 5_600]);
    assert.deepEqual(told(run), []);
    await run.rig.assertClean();
  });

  test('submits what was typed when nothing follows for the digit timeout', async () => {
    const run = await collecting({ digitTimeoutMs: 2_000 });
    run.leg.media?.press('4');
    await run.rig.clock.advance(1_900);
    run.leg.media?.press('2');
    await run.rig.clock.advance(1_990);
    assert.deepEqual(told(run), []);
    await run.rig.clock.advance(20);
    assert.deepEqual(told(run), ['42']);
    await run.rig.assertClean();
  });

  test('ends with the finish key, which is not part of the digits', async () => {
    const run = await collecting({ finishOnKey: '*' });
    run.leg.media?.press('1#2*');
    await run.rig.clock.advance(1);
    assert.deepEqual(told(run), ['1#2']);
    await run.rig.assertClean();
  });

  test('takes every key as a digit without a finish key', async () => {
    const run = await collecting({ finishOnKey: '', digitTimeoutMs: 2_000 });
    run.leg.media?.press('1#*');
    await run.rig.clock.advance(1_999);
    assert.deepEqual(told(run), []);
    await run.rig.clock.advance(2);
    assert.deepEqual(told(run), ['1#*']);
    await run.rig.assertClean();
  });

  test('stops at the wanted number and ignores what is pressed after it', async () => {
    const run = await collecting({ numDigits: 3 });
    run.leg.media?.press('12345');
    await run.rig.clock.advance(1);
    assert.deepEqual(told(run), ['123']);
    await run.rig.assertClean();
  });

  test('the finish key alone is no input', async () => {
    const run = await collecting({});
    run.leg.media?.press('#');
    await run.rig.clock.advance(1_000);
    assert.deepEqual(told(run), []);
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('beeps after the prompts', async () => {
    const run = inbound([getDigits({ playBeep: true, prompts: [speak('Type.')] })]);
    await run.rig.clock.advance(300);
    assert.deepEqual(run.leg.media?.heard.at(1)?.sources, [{ kind: 'tone', tone: 'beep' }]);
    await run.rig.assertClean();
  });

  test('a key stops the prompt, and neither the next prompt nor the beep is heard', async () => {
    const run = inbound([
      getDigits({ playBeep: true, prompts: [speak('One.', 0), waitFor(5), play('http://cdn.example/x.mp3')] }),
    ]);
    await run.rig.clock.advance(100);
    run.leg.media?.press('1');
    await run.rig.clock.advance(1);
    assert.equal(run.leg.media?.isPlaying, false);
    await run.rig.clock.advance(1_000);
    assert.equal(run.leg.media?.heard.length, 1);
    await run.rig.assertClean();
  });

  test('a key ends a Wait among the prompts', async () => {
    const run = inbound([getDigits({ numDigits: 1, prompts: [waitFor(30)] })]);
    await run.rig.clock.advance(100);
    run.leg.media?.press('1');
    await run.rig.clock.advance(1);
    assert.deepEqual(told(run), ['1']);
    await run.rig.assertClean();
  });

  test('prompts are played anew with each of its attempts', async () => {
    const run = inbound([getDigits({ retries: 3, timeoutMs: 1_000, prompts: [speak('Press.')] })]);
    await run.rig.clock.advance(60_000);
    assert.equal(run.leg.media?.heard.length, 3);
    await run.rig.assertClean();
  });

  test('an invalid key ends the attempt, whatever was typed before', async () => {
    const run = await collecting({ validDigits: '12', retries: 2 });
    run.leg.media?.press('19');
    await run.rig.clock.advance(1);
    run.leg.media?.press('2#');
    await run.rig.clock.advance(1);
    assert.deepEqual(told(run), ['2']);
    assert.equal(run.events('invalid_digit').length, 1);
    await run.rig.assertClean();
  });

  test('an invalid key without attempts left plays its sound and goes on', async () => {
    const run = inbound(
      [getDigits({ validDigits: '1', invalidDigitsSound: 'http://cdn.example/no.wav' }), speak('End')],
      (rig) => {
        rig.sounds.set('http://cdn.example/no.wav', 700);
      },
    );
    await run.rig.clock.advance(10);
    run.leg.media?.press('9');
    await run.rig.clock.advance(1_000);
    assert.deepEqual(run.heardAt(), [10, 710]);
    await run.rig.assertClean();
  });

  test('without an action the digits lead nowhere and the next element runs', async () => {
    const run = inbound([getDigits({ action: undefined, numDigits: 1 }), speak('End')]);
    await run.rig.clock.advance(10);
    run.leg.media?.press('1');
    await run.rig.clock.advance(1_000);
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('log="false" leaves no digit in any step of the timeline and marks the request', async () => {
    const run = inbound([getDigits({ log: false, validDigits: '73', retries: 2 }), getInput({ log: false, redirect: false })]);
    run.rig.application.answers(MENU, [getInput({ log: false, redirect: false })]);
    await run.rig.clock.advance(10);
    run.leg.media?.press('8');
    await run.rig.clock.advance(10);
    run.leg.media?.press('7373#');
    await run.rig.clock.advance(10);
    run.leg.media?.press('7373#');
    await run.rig.clock.advance(10);
    assert.deepEqual(told(run), ['7373']);
    assert.deepEqual(told(run, SAID), ['7373']);
    assert.deepEqual(
      run.rig.application.requests.map(({ request }) => request.confidential ?? false),
      [false, true, true],
    );
    const details = run.rig.steps.map(({ detail }) => JSON.stringify({ ...detail, media: undefined }));
    assert.equal(details.filter((detail) => /73|"8"/.test(detail)).length, 0);
    await run.rig.assertClean();
  });

  test('the caller hangs up at any moment: nothing is requested and nothing is left', async () => {
    for (let ms = 0; ms <= 4_000; ms += 250) {
      const run = inbound([
        getDigits({ retries: 2, timeoutMs: 500, playBeep: true, prompts: [speak('Press.'), waitFor(1)] }),
        speak('End', 0),
      ]);
      await run.rig.clock.advance(ms);
      run.leg.leaves(hangupCause(4000, 'Caller'));
      await run.rig.clock.advance(1);
      assert.equal(run.ending(), '4000 Caller');
      assert.deepEqual(told(run), []);
      await run.rig.assertClean();
    }
  });
});

describe('GetInput', () => {
  test('tells keys as input', async () => {
    const run = inbound([getInput({ numDigits: 2 })]);
    await run.rig.clock.advance(10);
    run.leg.media?.press('12');
    await run.rig.clock.advance(10);
    assert.deepEqual(run.rig.application.requestsTo(SAID).at(0)?.result, {
      element: 'GetInput',
      inputType: 'dtmf',
      digits: '12',
      speech: '',
      confidence: undefined,
    });
    await run.rig.assertClean();
  });

  test('its time is counted after the prompts, and ends it also while keys are pressed', async () => {
    const run = inbound([getInput({ executionTimeoutMs: 5_000, prompts: [speak('Enter.')], redirect: false })]);
    await run.rig.clock.advance(300);
    for (let key = 0; key < 10; key++) {
      run.leg.media?.press('5');
      await run.rig.clock.advance(600);
    }
    assert.deepEqual(told(run, SAID), ['555555555']);
    await run.rig.assertClean();
  });

  test('without input the next element runs, after all attempts', async () => {
    const run = inbound([getInput({ executionTimeoutMs: 5_000, retries: 2, prompts: [speak('Enter.')] }), speak('End')]);
    await run.rig.clock.advance(60_000);
    assert.deepEqual(run.heardAt(), [0, 5_300, 10_600]);
    assert.deepEqual(told(run, SAID), []);
    await run.rig.assertClean();
  });

  test('a start timeout ends the wait for the first key early', async () => {
    const run = inbound([getInput({ startInputTimeoutMs: 2_000 }), speak('End')]);
    await run.rig.clock.advance(60_000);
    assert.deepEqual(run.heardAt(), [2_000]);
    await run.rig.assertClean();
  });

  test('keys are submitted after their end timeout', async () => {
    const run = inbound([getInput({ digitEndTimeoutMs: 4_000, redirect: false })]);
    await run.rig.clock.advance(10);
    run.leg.media?.press('1');
    await run.rig.clock.advance(3_990);
    assert.deepEqual(told(run, SAID), []);
    await run.rig.clock.advance(20);
    assert.deepEqual(told(run, SAID), ['1']);
    await run.rig.assertClean();
  });

  test('for speech alone keys do not count, and without a recogniser nothing is heard', async () => {
    const run = inbound([
      getInput({ inputs: new Set(['speech']), executionTimeoutMs: 5_000, prompts: [speak('Say it.')] }),
      speak('End'),
    ]);
    await run.rig.clock.advance(100);
    run.leg.media?.press('1#');
    await run.rig.clock.advance(60_000);
    assert.deepEqual(told(run, SAID), []);
    // There is nobody to wait for.
    assert.deepEqual(run.heardAt(), [0, 350]);
    assert.equal(run.events('speech_unavailable').length, 1);
    await run.rig.assertClean();
  });
});
