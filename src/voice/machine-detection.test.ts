import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCallControlRig } from '../../testkit/call-control-rig.ts';
import { speak } from '../../testkit/voice-elements.ts';
import type { AnswerVerdict } from '../media/media-engine.ts';
import type { MachineDetection } from './machine-detection.ts';

const ANSWER = 'http://app.example/answer';
const CALLBACK = { url: 'http://app.example/machine', method: 'GET' };
const OPTIONS = { windowMs: 5_000, initialSilenceMs: 4_500, greetingMs: 1_500, speechMs: 5_000, words: 3, silenceMs: 800 };

const verdict = (by: AnswerVerdict['by']): AnswerVerdict => ({
  by,
  reason: by === 'machine' ? 'long-greeting' : by === 'human' ? 'greeting-over' : 'initial-silence',
  afterMs: 2_000,
  voiceMs: 1_520,
  words: 2,
});

/** A call that has just been answered while it is found out by whom. */
async function answered(detection: Partial<MachineDetection> = {}) {
  const rig = createCallControlRig();
  rig.application.answers(ANSWER, [speak('Hello', 0)]);
  const machine: MachineDetection = { ifMachine: 'continue', callback: undefined, answer: OPTIONS, ...detection };
  const { requestIds } = await rig.place({ machine });
  const leg = rig.dialled[0]?.leg;
  assert.ok(leg);
  leg.answers();
  await rig.clock.advance(1);
  return {
    rig,
    leg,
    callId: requestIds[0] ?? '',
    async hears(by: AnswerVerdict['by']) {
      leg.media?.hear({ kind: 'answer', verdict: verdict(by) });
      await rig.clock.advance(1);
    },
    told: () => rig.application.notifications.filter(({ kind }) => kind === 'machine'),
    documents: () => rig.application.requestsTo(ANSWER),
    steps: () => rig.steps.filter(({ event }) => event === 'answered_by').map(({ detail }) => [detail.by, detail.reason]),
  };
}

describe('machine detection without a callback', () => {
  test('the document is asked for when it is known who has answered, and told of a machine', async () => {
    for (const [by, machine] of [
      ['human', false],
      ['unknown', false],
      ['machine', true],
    ] as const) {
      const call = await answered();
      assert.deepEqual(call.leg.media?.listensFor, [{ answer: OPTIONS }]);
      await call.rig.clock.advance(2_000);
      assert.equal(call.documents().length, 0);
      await call.hears(by);
      assert.deepEqual(
        call.documents().map((request) => request.call.machine),
        [machine],
        by,
      );
      assert.deepEqual(call.steps(), [[by, verdict(by).reason]]);
      assert.deepEqual(call.told(), []);
      await call.rig.assertClean();
    }
  });

  test('with hangup the call of a machine ends with 9100, marked, and no document was asked for', async () => {
    const call = await answered({ ifMachine: 'hangup' });
    await call.hears('machine');
    assert.equal(call.documents().length, 0);
    const [facts] = call.rig.ended;
    assert.deepEqual([facts?.machine, facts?.ended?.cause.code, facts?.ended?.cause.source], [true, 9100, 'Plivo']);
    assert.equal(call.leg.hungUpWith?.code, 9100);
    await call.rig.assertClean();
  });

  test('with hangup the call of a person goes on', async () => {
    const call = await answered({ ifMachine: 'hangup' });
    await call.hears('human');
    assert.equal(call.documents().length, 1);
    assert.equal(call.rig.ended.length, 0);
    await call.rig.assertClean();
  });

  test('a leg without audio is given up a second after the window', async () => {
    const call = await answered();
    await call.rig.clock.advance(5_998);
    assert.equal(call.documents().length, 0);
    await call.rig.clock.advance(2);
    assert.equal(call.documents().length, 1);
    assert.deepEqual(call.steps(), [['unknown', 'no-audio']]);
    await call.rig.assertClean();
  });

  test('a transfer does not wait, and the machine is still found', async () => {
    const call = await answered();
    const target = { url: 'http://app.example/other', method: 'POST' };
    call.rig.application.answers(target.url, [speak('Other', 0)]);
    await call.rig.control.transfer(call.rig.scope, call.callId, { legs: 'aleg', aLeg: target, bLeg: undefined });
    await call.rig.clock.advance(1);
    assert.equal(call.rig.application.requestsTo(target.url).length, 1);
    await call.hears('machine');
    assert.equal(call.rig.live.find(call.callId)?.call.facts.machine, true);
    await call.rig.clock.advance(10_000);
    assert.equal(call.documents().length, 0);
    await call.rig.assertClean();
  });

  test('a call that ends meanwhile asks for no document and says nothing of who answered', async () => {
    const call = await answered();
    await call.rig.control.hangUp(call.rig.scope, call.callId);
    await call.rig.clock.advance(1);
    assert.equal(call.documents().length, 0);
    assert.deepEqual(call.steps(), []);
    await call.rig.assertClean();
  });

  test('a worker that dies ends the call, and the wait with it', async () => {
    const call = await answered();
    await call.leg.media?.fail();
    await call.rig.clock.advance(1);
    assert.equal(call.rig.ended[0]?.ended?.cause.code, 5010);
    await call.rig.assertClean();
  });
});

describe('machine detection with a callback', () => {
  test('the document runs at once, and the callback hears of a machine', async () => {
    const call = await answered({ callback: CALLBACK });
    assert.deepEqual(
      call.documents().map((request) => request.call.machine),
      [false],
    );
    await call.hears('machine');
    const [told, ...more] = call.told();
    assert.ok(told?.kind === 'machine');
    assert.deepEqual(
      [told.target, told.ifMachine, told.call.machine, told.call.status],
      [CALLBACK, 'continue', true, 'in-progress'],
    );
    assert.equal(more.length, 0);
    assert.equal(call.rig.ended.length, 0);
    await call.rig.assertClean();
  });

  test('it hears nothing of a person, nor of a verdict that is not there in time', async () => {
    for (const by of ['human', 'unknown', undefined] as const) {
      const call = await answered({ callback: CALLBACK, ifMachine: 'hangup' });
      if (by) await call.hears(by);
      await call.rig.clock.advance(10_000);
      assert.deepEqual(call.told(), []);
      assert.equal(call.rig.ended.length, 0);
      await call.rig.assertClean();
    }
  });

  test('with hangup the callback is told before the call ends with 9100', async () => {
    const call = await answered({ callback: CALLBACK, ifMachine: 'hangup' });
    await call.hears('machine');
    const [told] = call.told();
    assert.ok(told?.kind === 'machine');
    assert.deepEqual([told.ifMachine, told.call.ended], ['hangup', undefined]);
    assert.equal(call.rig.ended[0]?.ended?.cause.code, 9100);
    await call.rig.assertClean();
  });

  test('a callback that cannot be stored is in the timeline and the call ends all the same', async () => {
    const call = await answered({ callback: CALLBACK, ifMachine: 'hangup' });
    call.rig.application.notify = async () => {
      throw new Error('the database is away');
    };
    await call.hears('machine');
    assert.ok(call.rig.steps.some(({ event }) => event === 'callback_lost'));
    assert.equal(call.rig.ended[0]?.ended?.cause.code, 9100);
    await call.rig.assertClean();
  });
});
