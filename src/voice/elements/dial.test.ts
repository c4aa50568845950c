import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, inbound, post, speak, target } from '../../../testkit/voice-elements.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';

const DONE = 'http://app.example/done';
const A = '14155550111';
const B = '14155550112';
type Run = ReturnType<typeof inbound>;

function told({ rig }: Run, nth = 0) {
  const request = rig.application.requestsTo(DONE).at(nth);
  assert.ok(request?.result?.element === 'Dial', 'the action is told of the Dial');
  return { ...request.result, request };
}
const legOf = ({ rig }: Run, nth = 0) => {
  const dialled = rig.dialled[nth];
  assert.ok(dialled, 'it is dialled');
  return dialled.leg;
};

async function dialling(...given: Parameters<typeof dial>): Promise<Run> {
  const run = inbound([dial(...given), speak('On', 0)]);
  run.rig.application.answers(DONE, [speak('Done', 0)]);
  await run.rig.clock.advance(10);
  return run;
}

describe('DialStatus', () => {
  const refusals: readonly (readonly [number, string, number])[] = [
    [486, 'busy', 3010],
    [600, 'busy', 3100],
    [480, 'no-answer', 3000],
    [408, 'timeout', 3070],
    [504, 'timeout', 3070],
    [603, 'failed', 3110],
    [403, 'failed', 3040],
    [404, 'failed', 3050],
    [500, 'failed', 3080],
    [503, 'failed', 3090],
    [484, 'failed', 2000],
    [488, 'failed', 2010],
  ];
  for (const [sipStatus, status, code] of refusals) {
    test(`of a destination that answers ${sipStatus} is ${status}, ${code}`, async () => {
      const run = await dialling([A]);
      legOf(run).refuses(sipStatus);
      await run.rig.clock.advance(10);
      const { status: told_, cause, bLegId, rang } = told(run);
      assert.deepEqual([told_, cause.code, bLegId, rang], [status, code, '', false]);
      await run.rig.assertClean();
    });
  }

  const ends: readonly (readonly [string, HangupCause, string])[] = [
    ['refused credentials', hangupCause(4240, 'Plivo'), 'failed'],
    ['credentials that are not answered', hangupCause(4250, 'Plivo'), 'timeout'],
    ['an endpoint that is not registered', hangupCause(2020, 'Plivo'), 'failed'],
    ['no route', hangupCause(5020, 'Error'), 'failed'],
  ];
  for (const [what, cause, status] of ends) {
    test(`of ${what} is ${status}`, async () => {
      const run = await dialling([A]);
      legOf(run).leaves(cause);
      await run.rig.clock.advance(10);
      assert.deepEqual([told(run).status, told(run).cause.code], [status, cause.code]);
      await run.rig.assertClean();
    });
  }

  test('is completed when they were connected, with the leg that was', async () => {
    const run = await dialling([A]);
    legOf(run).rings();
    await run.rig.clock.advance(1_000);
    legOf(run).answers();
    await run.rig.clock.advance(9_000);
    legOf(run).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    const { status, cause, bLegId, aLegId, rang } = told(run);
    assert.deepEqual(
      [status, cause.code, cause.source, bLegId, aLegId, rang],
      ['completed', 4000, 'Callee', run.rig.dialled[0]?.request.callId, run.call.id, true],
    );
    const bLeg = run.rig.ended.find(({ callId }) => callId === bLegId);
    assert.deepEqual([bLeg?.ended?.durationS, bLeg?.ended?.billedS, bLeg?.parentCallId], [9, 60, run.call.id]);
    await run.rig.assertClean();
  });

  test('is cancel when the caller leaves before', async () => {
    const run = await dialling([A]);
    run.leg.leaves(hangupCause(1000, 'Caller'));
    await run.rig.clock.advance(10);
    assert.deepEqual([told(run).status, told(run).request.wantsDocument], ['cancel', false]);
    assert.deepEqual([legOf(run).hungUpWith?.code, legOf(run).hungUpWith?.source], [1000, 'Caller']);
    await run.rig.assertClean();
  });

  test('is no-answer after the ring time, with 6010', async () => {
    const run = await dialling([A], { timeoutMs: 20_000 });
    await run.rig.clock.advance(19_980);
    assert.equal(legOf(run).hungUpWith, undefined);
    await run.rig.clock.advance(20);
    assert.deepEqual([told(run).status, told(run).cause.code, legOf(run).hungUpWith?.code], ['no-answer', 6010, 6010]);
    await run.rig.assertClean();
  });

  test('of several destinations is that of the one that came closest', async () => {
    const run = await dialling([A, B, '14155550113'], { timeoutMs: 20_000 });
    legOf(run, 0).leaves(hangupCause(2020, 'Plivo'));
    await run.rig.clock.advance(10_000);
    legOf(run, 1).refuses(486);
    await run.rig.clock.advance(15_000);
    assert.deepEqual([told(run).status, told(run).cause.code], ['busy', 3010]);
    await run.rig.assertClean();
  });

  test('of a phone that rang out says more than one that was not registered', async () => {
    const run = await dialling([A, B], { timeoutMs: 20_000 });
    legOf(run, 0).leaves(hangupCause(2020, 'Plivo'));
    await run.rig.clock.advance(20_000);
    assert.deepEqual([told(run).status, told(run).cause.code], ['no-answer', 6010]);
    await run.rig.assertClean();
  });
});

