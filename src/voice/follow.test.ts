import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, getDigits, getInput, inbound, post, record, redirect, speak } from '../../testkit/voice-elements.ts';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import type { DocumentAnswer } from './call-application.ts';
import type { VoiceElement } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

type Failure = Exclude<DocumentAnswer, { kind: 'document' | 'acknowledged' | 'cancelled' }>;

const unreachable: Failure = { kind: 'unreachable', reason: 'connection refused' };
const invalidDocument: Failure = { kind: 'invalid-document', reason: 'not XML' };
const invalidUrl: Failure = { kind: 'invalid-url', reason: 'not http' };
const invalidMethod: Failure = { kind: 'invalid-method', reason: 'PUT' };
const failures = [unreachable, invalidUrl, invalidMethod, invalidDocument];

/** Runs an inbound call whose answer URL answers so, and tells how it ended. */
async function endOf(answer: readonly VoiceElement[] | Failure, fallback?: readonly VoiceElement[] | Failure) {
  const rig = createVoiceRig();
  const { call, flow, leg } = rig.startCall('inbound');
  rig.application.answers('http://app.example/answer', answer);
  if (fallback) rig.application.answers('http://app.example/fallback', fallback);
  void flow.run({
    kind: 'answer',
    answer: post('http://app.example/answer'),
    fallback: fallback && post('http://app.example/fallback'),
  });
  await rig.clock.advance(1);
  return { rig, call, leg, flow, ending: () => ending(rig, call.id) };
}

function ending(rig: ReturnType<typeof createVoiceRig>, callId: string): string | undefined {
  const cause = rig.ended.find((facts) => facts.callId === callId)?.ended?.cause;
  return cause && `${cause.code} ${cause.source}`;
}

describe('the answer URL', () => {
  for (const [failure, code] of [
    [unreachable, 7011],
    [invalidUrl, 7011],
    [invalidMethod, 7011],
    [invalidDocument, 8011],
  ] as const) {
    test(`${failure.kind} ends the call with ${code}, unanswered`, async () => {
      const { rig, leg, ending } = await endOf(failure);
      assert.equal(ending(), `${code} Error`);
      assert.deepEqual(leg.asked, []);
      await rig.assertClean();
    });

    test(`${failure.kind} is made good by the fallback URL`, async () => {
      const { rig, ending } = await endOf(failure, [speak('Sorry')]);
      await rig.clock.advance(1_000);
      assert.equal(ending(), '4010 Plivo');
      assert.deepEqual(
        rig.application.requests.map(({ request }) => request.purpose),
        ['answer', 'fallback'],
      );
      await rig.assertClean();
    });

    test(`${failure.kind} of the fallback URL as well ends the call with ${code}`, async () => {
      const { rig, ending } = await endOf(unreachable, failure);
      assert.equal(ending(), `${code} Error`);
      await rig.assertClean();
    });
  }

  test('no fallback is asked for after a good answer, nor when its address is empty', async () => {
    const good = await endOf([], [speak('never')]);
    assert.equal(good.rig.application.requests.length, 1);
    const rig = createVoiceRig();
    const { call, flow } = rig.startCall('inbound');
    void flow.run({ kind: 'answer', answer: post('http://nobody.example'), fallback: post('') });
    await rig.clock.advance(1);
    assert.equal(ending(rig, call.id), '7011 Error');
    assert.equal(rig.application.requests.length, 1);
  });

  test('is not followed when the caller hangs up while it is asked', async () => {
    const rig = createVoiceRig();
    const { call, flow, leg } = rig.startCall('inbound');
    rig.application.answers('http://app.example/answer', [speak('never')]);
    rig.application.delays('http://app.example/answer', 5_000);
    void flow.run({
      kind: 'answer',
      answer: post('http://app.example/answer'),
      fallback: post('http://app.example/fallback'),
    });
    await rig.clock.advance(1_000);
    leg.leaves(hangupCause(1000, 'Caller'));
    await rig.clock.advance(10_000);
    assert.equal(ending(rig, call.id), '1000 Caller');
    assert.deepEqual(leg.asked, []);
    assert.equal(rig.application.requests.length, 1);
    await rig.assertClean();
  });
});

