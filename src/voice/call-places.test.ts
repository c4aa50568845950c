import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLEE, createCallControlRig } from '../../testkit/call-control-rig.ts';
import { createSipVoiceRig, FIRST_TRUNK, NODE, NUMBER } from '../../testkit/sip-voice-rig.ts';
import { dial, inbound, target, waitFor } from '../../testkit/voice-elements.ts';
import { createVoiceRig, OWNER } from '../../testkit/voice-rig.ts';
import type { Account, AccountSettings } from '../accounts/account.ts';
import { Problem } from '../errors/catalogue.ts';
import { CallPlaces } from './call-places.ts';
import { parseDestination } from './destination.ts';
import { hangupCause } from './hangup-cause.ts';

const OTHER = '14155550124';
const THIRD = '14155550125';
const HOME = new Set(['phone.plivo.com', '192.0.2.1']);

type Limited = { readonly account: { current: Account } };
const limit = ({ account }: Limited, settings: AccountSettings) => {
  account.current = { ...account.current, settings: { callsPerSecond: 0, ...settings } };
};
const isBreached = (error: unknown) => {
  assert.ok(error instanceof Problem);
  assert.deepEqual([error.code, error.status, error.message], ['concurrency_limit', 403, 'Concurrency Limit Breached']);
  return true;
};
type Rig = ReturnType<typeof createCallControlRig>;
const endsOf = ({ ended }: Pick<Rig, 'ended'>) =>
  ended.map(({ to, ended: end }) => `${to} ${end?.cause.code} ${end?.cause.source} ${end?.amountMicros}`);
const dialledTo = ({ dialled }: Pick<Rig, 'dialled'>) => dialled.map(({ request }) => request.to);

describe('calls at once', () => {
  const { account } = createVoiceRig();
  const limited = (settings: AccountSettings): Account => ({ ...account.current, settings });
  const to = (address: string) => parseDestination(address, HOME);

  test('are counted also without a limit, by main account, and nothing is kept of who has none', () => {
    const places = new CallPlaces();
    const free = limited({});
    const held = [places.takeInbound(free), places.takeOutbound(free, to(CALLEE)), places.takeOutbound(free, to(CALLEE))];
    assert.equal(places.of(OWNER), 3);
    assert.deepEqual(
      [0, 2, 3, 4].map((concurrentCalls) => places.isFull(limited({ concurrentCalls }))),
      [false, true, true, false],
    );
    assert.equal(places.of('MASOMEBODYELSE000001'), 0);
    for (const { place } of held) place?.giveBack();
    assert.equal(places.of(OWNER), 0);
  });

  test('a place is given back once, by the end of its call or by hand', () => {
    const rig = createVoiceRig();
    const { places } = rig.live;
    const [first, second] = [places.takeAnyway(account.current), places.takeAnyway(account.current)];
    const { call } = rig.startCall('inbound');
    first.holdFor(call);
    call.hangUp(hangupCause(4000, 'Caller'));
    first.giveBack();
    assert.equal(places.of(OWNER), 1);
    second.holdFor(call);
    assert.equal(places.of(OWNER), 0, 'a call that has ended holds nothing');
  });

  test('of one destination are those to the same number, or to the same endpoint by any of our hosts', () => {
    for (const [one, same, other] of [
      [CALLEE, `+${CALLEE}`, OTHER],
      ['sip:ana@phone.plivo.com', 'sip:ana@192.0.2.1', 'sip:ben@phone.plivo.com'],
      ['sip:ana@elsewhere.example', 'sip:ana@ELSEWHERE.example', 'sip:ana@phone.plivo.com'],
    ] as const) {
      const places = new CallPlaces();
      const account = limited({ dialsPerDestination: 1 });
      assert.ok(places.takeOutbound(account, to(one)).place);
      assert.deepEqual(places.takeOutbound(account, to(same)).refusal, hangupCause(1020, 'Plivo'));
      assert.ok(places.takeOutbound(account, to(other)).place, `${other} is another`);
      assert.ok(places.takeInbound(account).place, 'calls that come in are not dialled');
      assert.equal(places.of(OWNER), 3, 'who is refused takes no place');
    }
  });
});

