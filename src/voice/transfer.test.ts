import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCallControlRig } from '../../testkit/call-control-rig.ts';
import { dial, dtmf, getDigits, inbound, post, record, redirect, speak, waitFor } from '../../testkit/voice-elements.ts';
import { Problem } from '../errors/catalogue.ts';
import type { VoiceElement } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

const OTHER = 'http://app.example/other';
const INVALID = (error: unknown) => error instanceof Problem && error.code === 'invalid_parameter';
const aLeg = { legs: 'aleg', aLeg: post(OTHER), bLeg: undefined } as const;
const bLeg = { legs: 'bleg', aLeg: undefined, bLeg: post('http://app.example/b') } as const;

describe('a transfer interrupts', () => {
  const elements: Readonly<Record<string, VoiceElement>> = {
    Speak: speak('text', 0),
    Wait: waitFor(600),
    'Wait for silence': waitFor(600, { minSilenceMs: 2_000 }),
    DTMF: dtmf('1WWWWWWWWWWWWWWWWWW2', false),
    GetDigits: getDigits({ retries: 9, prompts: [speak('Press')] }),
    Record: record({ maxLengthMs: 600_000 }),
    'a Record that beeps': record({ maxLengthMs: 600_000, playBeep: true }),
    Dial: dial(['14155550111']),
    'a PreAnswer': { element: 'PreAnswer', children: [speak('text', 0)] },
  };
  for (const [name, element] of Object.entries(elements)) {
    test(`${name}, whenever it comes`, async () => {
      for (const ms of [1, 100, 400, 3_000, 7_000]) {
        const run = inbound([speak(''), element, speak('never heard')]);
        run.rig.application.answers(OTHER, [speak('Other')]);
        await run.rig.clock.advance(ms);
        run.flow.transfer(post(OTHER));
        await run.rig.clock.advance(5);
        assert.equal(run.rig.application.requestsTo(OTHER).at(0)?.purpose, 'transfer');
        await run.rig.clock.advance(245);
        assert.equal(run.ending(), '4010 Plivo', `${ms} ms`);
        assert.equal(run.rig.application.requestsTo('http://app.example/done').length, 0);
        await run.rig.assertClean();
      }
    });
  }

  test('a connected Dial: the other leg ends, the action is not requested', async () => {
    const run = inbound([dial(['14155550111'])]);
    run.rig.application.answers(OTHER, [speak('Other', 0)]);
    await run.rig.clock.advance(10);
    run.rig.dialled[0]?.leg.answers();
    await run.rig.clock.advance(1_000);
    run.flow.transfer(post(OTHER));
    await run.rig.clock.advance(10);
    assert.deepEqual(run.rig.dialled[0]?.leg.hungUpWith, hangupCause(4000, 'API Request'));
    assert.equal(run.rig.media.bridges.size, 0);
    assert.equal(run.leg.media?.isPlaying, true);
    assert.equal(run.rig.application.requestsTo('http://app.example/done').length, 0);
    await run.rig.assertClean();
  });

  test('the confirmation of a Dial', async () => {
    const run = inbound([dial(['14155550111'], { confirmSound: 'http://app.example/confirm', confirmKey: '5' })]);
    run.rig.application.answers('http://app.example/confirm', [speak('Press five', 0)]);
    run.rig.application.answers(OTHER, [speak('Other', 0)]);
    await run.rig.clock.advance(10);
    run.rig.dialled[0]?.leg.answers();
    await run.rig.clock.advance(1_000);
    run.flow.transfer(post(OTHER));
    await run.rig.clock.advance(10);
    assert.equal(run.rig.dialled[0]?.leg.hungUpWith?.source, 'API Request');
    await run.rig.assertClean();
  });

  for (const purpose of ['answer', 'redirect', 'action', 'transfer'] as const) {
    test(`the fetch of the document for an ${purpose}`, async () => {
      const slow = 'http://app.example/slow';
      const run = inbound(
        purpose === 'redirect'
          ? [redirect(slow)]
          : purpose === 'action'
            ? [record({ playBeep: false, maxLengthMs: 10, action: post(slow) })]
            : [speak('text', 0)],
        (rig) => {
          rig.application.delays(slow, 60_000);
          if (purpose === 'answer') rig.application.delays('http://app.example/answer', 60_000);
        },
      );
      run.rig.application.answers(OTHER, [speak('Other')]);
      await run.rig.clock.advance(100);
      if (purpose === 'transfer') run.flow.transfer(post(slow));
      await run.rig.clock.advance(100);
      run.flow.transfer(post(OTHER));
      await run.rig.clock.advance(1_000);
      assert.equal(run.ending(), '4010 Plivo');
      await run.rig.assertClean();
    });
  }

  test('twice in a row: the last one counts', async () => {
    const run = inbound([speak('text', 0)]);
    run.rig.application.answers(OTHER, [speak('never heard', 0)]);
    run.rig.application.answers('http://app.example/last', [speak('Last')]);
    await run.rig.clock.advance(100);
    run.flow.transfer(post(OTHER));
    run.flow.transfer(post('http://app.example/last'));
    await run.rig.clock.advance(1_000);
    assert.deepEqual(
      run.rig.application.requests.map(({ request }) => request.target.url),
      ['http://app.example/answer', 'http://app.example/last'],
    );
    assert.equal(run.ending(), '4010 Plivo');
    await run.rig.assertClean();
  });

  test('nothing when the caller has gone meanwhile', async () => {
    const run = inbound([speak('text', 0)]);
    run.rig.application.delays(OTHER, 5_000);
    await run.rig.clock.advance(100);
    run.flow.transfer(post(OTHER));
    await run.rig.clock.advance(100);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.clock.advance(1);
    assert.equal(run.ending(), '4000 Caller');
    await run.rig.assertClean();
  });

  test('up to seventy times; one more looks like a loop', async () => {
    const run = inbound([speak('text', 0)]);
    run.rig.application.answers(OTHER, [speak('text', 0)]);
    await run.rig.clock.advance(10);
    for (let transfer = 0; transfer < 70; transfer++) {
      run.flow.transfer(post(OTHER));
      await run.rig.clock.advance(10);
    }
    assert.equal(run.ending(), undefined);
    run.flow.transfer(post(OTHER));
    await run.rig.clock.advance(10);
    assert.equal(run.ending(), '2060 Plivo');
    await run.rig.assertClean();
  });
});

