import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { speak } from '../../testkit/voice-elements.ts';
import { COSTLY_CARRIER, createVoiceRig } from '../../testkit/voice-rig.ts';
import type { EndedFacts } from './call-facts.ts';
import { hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';

const CAUSE = hangupCause(4000, 'API Request');

describe('a call', () => {
  test('keeps when it rang and when it was answered, and is billed from there', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('outbound');
    await rig.clock.advance(1_000);
    leg.rings();
    await rig.clock.advance(4_000);
    leg.sendsEarlyAudio();
    await rig.clock.advance(5_000);
    leg.answers();
    await rig.clock.advance(60_500);
    leg.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(1);
    const { startedAt, ringingAt = 0, answeredAt = 0, ended } = call.facts;
    assert.deepEqual([ringingAt - startedAt, answeredAt - startedAt], [1_000, 10_000]);
    assert.deepEqual([ended?.durationS, ended?.billedS, ended?.amountMicros], [61, 120, 17_000]);
    await rig.assertClean();
  });

  test('costs what its last carrier takes, by the second from the answer; attempts before it cost nothing', async () => {
    const rig = createVoiceRig();
    const { leg } = rig.startCall('outbound');
    leg.takes(COSTLY_CARRIER);
    await rig.clock.advance(3_000);
    leg.takes('other', true);
    leg.takes(COSTLY_CARRIER, true);
    leg.answers();
    await rig.clock.advance(29_500);
    leg.leaves(hangupCause(4000, 'Callee'));
    await rig.clock.advance(1);
    assert.deepEqual(rig.costs, [3_000]);
    const noted = rig.steps.filter(({ event }) => event === 'carrier_rate' || event === 'ended').map(({ detail }) => detail);
    assert.deepEqual(noted.slice(0, 2), [
      { carrier: COSTLY_CARRIER, per_minute_micros: 6_000 },
      { carrier: COSTLY_CARRIER, per_minute_micros: 6_000 },
    ]);
    assert.equal(noted[2]?.carrier_cost_micros, 3_000);
    await rig.assertClean();
  });

  test('ends once, whoever asks first and how often', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('outbound');
    leg.answers();
    call.hangUp(CAUSE);
    call.hangUp(hangupCause(6000, 'Plivo'));
    leg.leaves(hangupCause(4000, 'Callee'));
    leg.answers();
    leg.rings();
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ ended, status }) => [ended?.cause.source, status]),
      [['API Request', 'completed']],
    );
    await rig.assertClean();
  });

  test('tells its watchers of progress and end, and no longer those that have left', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('outbound');
    const seen: string[] = [];
    const ends: EndedFacts[] = [];
    const release = call.watch({ progressed: (state) => seen.push(`left ${state}`) });
    call.watch({ progressed: (state) => seen.push(state), ended: (end) => ends.push(end) });
    leg.rings();
    release();
    leg.rings();
    leg.answers();
    call.hangUp(CAUSE);
    assert.deepEqual(seen, ['left ringing', 'ringing', 'answered']);
    assert.equal(ends.length, 1);
    await rig.assertClean();
  });

  test('of which nothing is heard for a minute ends with 6020, once it is answered', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('outbound');
    leg.sendsEarlyAudio();
    const code = () => call.facts.ended?.cause.code;
    leg.media?.loseMedia();
    assert.equal(code(), undefined);
    leg.answers();
    leg.media?.loseMedia();
    assert.equal(code(), 6020);
    await rig.assertClean();
  });

  test('whose media worker dies ends with 5010, answered or not', async () => {
    for (const answered of [true, false]) {
      const rig = createVoiceRig();
      const { call, leg } = rig.startCall('outbound');
      leg.sendsEarlyAudio();
      if (answered) leg.answers();
      await leg.media?.fail();
      assert.deepEqual([call.facts.ended?.cause.code, call.facts.ended?.cause.source], [5010, 'Error']);
      await rig.assertClean();
    }
  });

  test('that has ended gives no audio', async () => {
    for (const end of ['before', 'while it is answered'] as const) {
      for (const ask of ['answer', 'openEarly'] as const) {
        const rig = createVoiceRig();
        const { call, leg } = rig.startCall('inbound');
        const { promise, resolve } = Promise.withResolvers<void>();
        leg.opening = promise;
        if (end === 'before') call.hangUp(CAUSE);
        const asked = assert.rejects(call[ask](), LegGone);
        await rig.clock.advance(1);
        call.hangUp(CAUSE);
        resolve();
        await asked;
        assert.equal(call.facts.answeredAt, undefined);
        await rig.assertClean();
      }
    }
  });

  test('is answered once, however many ask', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('inbound');
    const [one, other, early] = await Promise.all([call.answer(), call.answer(), call.openEarly()]);
    assert.ok(one === other && other === early);
    assert.equal(leg.asked.filter((asked) => asked === 'answer').length, 1);
    assert.equal(call.progress, 'answered');
    await rig.assertClean();
  });

  test('costs what has been talked, until it ends', async () => {
    const rig = createVoiceRig();
    const { call, leg } = rig.startCall('outbound');
    assert.equal(call.costAt(rig.clock.now()), 0);
    leg.answers();
    await rig.clock.advance(61_000);
    assert.equal(call.costAt(rig.clock.now()), 17_000);
    call.hangUp(CAUSE);
    assert.equal(call.costAt(rig.clock.now()), 0);
    await rig.assertClean();
  });

  test('goes on when its record cannot be written, and says so in its timeline', async () => {
    const rig = createVoiceRig();
    Object.assign(rig.environment.records, { progressed: () => Promise.reject(new Error('the database is away')) });
    rig.application.answers('http://app.example/answer', [speak('Hello')]);
    const { call, flow } = rig.startCall('inbound');
    void flow.run({ kind: 'answer', answer: { url: 'http://app.example/answer', method: 'POST' }, fallback: undefined });
    await rig.clock.advance(1_000);
    assert.equal(call.facts.ended?.cause.code, 4010);
    assert.ok(rig.steps.some(({ event, detail }) => event === 'record_failed' && String(detail.reason).includes('away')));
    await rig.assertClean();
  });
});
