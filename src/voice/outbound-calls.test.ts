import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLEE, createCallControlRig } from '../../testkit/call-control-rig.ts';
import { speak } from '../../testkit/voice-elements.ts';
import { Problem } from '../errors/catalogue.ts';
import { hangupCause } from './hangup-cause.ts';

const OTHER = '14155550124';
const THIRD = '14155550125';

const isProblem = (errorClass: string, text?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Problem);
  assert.equal(error.code, errorClass);
  if (text) assert.match(error.message, text);
  return true;
};

describe('calls of API requests', () => {
  test('are stored, dialled, and run their document once they are answered', async () => {
    const rig = createCallControlRig();
    rig.application.answers('http://app.example/answer', [speak('Hello')]);
    const { requestIds, queued } = await rig.place();
    assert.equal(queued, false);
    assert.equal(rig.store.open.get(requestIds[0] ?? '')?.state, 'dialing');
    await rig.clock.advance(5_000);
    assert.equal(rig.application.requests.length, 0);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(1);
    const [{ request } = { request: undefined }] = rig.application.requests;
    assert.deepEqual(
      [request?.call.callId, request?.call.requestId, request?.call.aLegId, request?.call.aLegRequestId, request?.call.status],
      [requestIds[0], requestIds[0], requestIds[0], requestIds[0], 'in-progress'],
    );
    await rig.clock.advance(5_000);
    assert.deepEqual([rig.ended[0]?.ended?.cause.code, rig.ended[0]?.status], [4010, 'completed']);
    await rig.assertClean();
  });

  test('at two a second: fired, fired, queued, and the third is dialled in its turn', async () => {
    const rig = createCallControlRig();
    const placed = [await rig.place(), await rig.place(), await rig.place()];
    assert.deepEqual(
      placed.map(({ queued }) => queued),
      [false, false, true],
    );
    assert.equal(rig.dialled.length, 2);
    assert.equal(rig.store.open.get(placed[2]?.requestIds[0] ?? '')?.state, 'queued');
    await rig.clock.advance(499);
    assert.equal(rig.dialled.length, 2);
    await rig.clock.advance(2);
    assert.equal(rig.dialled.length, 3);
    await rig.assertClean();
  });

  test('an account may have a rate of its own, and 0 is none', async () => {
    const rig = createCallControlRig();
    rig.account.current = { ...rig.account.current, settings: { callsPerSecond: 0 } };
    for (let call = 0; call < 50; call++) assert.equal((await rig.place()).queued, false);
    assert.equal(rig.dialled.length, 50);
    await rig.assertClean();
  });

  test('a list has a call and an id for each of its destinations, in order', async () => {
    const rig = createCallControlRig();
    const { requestIds, queued } = await rig.place({
      to: [CALLEE, OTHER, 'sip:desk@phone.plivo.com'],
      timeLimitS: [60, 120, 180],
      sendDigits: ['1', undefined, '3'],
    });
    assert.equal(queued, true);
    await rig.clock.advance(1_000);
    assert.deepEqual(
      rig.dialled.map(({ request }) => [request.callId, request.to]),
      [
        [requestIds[0], CALLEE],
        [requestIds[1], OTHER],
        [requestIds[2], 'sip:desk@phone.plivo.com'],
      ],
    );
    for (const { leg } of rig.dialled) leg.answers();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    await rig.clock.advance(1_000);
    assert.deepEqual(
      rig.dialled.map(({ leg }) => leg.media?.sentDigits),
      ['1', '', '3'],
    );
    await rig.assertClean();
  });

  test('a barred destination of a list ends with its cause, the others are dialled', async () => {
    const rig = createCallControlRig();
    rig.barred.set(OTHER, hangupCause(2030, 'Plivo'));
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER] });
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.dialled.map(({ request }) => request.to),
      [CALLEE],
    );
    assert.deepEqual(
      rig.ended.map(({ callId, ended, status }) => [callId, ended?.cause.code, status]),
      [[requestIds[1], 2030, 'failed']],
    );
    await rig.assertClean();
  });

  test('what is barred while it waits is not dialled either', async () => {
    const rig = createCallControlRig();
    await rig.place({ to: [CALLEE, OTHER, THIRD] });
    rig.barred.set(THIRD, hangupCause(2040, 'Plivo'));
    await rig.clock.advance(2_000);
    assert.equal(rig.dialled.length, 2);
    assert.equal(rig.ended[0]?.ended?.cause.code, 2040);
    await rig.assertClean();
  });

  test('storage that is away when its turn has come only delays it', async () => {
    const rig = createCallControlRig();
    await rig.place({ to: [CALLEE, OTHER, THIRD] });
    rig.store.fault = 'the database is away';
    await rig.clock.advance(5_000);
    assert.equal(rig.dialled.length, 2);
    rig.store.fault = undefined;
    await rig.clock.advance(1_000);
    assert.equal(rig.dialled.length, 3);
    await rig.assertClean();
  });

  test('a request that is repeated makes its calls once', async () => {
    const rig = createCallControlRig();
    const first = await rig.place({ idempotencyKey: 'request-1' });
    const second = await rig.place({ idempotencyKey: 'request-1' });
    assert.deepEqual(second.requestIds, first.requestIds);
    assert.equal(rig.dialled.length, 1);
    await rig.assertClean();
  });

  test('those that wait in storage are dialled in their turn, and can be cancelled until then', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD, '14155550126', '14155550127'] });
    await rig.store.releaseQueued(requestIds.slice(2));
    for (const callId of requestIds.slice(2)) rig.outbound.forget(callId);
    await rig.outbound.claim();
    assert.equal(rig.dialled.length, 2, 'this second has no place left');
    await rig.control.hangUp(rig.scope, requestIds[3] ?? '');
    await rig.clock.advance(1_000);
    await rig.outbound.claim();
    await rig.outbound.claim();
    assert.deepEqual(
      rig.dialled.map(({ request }) => request.callId),
      [requestIds[0], requestIds[1], requestIds[2], requestIds[4]],
    );
    await rig.assertClean();
  });

  test('more than can be held wait in storage', async () => {
    const rig = createCallControlRig();
    const to = Array.from({ length: 1_000 }, (_, index) => String(14_155_600_000 + index));
    for (let request = 0; request < 11; request++) await rig.place({ to });
    const waiting = [...rig.store.open.values()].filter(({ state }) => state === 'queued');
    assert.equal(rig.outbound.waiting, 10_000);
    assert.equal(waiting.filter(({ node }) => node === undefined).length, 11_000 - 2 - 10_000);
    await rig.outbound.stop();
    await rig.assertClean();
  });

  test('one whose turn comes while it is being cancelled is not lost', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
    rig.store.cancelQueued = async () => false;
    await assert.rejects(rig.control.hangUp(rig.scope, requestIds[2] ?? ''), isProblem('not_found'));
    await rig.clock.advance(1_000);
    assert.equal(rig.dialled.length, 3);
    await rig.assertClean();
  });

  for (const [what, code, hangUp] of [
    ['a hang-up', 1000, 'hangUp'],
    ['a cancelled request', 1000, 'cancelRequest'],
    ['a hang-up of all', 0, 'hangUpAll'],
  ] as const) {
    test(`one whose turn has just come is ended by ${what}`, async () => {
      const rig = createCallControlRig();
      const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
      const answer = Promise.withResolvers<void>();
      const markDialing = rig.store.markDialing.bind(rig.store);
      rig.store.markDialing = async (callId) => {
        const isOurs = await markDialing(callId);
        await answer.promise;
        return isOurs;
      };
      await rig.clock.advance(1_000);
      assert.equal(rig.dialled.length, 2, 'it is no longer queued, and not dialled yet');
      const hungUp = rig.control[hangUp](rig.scope, requestIds[2] ?? '');
      await rig.clock.advance(1);
      answer.resolve();
      await hungUp;
      assert.equal(rig.dialled[2]?.leg.hungUpWith?.code, code);
      await rig.assertClean();
    });
  }

  test('one that is taken out of storage is ended by a hang-up meanwhile', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD, '14155550126'] });
    await rig.store.releaseQueued(requestIds.slice(2));
    for (const callId of requestIds.slice(2)) rig.outbound.forget(callId);
    await rig.clock.advance(1_000);
    const claimQueued = rig.store.claimQueued.bind(rig.store);
    let hungUp: Promise<void> | undefined;
    rig.store.claimQueued = async (...given) => {
      const claimed = await claimQueued(...given);
      hungUp = rig.control.hangUp(rig.scope, requestIds[3] ?? '');
      return claimed;
    };
    await rig.outbound.claim();
    await hungUp;
    assert.deepEqual(
      rig.dialled.map(({ leg }) => leg.hungUpWith?.code),
      [undefined, undefined, undefined, 1000],
    );
    await rig.assertClean();
  });

  test('a stop puts back what waits', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
    await rig.outbound.stop();
    await rig.clock.advance(5_000);
    assert.deepEqual([rig.store.released, rig.dialled.length], [[requestIds[2]], 2]);
    await rig.assertClean();
  });

  test('to several destinations are made to those that can be called, each with its own options', async () => {
    const rig = createCallControlRig();
    const placed = await rig.place({ to: ['nobody', CALLEE], timeLimitS: [60, 120] });
    assert.deepEqual([placed.requestIds.length, placed.invalid], [1, ['nobody']]);
    const [call] = rig.store.open.values();
    assert.deepEqual([call?.to, call?.options.dial?.timeLimitS], [CALLEE, 120]);
  });

  test('are refused before anything is stored', async () => {
    const rig = createCallControlRig();
    await assert.rejects(rig.place({ to: ['nobody'] }), isProblem('invalid_parameter', /^to parameter is invalid/));
    await assert.rejects(
      rig.place({ to: ['nobody', '12'] }),
      isProblem('invalid_parameter', /^to parameter is invalid: "nobody"/),
    );
    await assert.rejects(
      rig.place({ from: '+19995550100' }),
      isProblem('invalid_parameter', /^from parameter is invalid. \+19995550100 is not associated with your account/),
    );
    rig.barred.set(CALLEE, hangupCause(2030, 'Plivo'));
    await assert.rejects(rig.place(), isProblem('destination_barred', /^Calls to this destination country are barred\.$/));
    rig.barred.set(CALLEE, hangupCause(2040, 'Plivo'));
    await assert.rejects(rig.place(), isProblem('destination_barred', /^Calls to this destination number are barred\.$/));
    rig.barred.set(CALLEE, hangupCause(2050, 'Plivo'));
    await assert.rejects(rig.place(), isProblem('destination_barred', /^Calls to this destination prefix are barred\.$/));
    rig.barred.clear();
    rig.account.current = { ...rig.account.current, billingMode: 'prepaid', balanceMicros: 0 };
    await assert.rejects(rig.place(), isProblem('insufficient_credit'));
    assert.equal(rig.store.open.size, 0);
    assert.equal(rig.dialled.length, 0);
    await rig.assertClean();
  });
});

