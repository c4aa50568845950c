import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dialTo, PARTY, party, partyControlRig } from '../../../testkit/multiparty-rig.ts';
import { dial, play, post, speak } from '../../../testkit/voice-elements.ts';
import { Problem } from '../../errors/catalogue.ts';
import { hangupCause } from '../hangup-cause.ts';

const WHICH = { by: 'name', name: PARTY } as const;
const ANNA = '14155550101';
const BEN = '14155550102';
const CARL = '14155550103';
const CALLEE_LEAVES = hangupCause(4000, 'Callee');
const missing = (error: unknown) => error instanceof Problem && error.code === 'not_found';
const conflict = (error: unknown) => error instanceof Problem && error.code === 'conflict';

/** A rig with what the tests of invitations look at. */
function invitations() {
  const made = partyControlRig();
  const { rig, notices } = made;
  return {
    ...made,
    /** Why each ended call ended, by the number it went to. */
    causes: () => rig.ended.map(({ to, ended }) => `${to} ${ended?.cause.code}`),
    outcomes: () => notices().flatMap(({ event, outcome }) => (event === 'invite-resolved' ? [outcome] : [])),
    legTo: (to: string) => {
      const found = rig.dialled.find(({ request }) => request.to === to);
      assert.ok(found, `${to} is dialled`);
      return found.leg;
    },
  };
}

