import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inboundApplication } from '../../testkit/inbound-application.ts';
import { ScriptedLeg } from '../../testkit/scripted-leg.ts';
import { speak, waitFor } from '../../testkit/voice-elements.ts';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import type { Account } from '../accounts/account.ts';
import type { Application } from '../accounts/application.ts';
import type { CallOrigin } from './call-records.ts';
import { hangupCause } from './hangup-cause.ts';
import { InboundCalls } from './inbound-calls.ts';
import type { IncomingCall } from './leg-maker.ts';
import { DEFAULT_INCREMENT } from './pricing.ts';

/** `subaccount`: the number is one of a subaccount, with these properties of its own. */
function createInbound(
  application: Partial<Application> = {},
  account: Partial<Account> = {},
  { subaccount, cnam }: { readonly subaccount?: Partial<Account>; readonly cnam?: string } = {},
) {
  const rig = createVoiceRig();
  rig.account.current = { ...rig.account.current, ...account };
  const main = rig.account.current;
  const owner = subaccount ? { ...main, authId: 'SAVOICERIGACCOUNT001', parentId: main.authId, ...subaccount } : main;
  const origins: CallOrigin[] = [];
  const refused: string[] = [];
  const legs: ScriptedLeg[] = [];
  const inbound = new InboundCalls({
    ...rig.environment,
    records: {
      ...rig.environment.records,
      started: async (_, origin) => void origins.push(origin),
    },
    ids: rig.ids,
    live: rig.live,
    rates: () => ({ perMinute: 8_500, ...DEFAULT_INCREMENT }),
    services: rig.services,
    account: async () => rig.account.current,
    targetOf: async ({ to }) =>
      to === '14155550188'
        ? { owner, application: inboundApplication(application), ...(cnam !== undefined && { cnam }) }
        : undefined,
  });
  const arrive = (more: Partial<IncomingCall> = {}) => {
    void inbound.arrive({
      from: '14155550123',
      callerName: 'Ana',
      to: '14155550188',
      sipTo: '<sip:14155550188@x>',
      sourceIp: '192.0.2.2',
      headers: {},
      forwardedFrom: undefined,
      origin: { kind: 'carrier', carrier: 'first' },
      leg: (events) => {
        const leg = new ScriptedLeg(events, rig.media, false);
        legs.push(leg);
        return leg;
      },
      refuse: (status, reason) => refused.push(`${status} ${reason}`),
      ...more,
    });
  };
  return { rig, inbound, arrive, refused, legs, origins };
}