describe('while it rings', () => {
  const ring = { url: 'http://app.example/ring', method: 'POST' };

  test('the ring URL is told once, however often the far end says so', async () => {
    const rig = createCallControlRig();
    await rig.place({ ring });
    const leg = rig.dialled[0]?.leg;
    await rig.clock.advance(1_000);
    assert.equal(rig.application.notifications.length, 0);
    leg?.rings();
    leg?.rings();
    leg?.sendsEarlyAudio();
    await rig.clock.advance(1);
    const [told, ...more] = rig.application.notifications;
    assert.ok(told?.kind === 'ring');
    assert.deepEqual([told.call.status, told.target, more.length], ['ringing', ring, 0]);
    await rig.assertClean();
  });

  test('a phone that is not answered ends with 6010 after the ring timeout', async () => {
    for (const [ringTimeoutS, expected] of [
      [undefined, 120_000],
      [30, 30_000],
    ] as const) {
      const rig = createCallControlRig();
      await rig.place({ ringTimeoutS });
      rig.dialled[0]?.leg.rings();
      await rig.clock.advance(expected - 1);
      assert.equal(rig.ended.length, 0);
      await rig.clock.advance(2);
      const [ended] = rig.ended;
      assert.deepEqual([ended?.ended?.cause.code, ended?.ended?.cause.source, ended?.status], [6010, 'Plivo', 'no-answer']);
      assert.equal(rig.dialled[0]?.leg.hungUpWith?.code, 6010);
      await rig.assertClean();
    }
  });

  test('hangup_on_ring counts from the first ring', async () => {
    const rig = createCallControlRig();
    await rig.place({ hangupOnRingS: [5] });
    await rig.clock.advance(20_000);
    rig.dialled[0]?.leg.rings();
    await rig.clock.advance(3_000);
    rig.dialled[0]?.leg.rings();
    await rig.clock.advance(2_001);
    assert.equal(rig.dialled[0]?.leg.hungUpWith?.code, 6010);
    await rig.assertClean();
  });

  test('an answer ends all timers of the ringing', async () => {
    const rig = createCallControlRig();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    await rig.place({ hangupOnRingS: [5], ringTimeoutS: 30 });
    rig.dialled[0]?.leg.rings();
    await rig.clock.advance(1_000);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(60_000);
    assert.equal(rig.ended.length, 0);
    await rig.assertClean();
  });

  for (const [sipStatus, status, code] of [
    [486, 'busy', 3010],
    [480, 'no-answer', 3000],
    [408, 'timeout', 3070],
    [603, 'failed', 3110],
    [404, 'failed', 3050],
  ] as const) {
    test(`a far end that answers ${sipStatus} makes the call ${status}, ${code}`, async () => {
      const rig = createCallControlRig();
      await rig.place();
      rig.dialled[0]?.leg.refuses(sipStatus);
      await rig.clock.advance(1);
      const [ended] = rig.ended;
      assert.deepEqual([ended?.status, ended?.ended?.cause.code, ended?.ended?.amountMicros], [status, code, 0]);
      assert.equal(rig.application.requests.length, 0);
      await rig.assertClean();
    });
  }
});