/** What reaches an action: its element, and what the far end does until it is requested. */
const actions = {
  GetDigits: {
    element: (follows: boolean) => getDigits({ action: post('http://app.example/next'), redirect: follows }),
    act: ({ leg }: ReturnType<typeof inbound>) => leg.media?.press('1#'),
  },
  GetInput: {
    element: (follows: boolean) => getInput({ action: post('http://app.example/next'), redirect: follows }),
    act: ({ leg }: ReturnType<typeof inbound>) => leg.media?.press('1#'),
  },
  Record: {
    element: (follows: boolean) => record({ action: post('http://app.example/next'), redirect: follows, playBeep: false }),
    act: ({ leg }: ReturnType<typeof inbound>) => leg.media?.press('#'),
  },
  Dial: {
    element: (follows: boolean) => dial(['14155550111'], { action: post('http://app.example/next'), redirect: follows }),
    act: ({ rig }: ReturnType<typeof inbound>) => rig.dialled[0]?.leg.refuses(486),
  },
};
const actionCodes = { unreachable: 7012, 'invalid-url': 7022, 'invalid-method': 7032, 'invalid-document': 8012 };

for (const [name, { element, act }] of Object.entries(actions)) {
  describe(`the action of ${name}`, () => {
    for (const failure of failures) {
      test(`${failure.kind} ends the call with ${actionCodes[failure.kind]} when it is to be followed`, async () => {
        const run = inbound([element(true), speak('never heard')]);
        run.rig.application.answers('http://app.example/next', failure);
        await run.rig.clock.advance(10);
        act(run);
        await run.rig.clock.advance(10);
        assert.equal(run.ending(), `${actionCodes[failure.kind]} Error`);
        await run.rig.assertClean();
      });

      test(`${failure.kind} does not matter with redirect="false"`, async () => {
        const run = inbound([element(false), speak('Thank you')]);
        run.rig.application.answers('http://app.example/next', failure);
        await run.rig.clock.advance(10);
        act(run);
        await run.rig.clock.advance(5_000);
        assert.equal(run.ending(), '4010 Plivo');
        assert.equal(run.rig.application.requestsTo('http://app.example/next').at(0)?.wantsDocument, false);
        await run.rig.assertClean();
      });
    }

    test('replaces the rest of the document', async () => {
      const run = inbound([element(true), speak('never heard'), speak('never heard')]);
      run.rig.application.answers('http://app.example/next', [speak('Next')]);
      await run.rig.clock.advance(10);
      act(run);
      await run.rig.clock.advance(5_000);
      assert.equal(run.leg.media?.heard.filter(({ sources }) => sources[0]?.kind === 'clip').length, 1);
      assert.equal(run.ending(), '4010 Plivo');
      await run.rig.assertClean();
    });

    test('is not waited for when the caller hangs up meanwhile', async () => {
      const run = inbound([element(true), speak('never heard')]);
      run.rig.application.answers('http://app.example/next', [speak('never heard')]);
      run.rig.application.delays('http://app.example/next', 30_000);
      await run.rig.clock.advance(10);
      act(run);
      await run.rig.clock.advance(10);
      run.leg.leaves(hangupCause(4000, 'Caller'));
      await run.rig.clock.advance(1);
      assert.equal(run.ending(), '4000 Caller');
      await run.rig.assertClean();
    });

    test('is interrupted by a transfer', async () => {
      const run = inbound([element(true)]);
      run.rig.application.delays('http://app.example/next', 30_000);
      run.rig.application.answers('http://app.example/other', [speak('Other')]);
      await run.rig.clock.advance(10);
      await run.call.answer();
      act(run);
      await run.rig.clock.advance(10);
      run.flow.transfer(post('http://app.example/other'));
      await run.rig.clock.advance(1_000);
      assert.equal(run.ending(), '4010 Plivo');
      await run.rig.assertClean();
    });
  });
}