describe('a Dial that may not be', () => {
  const cases: readonly (readonly [string, Parameters<typeof dial>, number, (run: Run['rig']) => void])[] = [
    ['to the caller', [['14155550123']], 2060, () => {}],
    ['to the number that led here', [['+14155550188']], 2060, () => {}],
    ['to a country that is barred', [[A]], 2030, (rig) => rig.barred.set(A, hangupCause(2030, 'Plivo'))],
    ['to a number that is barred', [[A]], 2040, (rig) => rig.barred.set(A, hangupCause(2040, 'Plivo'))],
    ['to a prefix that is switched off', [[A]], 2050, (rig) => rig.barred.set(A, hangupCause(2050, 'Plivo'))],
    ['by a caller that makes no calls', [[A]], 3140, (rig) => rig.doNotOriginate.use(['14155550123'])],
    ['with a caller id of somebody else', [[A], { callerId: '+19995550100' }], 3030, () => {}],
    ['with a caller id of somebody else for one leg', [[target(A, { callerId: '19995550100' })]], 3030, () => {}],
    ['to what is no number', [['no-number']], 2000, () => {}],
    [
      'without credit',
      [[A]],
      1010,
      (rig) => {
        rig.account.current = { ...rig.account.current, billingMode: 'prepaid', balanceMicros: 0 };
      },
    ],
  ];
  for (const [name, given, code, prepare] of cases) {
    test(`${name}: no leg is made, the action is told ${code}`, async () => {
      const run = inbound([dial(...given)], prepare);
      run.rig.application.answers(DONE, []);
      await run.rig.clock.advance(10);
      assert.equal(run.rig.dialled.length, 0);
      assert.equal(told(run).cause.code, code);
      await run.rig.assertClean();
    });
  }

  test('one of two does not keep the other from ringing', async () => {
    const run = inbound([dial([A, B])], (rig) => rig.barred.set(A, hangupCause(2030, 'Plivo')));
    await run.rig.clock.advance(10);
    assert.deepEqual(
      run.rig.dialled.map(({ request }) => request.to),
      [B],
    );
    await run.rig.assertClean();
  });
});