describe('once it is answered', () => {
  test('the time limit counts from the answer', async () => {
    const rig = createCallControlRig();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    await rig.place({ timeLimitS: [60] });
    await rig.clock.advance(30_000);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(59_999);
    assert.equal(rig.ended.length, 0);
    await rig.clock.advance(2);
    assert.deepEqual([rig.ended[0]?.ended?.cause.code, rig.ended[0]?.ended?.billedS], [6000, 60]);
    await rig.assertClean();
  });

  test('no call lasts longer than a day', async () => {
    const rig = createCallControlRig();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    await rig.place({ timeLimitS: [1_000_000] });
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(86_400_000);
    assert.equal(rig.ended[0]?.ended?.cause.code, 6000);
    await rig.assertClean();
  });

  test('send_digits are pressed, before the answer where that is asked for and possible', async () => {
    for (const [early, preanswer, expected] of [
      [false, false, 10],
      [true, false, 2_010],
      [true, true, 10],
      [false, true, 10],
    ] as const) {
      const rig = createCallControlRig();
      rig.application.answers('http://app.example/answer', [speak('text', 0)]);
      await rig.place({ sendDigits: ['1w2@400'], sendOnPreanswer: [preanswer] });
      const start = rig.clock.now();
      await rig.clock.advance(10);
      const leg = rig.dialled[0]?.leg;
      if (early) {
        leg?.sendsEarlyAudio();
        await rig.clock.advance(2_000);
      }
      leg?.answers();
      await rig.clock.advance(2_000);
      assert.deepEqual(
        leg?.media?.digitsSent.map(({ digit, at, toneMs }) => [digit, at - start, toneMs]),
        [
          ['1', expected, 400],
          ['2', expected + 400 + 100 + 500, 400],
        ],
      );
      await rig.assertClean();
    }
  });
});