describe('Redirect', () => {
  for (const [failure, code] of [
    [unreachable, 7014],
    [invalidUrl, 7024],
    [invalidMethod, 7034],
    [invalidDocument, 8014],
  ] as const) {
    test(`to an address that is ${failure.kind} ends the call with ${code}`, async () => {
      const run = inbound([redirect('http://app.example/next'), speak('never heard')]);
      run.rig.application.answers('http://app.example/next', failure);
      await run.rig.clock.advance(10);
      assert.equal(run.ending(), `${code} Error`);
      await run.rig.assertClean();
    });
  }

  test('goes on with the other document, its siblings never run', async () => {
    const run = inbound([redirect('http://app.example/next', 'GET'), speak('dead code')]);
    run.rig.application.answers('http://app.example/next', []);
    await run.rig.clock.advance(10);
    assert.equal(run.leg.media?.heard.length, 0);
    assert.deepEqual(run.rig.application.requestsTo('http://app.example/next').at(0)?.target.method, 'GET');
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('to itself ends some day', async () => {
    const run = inbound([redirect('http://app.example/answer')]);
    await run.run;
    await run.rig.clock.advance(10);
    assert.equal(run.ending(), '2060 Plivo');
    assert.equal(run.rig.application.requests.length, 10_000);
    await run.rig.assertClean();
  });
});

describe('a transfer', () => {
  for (const [failure, code] of [
    [unreachable, 7013],
    [invalidUrl, 7023],
    [invalidMethod, 7033],
    [invalidDocument, 8013],
  ] as const) {
    test(`to an address that is ${failure.kind} ends the call with ${code}`, async () => {
      const run = inbound([speak('text', 0)]);
      run.rig.application.answers('http://app.example/other', failure);
      await run.rig.clock.advance(10);
      run.flow.transfer(post('http://app.example/other'));
      await run.rig.clock.advance(10);
      assert.equal(run.ending(), `${code} Error`);
      await run.rig.assertClean();
    });
  }
});

describe('documents that only describe audio', () => {
  for (const failure of failures) {
    test(`dialMusic that is ${failure.kind} is replaced by the ring tone`, async () => {
      const run = inbound([
        speak('Hold'),
        dial(['14155550111'], { dialMusic: { kind: 'url', url: 'http://app.example/music' }, action: undefined }),
      ]);
      run.rig.application.answers('http://app.example/music', failure);
      await run.rig.clock.advance(1_000);
      assert.deepEqual(run.leg.media?.heard.at(-1)?.sources, [{ kind: 'tone', tone: 'ringback' }]);
      assert.equal(run.events('sound_skipped').length, 1);
      await run.rig.assertClean();
    });

    test(`confirmSound that is ${failure.kind} leaves the key to be pressed in silence`, async () => {
      const run = inbound([dial(['14155550111'], { confirmSound: 'http://app.example/confirm', confirmKey: '1' })]);
      run.rig.application.answers('http://app.example/confirm', failure);
      await run.rig.clock.advance(10);
      run.rig.dialled[0]?.leg.answers();
      await run.rig.clock.advance(1_000);
      assert.equal(run.rig.media.bridges.size, 0);
      run.rig.dialled[0]?.leg.media?.press('1');
      await run.rig.clock.advance(10);
      assert.equal(run.rig.media.bridges.size, 1);
      await run.rig.assertClean();
    });
  }
});

test('a callback that cannot be delivered does not touch the call', async () => {
  const run = inbound([dial(['14155550111'], { callback: post('http://app.example/legs') })]);
  run.rig.application.notify = () => Promise.reject(new Error('the database is away'));
  run.rig.application.answers('http://app.example/done', []);
  await run.rig.clock.advance(10);
  run.rig.dialled[0]?.leg.answers();
  await run.rig.clock.advance(10);
  run.rig.dialled[0]?.leg.leaves(hangupCause(4000, 'Callee'));
  await run.rig.clock.advance(10);
  assert.equal(run.ending(), '4010 Plivo');
  assert.equal(run.events('callback_lost').length, 3);
  await run.rig.assertClean();
});