describe('requests of an account that has as many calls as it may', () => {
  test('are refused with 403 and store nothing, until a call has ended', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 2 });
    await rig.place();
    await rig.place({ to: [OTHER] });
    await assert.rejects(rig.place({ to: [THIRD] }), isBreached);
    assert.deepEqual([rig.store.open.size, dialledTo(rig)], [2, [CALLEE, OTHER]]);
    rig.dialled[0]?.leg.refuses(486);
    await rig.clock.advance(1);
    await rig.place({ to: [THIRD] });
    assert.deepEqual(dialledTo(rig), [CALLEE, OTHER, THIRD]);
    await rig.assertClean();
  });

  test('and its subaccounts share its places, whatever their own settings say', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 2 });
    const { account } = rig.scope;
    const subaccount = { ...account, authId: 'SAVOICERIGACCOUNT001', parentId: account.authId, settings: { concurrentCalls: 9 } };
    const branch = { ...rig.scope, subaccount, authId: subaccount.authId, byMainAccount: false };
    await rig.control.place(branch, rig.request());
    await rig.place({ to: [OTHER] });
    assert.deepEqual(
      [...rig.live].map(({ call }) => call.ownerId),
      [subaccount.authId, account.authId],
    );
    await assert.rejects(rig.control.place(branch, rig.request({ to: [THIRD] })), isBreached);
    await assert.rejects(rig.place({ to: [THIRD] }), isBreached);
    await rig.assertClean();
  });

  test('that come together are let in by as many as there are places', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 3 });
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => rig.place()));
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    assert.deepEqual([refused.length, rig.dialled.length, rig.store.open.size], [17, 3, 3]);
    assert.ok(refused.every(isBreached));
    await rig.assertClean();
  });

  test('with more destinations than places: those beyond end with 5030, at no cost', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 2 });
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
    await rig.clock.advance(1);
    assert.deepEqual([requestIds.length, dialledTo(rig), endsOf(rig)], [3, [CALLEE, OTHER], [`${THIRD} 5030 Plivo 0`]]);
    assert.equal(rig.ended[0]?.status, 'failed');
    await rig.assertClean();
  });

  test('a barred destination among them takes no place from the others', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 2 });
    rig.barred.set(CALLEE, hangupCause(2050, 'Plivo'));
    await rig.place({ to: [CALLEE, OTHER, THIRD] });
    await rig.clock.advance(1);
    assert.deepEqual([dialledTo(rig), endsOf(rig)], [[OTHER, THIRD], [`${CALLEE} 2050 Plivo 0`]]);
    await rig.assertClean();
  });

  test('one that waited and finds no place in its turn ends with 5030', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 2, callsPerSecond: 1 });
    await rig.place({ to: [CALLEE] });
    const { queued } = await rig.place({ to: [OTHER] });
    const { place } = rig.live.places.takeInbound(rig.account.current);
    assert.ok(queued && place);
    await rig.clock.advance(1_001);
    assert.deepEqual([dialledTo(rig), endsOf(rig)], [[CALLEE], [`${OTHER} 5030 Plivo 0`]]);
    place.giveBack();
    await rig.assertClean();
  });

  test('places are given back when storage takes no call, and when it knows the request already', async () => {
    const rig = createCallControlRig();
    limit(rig, { concurrentCalls: 1 });
    const { insertQueued } = rig.store;
    rig.store.insertQueued = async () => {
      throw new Error('storage is away');
    };
    await assert.rejects(rig.place(), /storage is away/);
    assert.equal(rig.live.places.of(OWNER), 0);
    rig.store.insertQueued = async () => [];
    await rig.place({ idempotencyKey: '019a0000-0000-7000-8000-000000000001' });
    assert.equal(rig.live.places.of(OWNER), 0);
    rig.store.insertQueued = insertQueued;
    await rig.place();
    assert.equal(rig.dialled.length, 1);
    await rig.assertClean();
  });
});

describe('too many calls to one destination', () => {
  test('end with 1020, others go on; an answered one counts until it ends', async () => {
    const rig = createCallControlRig();
    limit(rig, { dialsPerDestination: 1 });
    rig.application.answers('http://app.example/answer', [waitFor(60)]);
    await rig.place();
    rig.dialled[0]?.leg.answers();
    await rig.place({ to: [CALLEE, OTHER] });
    await rig.clock.advance(1);
    assert.deepEqual([dialledTo(rig), endsOf(rig)], [[CALLEE, OTHER], [`${CALLEE} 1020 Plivo 0`]]);
    assert.deepEqual([rig.ended[0]?.status, rig.ended[0]?.ended?.cause.cause], ['failed', 'ORIGINATOR_CANCEL']);
    await rig.clock.advance(61_000);
    await rig.place();
    assert.deepEqual(dialledTo(rig), [CALLEE, OTHER, CALLEE]);
    await rig.assertClean();
  });
});