describe('a transfer by the API', () => {
  async function connected(more: Parameters<typeof dial>[1] = { action: undefined }) {
    const rig = createCallControlRig();
    const { callId, call, leg } = await rig.answered([dial(['14155550111'], more), speak('On', 0)]);
    await rig.clock.advance(10);
    const other = rig.dialled[1];
    assert.ok(other);
    other.leg.answers();
    await rig.clock.advance(10);
    rig.application.answers(OTHER, [speak('Other', 0)]);
    rig.application.answers('http://app.example/b', [speak('For B', 0)]);
    return { rig, callId, call, leg, otherId: other.request.callId, other: other.leg };
  }

  test('of the B leg gives it a document of its own, and the A leg goes on', async () => {
    const { rig, callId, leg, otherId, other } = await connected();
    await rig.control.transfer(rig.scope, callId, bLeg);
    await rig.clock.advance(10);
    assert.deepEqual([leg.media?.isPlaying, other.media?.isPlaying, rig.media.bridges.size], [true, true, 0]);
    assert.equal(rig.application.requestsTo('http://app.example/b').at(0)?.call.callId, otherId);
    leg.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(10);
    assert.equal(rig.live.find(otherId)?.call.answered, true);
    await rig.assertClean();
  });

  test('of the B leg: the action of the Dial is told that it is completed', async () => {
    const { rig, callId } = await connected({ action: post('http://app.example/done') });
    rig.application.answers('http://app.example/done', [speak('Done', 0)]);
    await rig.control.transfer(rig.scope, callId, bLeg);
    await rig.clock.advance(10);
    const [done] = rig.application.requestsTo('http://app.example/done');
    assert.equal(done?.result?.element === 'Dial' && done.result.status, 'completed');
    await rig.assertClean();
  });

  test('of both gives each its document', async () => {
    const { rig, callId, leg, other } = await connected();
    await rig.control.transfer(rig.scope, callId, { legs: 'both', aLeg: post(OTHER), bLeg: post('http://app.example/b') });
    await rig.clock.advance(10);
    assert.deepEqual([leg.media?.isPlaying, other.media?.isPlaying, rig.media.bridges.size], [true, true, 0]);
    assert.equal(rig.application.requestsTo(OTHER).length, 1);
    await rig.assertClean();
  });

  test('of the leg of a Dial by its own id, and again', async () => {
    const { rig, otherId, other } = await connected();
    await rig.control.transfer(rig.scope, otherId, aLeg);
    await rig.clock.advance(10);
    assert.equal(other.media?.isPlaying, true);
    rig.application.answers(OTHER, [speak('Bye')]);
    await rig.control.transfer(rig.scope, otherId, aLeg);
    await rig.clock.advance(1_000);
    assert.equal(rig.ended.find(({ callId }) => callId === otherId)?.ended?.cause.code, 4010);
    await rig.assertClean();
  });

  test('a released leg that is transferred to nowhere ends with 7013', async () => {
    const { rig, callId, otherId, leg } = await connected();
    rig.application.answers('http://app.example/b', { kind: 'unreachable', reason: 'refused' });
    await rig.control.transfer(rig.scope, callId, bLeg);
    await rig.clock.advance(10);
    assert.equal(rig.ended.find((facts) => facts.callId === otherId)?.ended?.cause.code, 7013);
    assert.equal(leg.media?.isPlaying, true);
    await rig.assertClean();
  });

  test('is refused for a call that is not answered, and for a leg that is not there', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place();
    await assert.rejects(rig.control.transfer(rig.scope, requestIds[0] ?? '', aLeg), INVALID);
    const { callId } = await rig.answered([speak('text', 0)]);
    await assert.rejects(rig.control.transfer(rig.scope, callId, bLeg), INVALID);
    await rig.assertClean();
  });

  test('is refused for a leg of a Dial that has lost or still confirms', async () => {
    const rig = createCallControlRig();
    await rig.answered([dial(['14155550111'], { confirmSound: 'http://app.example/confirm', confirmKey: '5' })]);
    rig.application.answers('http://app.example/confirm', [speak('Press five', 0)]);
    await rig.clock.advance(10);
    const other = rig.dialled[1];
    other?.leg.answers();
    await rig.clock.advance(10);
    await assert.rejects(rig.control.transfer(rig.scope, other?.request.callId ?? '', aLeg), INVALID);
    await rig.assertClean();
  });
});