describe('the legs of a Dial', () => {
  test('show what its attributes say, a leg its own', async () => {
    const run = inbound(
      [
        dial([target(A, { headers: { Ticket: 'A17' } }), target(B, { callerId: '14155550101', callerName: 'Lab' })], {
          callerId: '+14155550100',
          callerName: 'Desk',
        }),
      ],
      (rig) => {
        rig.callerIds.add('14155550100');
        rig.callerIds.add('14155550101');
      },
    );
    await run.rig.clock.advance(10);
    assert.deepEqual(
      run.rig.dialled.map(({ request: { from, callerName, headers } }) => ({ from, callerName, headers })),
      [
        { from: '14155550100', callerName: 'Desk', headers: { 'X-PH-Ticket': 'A17' } },
        { from: '14155550101', callerName: 'Lab', headers: {} },
      ],
    );
    await run.rig.assertClean();
  });

  test('are told whether the caller that they show may show its number', async () => {
    const run = inbound([dial([A, target(B, { callerId: '14155550101' })])], (rig) => void rig.callerIds.add('14155550101'));
    await run.rig.clock.advance(10);
    assert.deepEqual(
      run.rig.dialled.map(({ request }) => request.callerVerification),
      ['Verified', undefined],
    );
    await run.rig.assertClean();
  });

  test('show the caller without a caller id', async () => {
    const run = await dialling([A]);
    const [dialled] = run.rig.dialled;
    assert.deepEqual([dialled?.request.from, dialled?.request.callerName], ['14155550123', 'Ana']);
    await run.rig.assertClean();
  });

  test('digits are sent after the answer', async () => {
    const run = await dialling([target(A, { sendDigits: '1w2@300', sendDigitsMethod: 'rfc4733' })]);
    legOf(run).sendsEarlyAudio();
    await run.rig.clock.advance(1_000);
    assert.equal(legOf(run).media?.sentDigits, '');
    legOf(run).answers();
    await run.rig.clock.advance(2_000);
    assert.deepEqual(
      legOf(run).media?.digitsSent.map(({ digit, method, toneMs }) => `${digit} ${method} ${toneMs}`),
      ['1 rfc4733 300', '2 rfc4733 300'],
    );
    await run.rig.assertClean();
  });

  test('digits are sent before the answer where that is asked for, once', async () => {
    const run = await dialling([target(A, { sendDigits: '42', sendOnPreanswer: true })]);
    legOf(run).sendsEarlyAudio();
    await run.rig.clock.advance(1_000);
    assert.equal(legOf(run).media?.sentDigits, '42');
    legOf(run).answers();
    await run.rig.clock.advance(1_000);
    assert.equal(legOf(run).media?.sentDigits, '42');
    await run.rig.assertClean();
  });

  test('digits for before the answer are sent with it when there was nothing before', async () => {
    const run = await dialling([target(A, { sendDigits: '42', sendOnPreanswer: true })]);
    legOf(run).answers();
    await run.rig.clock.advance(1_000);
    assert.equal(legOf(run).media?.sentDigits, '42');
    await run.rig.assertClean();
  });

  test('end with 6000 at the time limit, counted from their answer, and the caller goes on', async () => {
    const run = await dialling([A], { timeLimitMs: 60_000, action: undefined });
    await run.rig.clock.advance(30_000);
    legOf(run).answers();
    await run.rig.clock.advance(59_990);
    assert.equal(legOf(run).hungUpWith, undefined);
    await run.rig.clock.advance(20);
    assert.equal(legOf(run).hungUpWith?.code, 6000);
    assert.equal(run.leg.media?.isPlaying, true);
    await run.rig.assertClean();
  });
});