describe('a caller that makes no calls', () => {
  test('has its calls ended with 3140', async () => {
    const rig = createCallControlRig();
    rig.doNotOriginate.use(['14155550100']);
    await rig.place();
    await rig.clock.advance(1);
    assert.deepEqual([rig.dialled.length, endsOf(rig)], [0, [`${CALLEE} 3140 Carrier 0`]]);
    rig.doNotOriginate.use([]);
    await rig.place();
    assert.equal(rig.dialled.length, 1);
    await rig.assertClean();
  });
});

describe('a leg of a Dial that finds no place', () => {
  const DONE = 'http://app.example/done';
  const A = '14155550111';
  const cases: readonly (readonly [string, AccountSettings, number])[] = [
    ['of the account', { concurrentCalls: 1 }, 5030],
    ['to its destination', { dialsPerDestination: 1 }, 1020],
  ];
  for (const [name, settings, code] of cases) {
    test(`${name} ends with ${code}, has a record, and the action is told`, async () => {
      const run = inbound([dial([A])], (rig) => {
        limit(rig, settings);
        rig.live.places.takeOutbound(rig.account.current, parseDestination(A, HOME));
      });
      run.rig.application.answers(DONE, []);
      await run.rig.clock.advance(10);
      const [request] = run.rig.application.requestsTo(DONE);
      assert.ok(request?.result?.element === 'Dial');
      assert.deepEqual([request.result.status, request.result.cause.code], ['failed', code]);
      assert.deepEqual(endsOf(run.rig)[0], `${A} ${code} Plivo 0`);
      assert.equal(run.rig.dialled.length, 0);
    });
  }

  test('from a number that makes no calls ends with 3140, whether the caller has it or the element', async () => {
    for (const [callerId, silent] of [
      [undefined, '14155550123'],
      ['+14155550100', '14155550100'],
    ] as const) {
      const run = inbound([dial([target(A, { callerId })])], (rig) => {
        rig.callerIds.add('14155550100');
        rig.doNotOriginate.use([silent]);
      });
      run.rig.application.answers(DONE, []);
      await run.rig.clock.advance(10);
      assert.deepEqual(endsOf(run.rig)[0], `${A} 3140 Carrier 0`);
      await run.rig.assertClean();
    }
  });

  test('of two legs the one with a place rings', async () => {
    const run = inbound([dial([A, OTHER])], (rig) => limit(rig, { concurrentCalls: 1 }));
    run.rig.application.answers(DONE, []);
    await run.rig.clock.advance(10);
    assert.deepEqual([dialledTo(run.rig), endsOf(run.rig)], [[A], [`${OTHER} 5030 Plivo 0`]]);
    await run.rig.assertClean();
  });
});

describe('a call that comes in when its account has as many as it may', () => {
  const FROM = '"Ana" <sip:+14155550123@192.0.2.2>';

  test('is refused with 486 and a Reason, its record and timeline say 5030; the next one finds the place of one that has ended', async () => {
    const rig = await createSipVoiceRig();
    limit(rig, { concurrentCalls: 1 });
    rig.application.answers('http://app.example/answer', [waitFor(60)]);
    const carrier = await rig.sip.peer(FIRST_TRUNK);
    const call = async (callId: string) => {
      const fields = { Contact: `<sip:peer@${FIRST_TRUNK}:5060>`, From: `${FROM};tag=${callId}`, 'Call-ID': callId };
      carrier.request('INVITE', `sip:+${NUMBER}@${NODE}`, NODE, fields);
      await rig.clock.advance(50);
      return carrier.responses('INVITE').findLast(({ headers }) => headers.get('Call-ID') === callId);
    };
    assert.equal((await call('first'))?.status, 180);
    const refused = await call('second');
    assert.deepEqual([refused?.status, refused?.headers.get('Reason')], [486, 'Q.850;cause=42;text="SWITCH_CONGESTION"']);
    assert.deepEqual(endsOf(rig), [`${NUMBER} 5030 Plivo 0`]);
    assert.equal(rig.application.requests.length, 1, 'nothing is asked for the second');
    const [over] = rig.ended;
    const steps = rig.steps.filter(({ callId, event }) => callId === over?.callId && event === 'hangup');
    assert.deepEqual(steps.at(0)?.detail, { code: 5030, source: 'Plivo' });
    for (const { call } of [...rig.live]) call.hangUp(hangupCause(4000, 'API Request'));
    await rig.clock.advance(50);
    assert.equal((await call('third'))?.status, 180);
    for (const { call } of [...rig.live]) call.hangUp(hangupCause(4000, 'API Request'));
    await rig.clock.advance(50);
    carrier.close();
    await rig.assertAllClean();
  });
});