describe('a participant added by the API', () => {
  test('makes the multiparty call, is dialled, and its leg ends with it', async () => {
    const status = post('http://app.example/leg');
    const { rig, scope, control, live, legTo, told, outcomes, causes, end } = invitations();
    const added = await control.add(scope, WHICH, dialTo([ANNA], 'agent', { callStatusCallback: status, sendDigits: '1w2' }));
    assert.deepEqual(added.calls, [{ callId: added.requestId, from: '14155550100', to: ANNA }]);
    assert.deepEqual([live().state, live().participants.length], ['initialized', 0]);
    await rig.clock.advance(10);
    const leg = legTo(ANNA);
    leg.rings();
    leg.answers();
    await rig.clock.advance(10);
    assert.deepEqual([live().state, live().participants[0]?.call.id], ['active', added.requestId]);
    assert.deepEqual(told(), ['initialized', 'invite-begun', 'invite-resolved', 'joined 1', 'started']);
    assert.deepEqual(outcomes(), ['success']);
    assert.deepEqual(
      rig.application.notifications.flatMap(({ kind, target }) => (target.url === status.url ? [kind] : [])),
      ['ring', 'answered'],
    );
    await control.end(scope, WHICH);
    await rig.clock.advance(10);
    assert.deepEqual(causes(), [`${ANNA} 4020`]);
    await end();
  });

  test('its leg ends with 4020 by whoever ended the multiparty call: the API, or its time', async () => {
    const endings: string[] = [];
    for (const end of ['request', 'time'] as const) {
      const { rig, scope, control, legTo, ...made } = invitations();
      await control.add(scope, WHICH, dialTo([ANNA], 'agent', {}, {}, { maxDurationMs: 300_000 }));
      await rig.clock.advance(10);
      legTo(ANNA).answers();
      await rig.clock.advance(10);
      if (end === 'request') await control.end(scope, WHICH);
      else await rig.clock.advance(300_000);
      await rig.clock.advance(10);
      endings.push(...rig.ended.map(({ ended }) => `${ended?.cause.code} ${ended?.cause.source}`));
      await made.end();
    }
    assert.deepEqual(endings, ['4020 API Request', '4020 Plivo']);
  });

  test('who is kicked ends with 4030, or goes on where it was said to', async () => {
    const exit = post('http://app.example/exit');
    const { rig, scope, control, legTo, causes, end } = invitations();
    rig.application.answers(exit.url, [speak('bye', 0)]);
    await control.add(scope, WHICH, dialTo([ANNA]));
    await control.add(scope, WHICH, dialTo([BEN], 'customer', {}, { onExit: exit, stayAlone: true }));
    await rig.clock.advance(10);
    legTo(ANNA).answers();
    legTo(BEN).answers();
    await rig.clock.advance(10);
    await control.kick(scope, WHICH, ['1']);
    await rig.clock.advance(10);
    assert.deepEqual(causes(), [`${ANNA} 4030`]);
    await control.kick(scope, WHICH, ['2']);
    await rig.clock.advance(10);
    assert.deepEqual([legTo(BEN).media?.isPlaying, causes().length], [true, 1]);
    await end();
  });

  test('of several destinations the first that answers comes in, the others have lost the race', async () => {
    const { rig, scope, control, live, legTo, outcomes, causes, end } = invitations();
    const added = await control.add(scope, WHICH, dialTo([ANNA, BEN, '14155550103']));
    assert.equal(
      added.calls.some(({ callId }) => callId === added.requestId),
      false,
    );
    await rig.clock.advance(10);
    assert.equal(rig.dialled.length, 2, 'the account makes two calls a second');
    legTo(ANNA).refuses(486);
    await rig.clock.advance(10);
    assert.equal(live().state, 'initialized');
    legTo(BEN).answers();
    await rig.clock.advance(2_000);
    assert.deepEqual([live().participants.length, rig.dialled.length], [1, 2]);
    assert.deepEqual(causes(), [`${ANNA} 3010`, '14155550103 9000']);
    assert.deepEqual(outcomes(), ['success']);
    await end();
    await assert.rejects(control.add(scope, WHICH, dialTo([ANNA, BEN], 'customer')), /agents only/);
  });

  test('is on the way while the call waits for its turn, is dialled and rings, and not any more when it was refused', async () => {
    const { rig, scope, control, live, legTo, end } = invitations();
    const added: string[] = [];
    for (const to of [ANNA, BEN, CARL]) added.push((await control.add(scope, WHICH, dialTo([to], 'customer'))).requestId);
    await rig.clock.advance(10);
    assert.equal(rig.dialled.length, 2, 'the account makes two calls a second');
    legTo(ANNA).answers();
    await rig.clock.advance(10);
    const { id } = live();
    const places = async () => await Promise.all(added.map((callId) => control.whereabouts(id, callId)));
    assert.deepEqual(await places(), ['in', 'coming', 'coming']);
    await rig.clock.advance(2_000);
    legTo(BEN).refuses(486);
    legTo(CARL).rings();
    await rig.clock.advance(10);
    assert.deepEqual(await places(), ['in', 'gone', 'coming']);
    await end();
  });

  test('each destination has its delay and its time to ring, and when none comes nothing is left', async () => {
    const { rig, scope, control, all, records, outcomes, causes, told, end } = invitations();
    const request = dialTo([]);
    assert.ok(request.invite.kind === 'dial');
    await control.add(scope, WHICH, {
      ...request,
      invite: {
        ...request.invite,
        destinations: [
          { to: ANNA, ringTimeoutS: 10, delayS: 0 },
          { to: BEN, ringTimeoutS: 20, delayS: 5 },
        ],
      },
    });
    await rig.clock.advance(4_990);
    assert.equal(rig.dialled.length, 1);
    await rig.clock.advance(10);
    assert.equal(rig.dialled.length, 2);
    await rig.clock.advance(5_000);
    assert.deepEqual(causes(), [`${ANNA} 6010`]);
    await rig.clock.advance(15_000);
    assert.deepEqual(causes(), [`${ANNA} 6010`, `${BEN} 6010`]);
    assert.deepEqual([outcomes(), all().length], [['timeout'], 0]);
    assert.deepEqual([records()[0]?.terminationCode, records()[0]?.bill?.billedS], [1000, 0]);
    assert.deepEqual(told(), ['initialized', 'invite-begun', 'invite-resolved', 'ended']);
    await end();
  });

  test('must press the key where one is asked for', async () => {
    const { rig, scope, control, live, legTo, outcomes, causes, end } = invitations();
    rig.application.answers('http://app.example/confirm', [speak('press 5')]);
    const asked = { confirmKey: '5', confirmSound: post('http://app.example/confirm') };
    await control.add(scope, WHICH, dialTo([ANNA], 'agent', asked));
    await rig.clock.advance(10);
    legTo(ANNA).answers();
    await rig.clock.advance(1_000);
    assert.equal(live().participants.length, 0);
    legTo(ANNA).media?.press('5');
    await rig.clock.advance(10);
    assert.equal(live().participants.length, 1);
    await control.add(scope, WHICH, dialTo([BEN], 'agent', { ...asked, confirmSound: undefined }));
    await rig.clock.advance(10);
    legTo(BEN).answers();
    await rig.clock.advance(120_000);
    assert.deepEqual([causes(), outcomes()], [[`${BEN} 9110`], ['success', 'confirm-key-failed']]);
    await end();
  });

  test('the others hear it ring, its early audio or a music, until it is in', async () => {
    const { rig, scope, control, enter, legTo, mixed, end } = invitations();
    rig.sounds.set('http://files.example/a.mp3', 1_000);
    rig.application.answers('http://app.example/music', [play('http://files.example/a.mp3')]);
    await enter('customer', { stayAlone: true });
    const sounding = () => {
      const last = mixed()?.sound.heard.at(-1);
      return mixed()?.sound.isPlaying ? last?.sources[0]?.kind : undefined;
    };
    await control.add(scope, WHICH, dialTo([ANNA], 'agent', { dialMusic: { kind: 'real' } }));
    await rig.clock.advance(1_000);
    legTo(ANNA).rings();
    assert.equal(sounding(), 'tone');
    legTo(ANNA).sendsEarlyAudio();
    assert.deepEqual([sounding(), mixed()?.members.length, mixed()?.members[1]?.deaf], [undefined, 2, true]);
    legTo(ANNA).answers();
    await rig.clock.advance(10);
    assert.deepEqual([mixed()?.members.length, mixed()?.members[1]?.deaf], [2, false]);
    await control.add(scope, WHICH, dialTo([BEN], 'agent', { dialMusic: { kind: 'url', url: 'http://app.example/music' } }));
    await rig.clock.advance(1_000);
    legTo(BEN).rings();
    await rig.clock.advance(10);
    assert.equal(sounding(), 'clip');
    legTo(BEN).refuses(603);
    await rig.clock.advance(10);
    assert.equal(sounding(), undefined);
    await end();
  });

  test('is given up when the multiparty call ends while it rings, waits or is asked for the key', async () => {
    const { rig, scope, control, legTo, causes, all, end } = invitations();
    await control.add(scope, WHICH, dialTo([ANNA, BEN, '14155550103', '14155550104']));
    await control.add(scope, WHICH, dialTo(['14155550105'], 'agent', { confirmKey: '1' }));
    await rig.clock.advance(2_000);
    legTo('14155550105').answers();
    await rig.clock.advance(10);
    await control.end(scope, WHICH);
    await rig.clock.advance(10);
    assert.equal(all().length, 0);
    assert.deepEqual(
      causes().toSorted(),
      [ANNA, BEN, '14155550103', '14155550104', '14155550105'].map((to) => `${to} 4020`),
    );
    await end();
  });

  test('the last one who leaves takes those along who still ring', async () => {
    const { rig, scope, enter, control, causes, records, end } = invitations();
    const customer = await enter('customer');
    await control.add(scope, WHICH, dialTo([ANNA]));
    await rig.clock.advance(10);
    customer.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual([causes().includes(`${ANNA} 4020`), records()[0]?.terminationCode], [true, 1000]);
    await end();
  });

  test('a live call is taken out of what it does, a leg of a Dial out of that', async () => {
    const { rig, scope, run, control, live, legTo, causes, end } = invitations();
    const a = await run([speak('menu', 0)]);
    const request = dialTo([], 'customer', {}, { stayAlone: true });
    const transfer = (callId: string) => ({ ...request, invite: { kind: 'transfer' as const, callId } });
    assert.deepEqual(await control.add(scope, WHICH, transfer(a.call.id)), {
      requestId: a.call.id,
      calls: [{ callId: a.call.id, from: a.call.facts.from, to: a.call.facts.to }],
    });
    await rig.clock.advance(10);
    assert.deepEqual([live().participants.length, a.leg.media?.isPlaying], [1, false]);
    await run([dial([ANNA], { action: undefined }), speak('after', 0)]);
    await rig.clock.advance(1_000);
    legTo(ANNA).answers();
    await rig.clock.advance(10);
    const callee = [...rig.live].find(({ call }) => call.facts.to === ANNA)?.call;
    assert.ok(callee);
    await control.add(scope, WHICH, transfer(callee.id));
    await rig.clock.advance(10);
    assert.equal(live().participants.length, 2);
    await assert.rejects(control.add(scope, WHICH, transfer('01890000-0000-7000-8000-000000000000')), missing);
    const ringing = rig.startCall('inbound');
    await assert.rejects(control.add(scope, WHICH, transfer(ringing.call.id)), /not answered/);
    await control.end(scope, WHICH);
    await rig.clock.advance(10);
    assert.deepEqual(causes().toSorted(), ['14155550101 4020', '14155550188 4020']);
    await end();
  });

  test('finds no room in a full one, none by an unknown id, and may be kept from being the first', async () => {
    const { rig, scope, enter, control, legTo, live, causes, end } = invitations();
    const first = { ...dialTo([ANNA]), mayBeFirst: false };
    await assert.rejects(control.add(scope, WHICH, first), missing);
    await assert.rejects(control.add(scope, { by: 'id', id: '01890000-0000-7000-8000-000000000000' }, dialTo([ANNA])), missing);
    await assert.rejects(control.add(scope, WHICH, dialTo(['nonsense'])), /neither a number/);
    assert.equal(rig.dialled.length, 0);
    const customer = await enter('customer', {}, { maxParticipants: 2 });
    await control.add(scope, WHICH, first);
    await assert.rejects(control.add(scope, WHICH, dialTo([BEN])), conflict);
    await rig.clock.advance(10);
    legTo(ANNA).answers();
    await rig.clock.advance(10);
    assert.equal(live().participants.length, 2);
    customer.leg.leaves(CALLEE_LEAVES);
    await rig.clock.advance(10);
    assert.equal(causes().at(-1), `${ANNA} 4020`);
    await end();
  });

  test('one whose destination is barred or whose caller is not allowed is not dialled', async () => {
    const { rig, scope, control, all, end } = invitations();
    rig.barred.set(ANNA, hangupCause(2030, 'Plivo'));
    await assert.rejects(control.add(scope, WHICH, dialTo([ANNA])), /barred/);
    const request = dialTo([BEN]);
    assert.ok(request.invite.kind === 'dial');
    await assert.rejects(
      control.add(scope, WHICH, { ...request, invite: { ...request.invite, from: '14155559999' } }),
      /not associated/,
    );
    assert.deepEqual([all().length, rig.dialled.length], [0, 0]);
    await end();
  });

  test('is refused when the account has as many calls as it may, and ends with 5030 where the place goes to another', async () => {
    const { rig, scope, control, causes, end } = invitations();
    rig.account.current = { ...rig.account.current, settings: { concurrentCalls: 1 } };
    const limited = { ...scope, account: rig.account.current };
    await control.add(limited, WHICH, dialTo([ANNA, BEN], 'agent'));
    await rig.clock.advance(10);
    assert.deepEqual([rig.dialled.map(({ request }) => request.to), causes()], [[ANNA], [`${BEN} 5030`]]);
    const breached = (error: unknown) => error instanceof Problem && error.code === 'concurrency_limit';
    await assert.rejects(control.add(limited, WHICH, dialTo([CARL], 'agent')), breached);
    await end();
  });

  test('calls of the program that stops are given up', async () => {
    const { rig, scope, control, all, causes, end } = invitations();
    await control.add(scope, WHICH, dialTo([ANNA, BEN, '14155550103']));
    await rig.clock.advance(10);
    rig.multiParty.giveUpInvitations();
    await rig.clock.advance(1_000);
    assert.deepEqual([all().length, causes().length], [0, 3]);
    await end();
  });

  test('a call that comes by itself meets the one that was dialled', async () => {
    const { rig, scope, run, control, legTo, mixed, end } = invitations();
    await control.add(scope, WHICH, dialTo([ANNA]));
    await rig.clock.advance(10);
    await run([party('customer')]);
    legTo(ANNA).answers();
    await rig.clock.advance(10);
    assert.equal(mixed()?.members.length, 2);
    await end();
  });
});
