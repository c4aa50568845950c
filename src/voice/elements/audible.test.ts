import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dtmf, hangup, inbound, play, redirect, speak, waitFor } from '../../../testkit/voice-elements.ts';
import { createVoiceRig } from '../../../testkit/voice-rig.ts';
import type { VoiceElement } from '../document.ts';
import { hangupCause } from '../hangup-cause.ts';

const BEEP = { durationMs: 300, interSilenceMs: 50, intraSilenceMs: 500, threshold: 256 };

describe('Speak and Play', () => {
  test('answer the call and are heard as often as they say', async () => {
    const run = inbound([speak('Hello', 3), play('http://cdn.example/a.mp3', 2)], (rig) =>
      rig.sounds.set('http://cdn.example/a.mp3', 1_000),
    );
    await run.rig.clock.advance(10);
    assert.deepEqual(run.leg.asked, ['answer']);
    await run.rig.clock.advance(10_000);
    assert.deepEqual(run.heardAt(), [0, 750]);
    assert.equal(run.end()?.at, run.call.facts.startedAt + 2_750);
    await run.rig.assertClean();
  });

  test('loop="0" goes on until the call ends', async () => {
    const run = inbound([speak('Again', 0), speak('never heard')]);
    await run.rig.clock.advance(3_600_000);
    assert.equal(run.leg.media?.isPlaying, true);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.assertClean();
    assert.equal(run.leg.media?.heard.length, 1);
  });

  test('a caller that leaves while the call is being answered hears nothing', async () => {
    const run = inbound([speak('Hello')], () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    run.leg.opening = promise;
    await run.rig.clock.advance(10);
    run.leg.leaves(hangupCause(1000, 'Caller'));
    resolve();
    await run.rig.clock.advance(10);
    assert.equal(run.ending(), '1000 Caller');
    assert.equal(run.call.facts.answeredAt, undefined);
    await run.rig.assertClean();
  });
});

describe('Wait', () => {
  test('lasts its length on an answered call', async () => {
    const run = inbound([speak('a'), waitFor(4), speak('b')]);
    await run.rig.clock.advance(10_000);
    assert.deepEqual(run.heardAt(), [0, 4_050]);
    await run.rig.assertClean();
  });

  test('ends early with the silence it waits for, and leaves no timer', async () => {
    const run = inbound([speak('a'), waitFor(60, { minSilenceMs: 2_000 }), speak('b', 0)]);
    await run.rig.clock.advance(3_000);
    assert.deepEqual(run.leg.media?.listensFor, [{ silenceMs: 2_000, beep: undefined }]);
    run.leg.media?.hear({ kind: 'silence' });
    await run.rig.clock.advance(1);
    assert.equal(run.leg.media?.heard.length, 2);
    // Only the longest duration of a call is left.
    assert.equal(run.rig.clock.pending, 1);
    await run.rig.assertClean();
  });

  test('ends with a beep', async () => {
    const run = inbound([speak('a'), waitFor(60, { beep: BEEP }), speak('b', 0)]);
    await run.rig.clock.advance(3_000);
    run.leg.media?.hear({ kind: 'beep' });
    await run.rig.clock.advance(1);
    assert.equal(run.leg.media?.heard.length, 2);
    await run.rig.assertClean();
  });

  test('ends after its length when there was neither silence nor beep', async () => {
    const run = inbound([speak('a'), waitFor(5, { beep: BEEP }), speak('b', 0)]);
    await run.rig.clock.advance(5_100);
    assert.equal(run.leg.media?.heard.length, 2);
    assert.deepEqual(run.leg.media?.listensFor, []);
    await run.rig.assertClean();
  });

  test('cannot hear silence on a call that is not answered: it waits its length', async () => {
    const run = inbound([waitFor(5, { minSilenceMs: 1_000 }), speak('b', 0)]);
    await run.rig.clock.advance(4_999);
    assert.deepEqual(run.leg.asked, []);
    await run.rig.clock.advance(2);
    assert.deepEqual(run.leg.asked, ['answer']);
    await run.rig.assertClean();
  });
});

describe('DTMF', () => {
  test('async: the next element starts after the first digit', async () => {
    const run = inbound([dtmf('123'), speak('Go', 0)]);
    await run.rig.clock.advance(1_000);
    assert.deepEqual(run.heardAt(), [100]);
    assert.equal(run.leg.media?.sentDigits, '123');
    await run.rig.assertClean();
  });

  test('otherwise after the last, pauses included', async () => {
    const run = inbound([dtmf('1w2W#', false), speak('Go', 0)]);
    await run.rig.clock.advance(5_000);
    assert.equal(run.leg.media?.sentDigits, '12#');
    assert.deepEqual(run.heardAt(), [3 * 200 + 500 + 1_000]);
    await run.rig.assertClean();
  });

  test('a caller that leaves ends the digits', async () => {
    const run = inbound([dtmf('1WWWW2', false)]);
    await run.rig.clock.advance(1_000);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.clock.advance(10_000);
    assert.equal(run.leg.media?.sentDigits, '1');
    await run.rig.assertClean();
  });
});

describe('Hangup', () => {
  const cases: readonly (readonly [string, readonly VoiceElement[], string])[] = [
    ['alone', [hangup()], '4000 Answer XML'],
    ['as busy', [hangup({ reason: 'busy' })], '3010 Answer XML'],
    ['as rejected', [hangup({ reason: 'rejected' })], '3020 Answer XML'],
    ['as busy, after the answer', [speak('a'), hangup({ reason: 'busy' })], '4000 Answer XML'],
    ['as rejected, after a Wait', [waitFor(1), hangup({ reason: 'rejected' })], '3020 Answer XML'],
  ];
  for (const [name, elements, expected] of cases) {
    test(`${name}: ${expected}`, async () => {
      const run = inbound([...elements, speak('never heard')]);
      await run.rig.clock.advance(2_000);
      assert.equal(run.ending(), expected);
      await run.rig.assertClean();
    });
  }

  test('on an outbound call is a plain hangup whatever its reason', async () => {
    const rig = createVoiceRig();
    const { call, flow, leg } = rig.startCall('outbound');
    rig.application.answers('http://app.example/answer', [hangup({ reason: 'busy' })]);
    leg.answers();
    await flow.run({ kind: 'answer', answer: { url: 'http://app.example/answer', method: 'POST' }, fallback: undefined });
    await rig.clock.advance(1);
    assert.deepEqual([call.facts.ended?.cause.code, call.facts.ended?.cause.source], [4000, 'Answer XML']);
    await rig.assertClean();
  });

  test('scheduled: what follows runs, the plan has an id in every request, and the call ends with 6000', async () => {
    const run = inbound([hangup({ scheduleMs: 10_000, reason: 'busy' }), redirect('http://app.example/next')]);
    run.rig.application.answers('http://app.example/next', [speak('text', 0)]);
    await run.rig.clock.advance(10);
    const [first, next] = run.rig.application.requests;
    assert.equal(first?.request.call.scheduledHangupId, undefined);
    assert.match(next?.request.call.scheduledHangupId ?? '', /^[0-9a-f-]{36}$/);
    await run.rig.clock.advance(9_980);
    assert.equal(run.ending(), undefined);
    await run.rig.clock.advance(20);
    assert.equal(run.ending(), '6000 Plivo');
    await run.rig.assertClean();
  });

  test('a later schedule replaces an earlier one', async () => {
    const run = inbound([hangup({ scheduleMs: 10_000 }), hangup({ scheduleMs: 20_000 }), speak('text', 0)]);
    await run.rig.clock.advance(19_990);
    assert.equal(run.ending(), undefined);
    await run.rig.clock.advance(20);
    assert.equal(run.ending(), '6000 Plivo');
    await run.rig.assertClean();
  });

  test('a schedule is forgotten when the call ends before', async () => {
    const run = inbound([hangup({ scheduleMs: 60_000 }), speak('short')]);
    await run.rig.clock.advance(1_000);
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('a schedule and the end of the document at the same moment end the call once', async () => {
    const run = inbound([hangup({ scheduleMs: 3_000 }), waitFor(3)]);
    await run.rig.clock.advance(10_000);
    assert.equal(run.ending(), '6000 Plivo');
    await run.rig.assertClean();
  });

  test('a schedule goes on over a transfer', async () => {
    const run = inbound([hangup({ scheduleMs: 10_000 }), speak('text', 0)]);
    run.rig.application.answers('http://app.example/other', [speak('other', 0)]);
    await run.rig.clock.advance(1_000);
    run.flow.transfer({ url: 'http://app.example/other', method: 'POST' });
    await run.rig.clock.advance(10_000);
    assert.equal(run.ending(), '6000 Plivo');
    await run.rig.assertClean();
  });
});

describe('PreAnswer', () => {
  test('its children are heard before the answer, a Hangup in time still rejects', async () => {
    const run = inbound([
      { element: 'PreAnswer', children: [speak('We are closed.'), dtmf('1'), waitFor(1)] },
      hangup({ reason: 'rejected' }),
    ]);
    await run.rig.clock.advance(5_000);
    assert.deepEqual(run.leg.asked, ['early']);
    assert.equal(run.ending(), '3020 Answer XML');
    assert.equal(run.end()?.billedS, 0);
    await run.rig.assertClean();
  });

  test('on an answered call its children simply run', async () => {
    const run = inbound([speak('Hi'), { element: 'PreAnswer', children: [speak('More')] }]);
    await run.rig.clock.advance(5_000);
    assert.deepEqual(run.leg.asked, ['answer']);
    assert.equal(run.leg.media?.heard.length, 2);
    await run.rig.assertClean();
  });

  test('a Redirect in it replaces the document, unanswered', async () => {
    const run = inbound([{ element: 'PreAnswer', children: [redirect('http://app.example/next')] }, speak('never')]);
    run.rig.application.answers('http://app.example/next', [waitFor(1), hangup({ reason: 'busy' })]);
    await run.rig.clock.advance(5_000);
    assert.deepEqual(run.leg.asked, ['early']);
    assert.equal(run.ending(), '3010 Answer XML');
    await run.rig.assertClean();
  });

  test('a minute without a packet of the caller does not end a call that is not answered', async () => {
    const run = inbound([{ element: 'PreAnswer', children: [speak('Please hold.', 0)] }]);
    await run.rig.clock.advance(10);
    run.leg.media?.loseMedia();
    await run.rig.clock.advance(10);
    assert.equal(run.ending(), undefined);
    await run.rig.assertClean();
  });
});

describe('Message', () => {
  test('is sent in the background', async () => {
    const message: VoiceElement = {
      element: 'Message',
      src: '14155550100',
      dst: ['14155550131', '14155550132'],
      text: 'Your ticket is open',
      callbackUrl: undefined,
      callbackMethod: 'POST',
    };
    const run = inbound([message, speak('Sent')]);
    await run.rig.clock.advance(1_000);
    assert.deepEqual(run.rig.messages, [message]);
    assert.deepEqual(run.events('message_sent'), [{ notes: ['2 accepted'] }]);
    await run.rig.assertClean();
  });

  test('one that is refused is in the timeline and the call goes on', async () => {
    const rig = createVoiceRig();
    const { call, flow } = rig.startCall('inbound');
    const message: VoiceElement = {
      element: 'Message',
      src: 'x',
      dst: ['y'],
      text: 'z',
      callbackUrl: undefined,
      callbackMethod: 'POST',
    };
    rig.application.answers('http://app.example/answer', [message, speak('On')]);
    Object.assign(rig.services, { sendMessage: () => Promise.reject(new Error('src is not yours')) });
    void flow.run({ kind: 'answer', answer: { url: 'http://app.example/answer', method: 'POST' }, fallback: undefined });
    await rig.clock.advance(1_000);
    assert.equal(call.facts.ended?.cause.code, 4010);
    assert.ok(rig.steps.some(({ event, detail }) => event === 'message_failed' && detail.reason === 'src is not yours'));
    await rig.assertClean();
  });
});