describe('while they are connected', () => {
  test('a star of the caller drops the other leg where that is asked for', async () => {
    for (const hangupOnStar of [true, false]) {
      const run = await dialling([A], { hangupOnStar });
      legOf(run).answers();
      await run.rig.clock.advance(10);
      legOf(run).media?.press('*');
      run.leg.media?.press('12*');
      await run.rig.clock.advance(10);
      assert.equal(legOf(run).hungUpWith?.code, hangupOnStar ? 4000 : undefined);
      assert.equal(run.ending(), undefined);
      await run.rig.assertClean();
    }
  });

  test('digits of either leg that match are told', async () => {
    const run = await dialling([A], {
      callback: post('http://app.example/legs'),
      digitsMatch: ['1', '99'],
      digitsMatchBLeg: ['*2'],
    });
    legOf(run).answers();
    await run.rig.clock.advance(10);
    run.leg.media?.press('8199');
    legOf(run).media?.press('1*2');
    await run.rig.clock.advance(10);
    legOf(run).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    run.leg.media?.press('1');
    await run.rig.clock.advance(10);
    const digits = run.rig.application.notifications.flatMap((each) => (each.kind === 'dial' ? [each.digits] : []));
    assert.deepEqual(digits.filter(Boolean), [
      { match: '1', pressedBy: 'ALeg' },
      { match: '99', pressedBy: 'ALeg' },
      { match: '*2', pressedBy: 'BLeg' },
    ]);
    await run.rig.assertClean();
  });

  test('the caller that hangs up ends both', async () => {
    const run = await dialling([A]);
    legOf(run).answers();
    await run.rig.clock.advance(5_000);
    run.leg.leaves(hangupCause(4000, 'Caller'));
    await run.rig.clock.advance(10);
    assert.deepEqual([legOf(run).hungUpWith?.code, legOf(run).hungUpWith?.source], [4000, 'Caller']);
    assert.deepEqual([told(run).status, told(run).request.wantsDocument], ['completed', false]);
    await run.rig.assertClean();
  });

  test('the media engine losing a leg ends it with 5010 and the other goes on', async () => {
    const run = await dialling([A], { action: undefined });
    legOf(run).answers();
    await run.rig.clock.advance(5_000);
    await legOf(run).media?.fail();
    await run.rig.clock.advance(10);
    assert.equal(legOf(run).hungUpWith?.code, 5010);
    assert.equal(run.leg.media?.isPlaying, true);
    await run.rig.assertClean();
  });
});

describe('the callback of a Dial', () => {
  const callback = post('http://app.example/legs');

  test('hears of the winner in its order, and of all before the action', async () => {
    const run = await dialling([A, B], { callback });
    legOf(run, 1).answers();
    await run.rig.clock.advance(1_000);
    legOf(run, 1).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(1);
    assert.deepEqual(
      run.rig.application.dialActions.filter((action) => action.endsWith('2')),
      ['answer 2', 'connected 2', 'hangup 2'],
    );
    assert.deepEqual(
      run.rig.application.dialActions.filter((action) => action.endsWith('1')),
      ['hangup 1'],
    );
    await run.rig.assertClean();
  });

  test('hears of every leg that failed before the action is requested', async () => {
    const run = inbound([dial([A, B], { callback, timeoutMs: 5_000 })]);
    run.rig.application.answers(DONE, []);
    let toldBefore: readonly string[] = [];
    const { fetch } = run.rig.application;
    run.rig.application.fetch = (request, signal) => {
      if (request.target.url === DONE) toldBefore = [...run.rig.application.dialActions];
      return fetch.call(run.rig.application, request, signal);
    };
    await run.rig.clock.advance(10);
    legOf(run, 0).refuses(486);
    await run.rig.clock.advance(5_000);
    assert.deepEqual(toldBefore, ['hangup 1', 'hangup 2']);
    const codes = run.rig.application.notifications.map((each) => each.kind === 'dial' && each.bLeg.ended?.cause.code);
    assert.deepEqual(codes, [3010, 6010]);
    await run.rig.assertClean();
  });
});

describe('several Dials in a row', () => {
  test('hunt one after the other, and the last one that is answered ends the hunt', async () => {
    const run = inbound([
      dial([A], { redirect: false, timeoutMs: 10_000 }),
      dial([B], { action: undefined, timeoutMs: 10_000 }),
      speak('After', 0),
    ]);
    await run.rig.clock.advance(10_010);
    legOf(run, 1).answers();
    await run.rig.clock.advance(1_000);
    legOf(run, 1).leaves(hangupCause(4000, 'Callee'));
    await run.rig.clock.advance(10);
    assert.deepEqual([told(run).status, told(run).request.wantsDocument], ['no-answer', false]);
    assert.equal(run.leg.media?.isPlaying, true);
    await run.rig.assertClean();
  });
});