describe('a call that comes in', () => {
  test('rings, and its application is asked', async () => {
    const { rig, arrive, legs, origins } = createInbound();
    rig.application.answers('http://app.example/answer', [waitFor(5), speak('text')]);
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual(legs[0]?.asked, ['ring']);
    assert.equal(rig.application.requests[0]?.request.call.status, 'ringing');
    const [origin] = origins;
    assert.deepEqual(
      [origin?.carrier, origin?.applicationId, origin?.hangup?.url, origin?.requesterIp],
      ['first', '10000000000000001', 'http://app.example/hangup', '192.0.2.2'],
    );
    await rig.clock.advance(10_000);
    assert.equal(rig.ended[0]?.ended?.cause.code, 4010);
    await rig.assertClean();
  });

  test('to a number that looks callers up says who calls, and is charged for it once', async () => {
    const { rig, arrive } = createInbound({}, {}, { cnam: 'ANA LOPEZ' });
    rig.application.answers('http://app.example/answer', [waitFor(1)]);
    arrive();
    await rig.clock.advance(1);
    assert.equal(rig.application.requests[0]?.request.call.cnam, 'ANA LOPEZ');
    assert.deepEqual(rig.charges.taken, ['cnam_lookup 1']);
    await rig.clock.advance(10_000);
    assert.deepEqual([rig.charges.taken, rig.ended[0]?.cnam], [['cnam_lookup 1'], 'ANA LOPEZ']);
    await rig.assertClean();
    const other = createInbound();
    other.arrive();
    await other.rig.clock.advance(10_000);
    assert.deepEqual([other.rig.charges.taken, other.rig.ended[0]?.cnam], [[], undefined]);
    await other.rig.assertClean();
  });

  test('goes to the fallback URL of the application when it has one', async () => {
    const { rig, arrive } = createInbound({ fallbackAnswerUrl: 'http://app.example/fallback', fallbackMethod: 'GET' });
    rig.application.answers('http://app.example/fallback', [speak('Sorry')]);
    arrive();
    await rig.clock.advance(5_000);
    assert.equal(rig.ended[0]?.ended?.cause.code, 4010);
    assert.equal(rig.application.requestsTo('http://app.example/fallback').at(0)?.target.method, 'GET');
    await rig.assertClean();
  });

  test('for a number without an application is refused with 404', async () => {
    const { rig, arrive, refused } = createInbound();
    arrive({ to: '19995550100' });
    await rig.clock.advance(1);
    assert.deepEqual([refused, rig.live.size], [['404 Not Found'], 0]);
    await rig.assertClean();
  });

  test('for an application without an answer URL is refused with 480', async () => {
    const { rig, arrive, refused } = createInbound({ answerUrl: '' });
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual(refused, ['480 Temporarily Unavailable']);
    await rig.assertClean();
  });

  test('for a disabled account is refused with 403', async () => {
    const { rig, arrive, refused } = createInbound({}, { enabled: false });
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual(refused, ['403 Forbidden']);
    await rig.assertClean();
  });

  test('beyond ten in a second is refused with 486, and a tenth of a second later there is a place again', async () => {
    const { rig, arrive, refused } = createInbound();
    rig.application.answers('http://app.example/answer', [waitFor(60)]);
    for (let call = 0; call < 12; call++) arrive();
    await rig.clock.advance(1);
    assert.deepEqual([refused, rig.live.size], [['486 Busy Here', '486 Busy Here'], 10]);
    await rig.clock.advance(100);
    arrive();
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual([refused.length, rig.live.size], [3, 11]);
    await rig.assertClean();
  });

  test('an account may have a rate of its own, and 0 is none', async () => {
    for (const [inboundCallsPerSecond, expected] of [
      [1, 1],
      [0, 40],
    ] as const) {
      const { rig, arrive } = createInbound({}, { settings: { inboundCallsPerSecond } });
      rig.application.answers('http://app.example/answer', [waitFor(60)]);
      for (let call = 0; call < 40; call++) arrive();
      await rig.clock.advance(1);
      assert.equal(rig.live.size, expected);
      await rig.assertClean();
    }
  });

  test('to a subaccount counts for its main account, whose rate it is', async () => {
    for (const [inboundCallsPerSecond, expected] of [
      [30, 30],
      [2, 2],
    ] as const) {
      const { rig, arrive } = createInbound({}, { settings: { inboundCallsPerSecond } }, { subaccount: { settings: {} } });
      rig.application.answers('http://app.example/answer', [waitFor(60)]);
      for (let call = 0; call < 40; call++) arrive();
      await rig.clock.advance(1);
      assert.equal(rig.live.size, expected);
      await rig.assertClean();
    }
  });

  test('beyond the calls that its main account may have at once ends with 5030; nothing is asked or charged for it', async () => {
    const account = { settings: { concurrentCalls: 2 } };
    const { rig, arrive, legs, origins } = createInbound({}, account, { subaccount: { settings: {} }, cnam: 'ANA LOPEZ' });
    rig.application.answers('http://app.example/answer', [waitFor(60)]);
    for (let call = 0; call < 3; call++) arrive();
    await rig.clock.advance(1);
    assert.deepEqual([rig.live.size, rig.application.requests.length, rig.charges.taken.length], [2, 2, 2]);
    assert.deepEqual([legs[2]?.asked, legs[2]?.hungUpWith?.code], [[], 5030]);
    assert.deepEqual(
      rig.ended.map(({ ended }) => [ended?.cause.code, ended?.cause.source, ended?.amountMicros]),
      [[5030, 'Plivo', 0]],
    );
    assert.equal(origins[2]?.hangup?.url, 'http://app.example/hangup');
    await rig.assertClean();
  });

  test('to a subaccount whose main account is disabled is refused with 403', async () => {
    const { rig, arrive, refused } = createInbound({}, { enabled: false }, { subaccount: { enabled: true } });
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual(refused, ['403 Forbidden']);
    await rig.assertClean();
  });

  test('while the program drains is refused with 503, those that are up go on', async () => {
    const { rig, inbound, arrive, refused } = createInbound();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    arrive();
    await rig.clock.advance(1);
    inbound.drain();
    arrive();
    await rig.clock.advance(1);
    assert.deepEqual([refused, rig.live.size], [['503 Service Unavailable'], 1]);
    await rig.assertClean();
  });

  test('may be gone before anything is asked', async () => {
    const { rig, arrive } = createInbound();
    arrive({
      leg: (events) => {
        const leg = new ScriptedLeg(events, rig.media, false);
        queueMicrotask(() => leg.leaves(hangupCause(1000, 'Caller')));
        return leg;
      },
    });
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ ended, status }) => [ended?.cause.code, status]),
      [[1000, 'completed']],
    );
    await rig.assertClean();
  });

  test('of an endpoint tells who has authenticated', async () => {
    const { rig, arrive, origins } = createInbound();
    rig.application.answers('http://app.example/answer', []);
    arrive({ origin: { kind: 'endpoint', endpointId: '20000000000001', username: 'ana1', proof: 'digest' } });
    await rig.clock.advance(1);
    assert.deepEqual(rig.application.requests[0]?.request.call.sipAuth, { type: 'digest', user: 'ana1', sourceIp: '192.0.2.2' });
    assert.deepEqual([origins[0]?.carrier, origins[0]?.endpointId], [undefined, '20000000000001']);
    await rig.assertClean();
  });

  test('ends after a day at the latest', async () => {
    const { rig, arrive } = createInbound();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    arrive();
    await rig.clock.advance(86_400_001);
    assert.equal(rig.ended[0]?.ended?.cause.code, 6000);
    await rig.assertClean();
  });
});
