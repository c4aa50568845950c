import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PeerDialog } from '../../../testkit/sip-dialogs.ts';
import { ANSWER } from '../../../testkit/sip-rig.ts';
import { FIRST_TRUNK, FOREIGN_ENDPOINT, NODE, SECOND_ENDPOINT } from '../../../testkit/sip-voice-rig.ts';
import { CALLEE, CALLER, TARGET, type TransferRig, transferRig } from '../../../testkit/transfer-rig.ts';
import { post, speak } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';

const REFER_TO = `<sip:+${TARGET}@${FIRST_TRUNK}>`;

describe('a dialled party that passes its caller on', () => {
  test('is told how the target is called, rings and answers, and leaves; the Dial goes on with the target', async () => {
    const { rig, peer, invited, dialling, endOf, bridges, notes, result, finish } = await transferRig();
    const { caller, callee, calleeId } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    assert.deepEqual(callee.statuses('REFER'), [202]);
    assert.deepEqual(callee.told(), [100]);
    assert.equal(bridges(), 0, 'they hear each other no longer');
    const invite = invited(2);
    assert.equal(invite.uri, `sip:+${TARGET}@${FIRST_TRUNK}`);
    assert.match(invite.headers.get('From') ?? '', new RegExp(`sip:\\+${CALLER}@`));
    assert.equal(invite.headers.get('Referred-By'), `<sip:+${CALLEE}@${NODE}>`);
    peer.respond(invite, 180);
    await rig.clock.advance(50);
    assert.deepEqual(callee.told(), [100, 180]);
    assert.equal(caller.leg.media?.isPlaying, true, 'the caller hears it ring');
    peer.respond(invite, 200, {}, ANSWER, 'c');
    await rig.clock.advance(50);
    assert.deepEqual(callee.told(), [100, 180, 200]);
    assert.match(callee.requests('NOTIFY').at(-1)?.headers.get('Subscription-State') ?? '', /^terminated/);
    assert.equal(bridges(), 1);
    assert.equal(caller.leg.media?.isPlaying, false);
    await rig.clock.advance(2_000);
    assert.equal(callee.requests('BYE').length, 1, 'one that does not hang up is hung up');
    peer.respond(callee.requests('BYE')[0] ?? invite, 200);
    await rig.clock.advance(50);
    assert.equal(endOf(calleeId), '4000 Callee');
    assert.equal(bridges(), 1);
    const targetId = invite.headers.get('X-CallUUID') ?? '';
    assert.deepEqual(rig.application.dialActions, ['answer 1', 'connected 1', 'answer 1', 'connected 1', 'hangup 1']);
    PeerDialog.called(peer, NODE, invite, 'c').send('BYE');
    await rig.clock.advance(50);
    assert.deepEqual(result(), { status: 'completed', code: 4000, bLegId: targetId });
    const leg = rig.ended.find(({ callId }) => callId === targetId);
    assert.deepEqual([leg?.parentCallId, leg?.to, leg?.rateMicros], [caller.call.id, TARGET, 8_500]);
    assert.ok((leg?.ended?.amountMicros ?? 0) > 0, 'it is charged for');
    assert.deepEqual(
      notes('transferred').map(({ callId, detail }) => [callId, detail.with]),
      [
        [calleeId, targetId],
        [caller.call.id, targetId],
      ],
    );
    await finish();
  });

  test('hangs up by itself when it knows that the target has answered', async () => {
    const { rig, peer, invited, dialling, endOf, bridges, finish } = await transferRig();
    const { callee, calleeId } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    peer.respond(invited(2), 200, {}, ANSWER, 'c');
    await rig.clock.advance(50);
    assert.deepEqual(callee.told(), [100]);
    await rig.clock.advance(50);
    assert.deepEqual(callee.told(), [100, 200]);
    callee.send('BYE');
    await rig.clock.advance(3_000);
    assert.equal(endOf(calleeId), '4000 Callee');
    assert.deepEqual([callee.requests('BYE').length, bridges()], [0, 1]);
    await finish();
  });

  for (const status of [486, 404, 603]) {
    test(`has its caller back when the target answers ${status}`, async () => {
      const { rig, peer, invited, dialling, call, bridges, finish } = await transferRig();
      const { callee, calleeId } = await dialling();
      callee.refer(REFER_TO);
      await rig.clock.advance(50);
      callee.told();
      peer.respond(invited(2), status);
      await rig.clock.advance(50);
      assert.deepEqual(callee.told(), [100, status]);
      assert.equal(bridges(), 1);
      assert.equal(call(calleeId)?.progress, 'answered');
      callee.refer(REFER_TO);
      await rig.clock.advance(50);
      assert.deepEqual(callee.statuses('REFER'), [202, 202], 'and may try again');
      await finish();
    });
  }

  test('may hang up before the target has answered, and hears of it all the same', async () => {
    const { rig, peer, invited, dialling, endOf, bridges, finish } = await transferRig();
    const { callee, calleeId, caller } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    callee.told();
    callee.send('BYE');
    await rig.clock.advance(50);
    assert.equal(endOf(calleeId), '4000 Callee');
    peer.respond(invited(2), 180);
    await rig.clock.advance(50);
    peer.respond(invited(2), 200, {}, ANSWER, 'c');
    await rig.clock.advance(50);
    assert.deepEqual(callee.told().slice(0, 2), [100, 180]);
    await rig.clock.advance(50);
    assert.equal(callee.told().at(-1), 200);
    assert.deepEqual([bridges(), caller.call.progress], [1, 'answered']);
    await finish();
  });

  test('and hangs up before the target turns out to be busy: the Dial has ended', async () => {
    const { rig, peer, invited, dialling, result, finish } = await transferRig();
    const { callee, calleeId } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    callee.send('BYE');
    await rig.clock.advance(50);
    peer.respond(invited(2), 486);
    await rig.clock.advance(50);
    assert.deepEqual(result(), { status: 'completed', code: 3010, bLegId: calleeId });
    await finish();
  });

  test('loses the target when its caller hangs up', async () => {
    const { rig, peer, invited, dialling, endOf, finish } = await transferRig();
    const { caller, callee, calleeId } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    peer.respond(invited(2), 180);
    await rig.clock.advance(50);
    callee.told();
    caller.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(50);
    assert.equal(peer.requests('CANCEL').length, 1);
    assert.equal(endOf(calleeId), '4000 Caller');
    await rig.clock.advance(50);
    assert.equal(callee.told().at(-1), 487);
    await finish();
  });

  test('loses the target when the API takes the caller away, or itself', async () => {
    for (const which of ['caller', 'callee'] as const) {
      const { rig, peer, invited, dialling, endOf, bridges, finish } = await transferRig();
      const { caller, callee, calleeId } = await dialling();
      rig.application.answers('http://app.example/other', [speak('Other', 0)]);
      callee.refer(REFER_TO);
      await rig.clock.advance(50);
      peer.respond(invited(2), 180);
      await rig.clock.advance(50);
      callee.told();
      if (which === 'caller') caller.flow.transfer(post('http://app.example/other'));
      else assert.equal(caller.flow.dial?.release()?.id, calleeId);
      await rig.clock.advance(50);
      assert.equal(peer.requests('CANCEL').length, 1);
      assert.equal(callee.told().at(-1), 487);
      assert.equal(bridges(), 0);
      assert.equal(endOf(calleeId), which === 'caller' ? '4000 API Request' : undefined);
      assert.equal(caller.leg.media?.isPlaying, true);
      await finish();
    }
  });

  test('waits two minutes for the target at most', async () => {
    const { rig, peer, invited, dialling, bridges, finish } = await transferRig();
    const { callee } = await dialling();
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    peer.respond(invited(2), 180);
    await rig.clock.advance(50);
    callee.told();
    await rig.clock.advance(50);
    callee.told();
    await rig.clock.advance(120_000);
    assert.equal(callee.told().at(-1), 408);
    assert.equal(bridges(), 1);
    await finish();
  });

  test('passes on one at a time', async () => {
    const { rig, dialling, finish } = await transferRig();
    const { callee } = await dialling();
    callee.refer(REFER_TO);
    callee.refer('<sip:+14155550178@carrier.example>');
    await rig.clock.advance(50);
    assert.deepEqual(callee.statuses('REFER'), [202, 491]);
    await finish();
  });

  test('does not show the number of a caller that the Dial has not shown it', async () => {
    const { rig, invited, dialling, finish } = await transferRig();
    rig.callerIds.add('14155550199');
    const { callee } = await dialling({ callerId: '14155550199' });
    callee.refer(REFER_TO);
    await rig.clock.advance(50);
    assert.match(invited(2).headers.get('From') ?? '', /sip:\+14155550199@/);
    await finish();
  });

  const refusals: readonly (readonly [string, number, (rig: TransferRig['rig']) => void])[] = [
    ['numbers that may be called only', 403, (rig) => rig.barred.set(TARGET, hangupCause(2030, 'Plivo'))],
    ['nobody from a number that makes no calls', 403, (rig) => rig.doNotOriginate.use(['14155550123'])],
    [
      'nobody when the account has as many calls as it may',
      503,
      ({ account }) => {
        account.current = { ...account.current, settings: { ...account.current.settings, concurrentCalls: 1 } };
      },
    ],
  ];
  for (const [whom, status, prepare] of refusals) {
    test(`reaches ${whom}`, async () => {
      const { rig, peer, dialling, bridges, finish } = await transferRig();
      const { callee } = await dialling();
      prepare(rig);
      callee.refer(REFER_TO);
      await rig.clock.advance(50);
      assert.deepEqual(callee.statuses('REFER'), [202]);
      callee.told();
      await rig.clock.advance(50);
      assert.deepEqual(callee.told(), [100, status]);
      assert.deepEqual([peer.requests('INVITE').length, bridges()], [1, 1]);
      await finish();
    });
  }

  test('reaches a registered endpoint of the account at the place it registered from', async () => {
    const { rig, other, dialling, bridges, finish } = await transferRig('endpoints');
    const place = { transport: 'udp', address: other.address, port: 5060 } as const;
    rig.contacts.set(SECOND_ENDPOINT, { uri: `sip:ben@${other.address}`, place, path: [] });
    const { callee } = await dialling();
    callee.refer(`<sip:${SECOND_ENDPOINT}@${NODE};transport=udp>`);
    await rig.clock.advance(50);
    assert.deepEqual(callee.statuses('REFER'), [202]);
    other.respond(other.only('INVITE'), 200, {}, ANSWER, 'c');
    await rig.clock.advance(50);
    assert.equal(bridges(), 1);
    await finish();
  });

  test('learns that an endpoint is not registered', async () => {
    const { rig, dialling, finish } = await transferRig('endpoints');
    const { callee } = await dialling();
    callee.refer(`<sip:${SECOND_ENDPOINT}@${NODE}>`);
    await rig.clock.advance(50);
    callee.told();
    await rig.clock.advance(50);
    assert.deepEqual(callee.told(), [100, 480]);
    await finish();
  });
});

describe('a caller that passes its callee on', () => {
  test('leaves when the target has answered; the callee goes on with it, and pays no document', async () => {
    const { rig, peer, invited, called, endOf, bridges, result, finish } = await transferRig();
    const { caller, callerId, calleeId } = await called();
    caller.refer(REFER_TO);
    await rig.clock.advance(50);
    assert.deepEqual(caller.statuses('REFER'), [202]);
    caller.told();
    const invite = invited(2);
    assert.equal(invite.headers.get('Referred-By'), `<sip:+${CALLER}@${NODE}>`);
    peer.respond(invite, 200, {}, ANSWER, 'c');
    await rig.clock.advance(50);
    assert.equal(caller.told().at(-1), 200);
    assert.equal(bridges(), 1);
    caller.send('BYE');
    await rig.clock.advance(50);
    assert.equal(endOf(callerId), '4000 Caller');
    assert.deepEqual(result(), { status: 'completed', code: 4000, bLegId: calleeId });
    assert.equal(bridges(), 1);
    const targetId = invite.headers.get('X-CallUUID') ?? '';
    assert.equal(rig.live.find(targetId)?.call.facts.parentCallId, calleeId);
    PeerDialog.called(peer, NODE, invite, 'c').send('BYE');
    await rig.clock.advance(50);
    assert.deepEqual([endOf(targetId), endOf(calleeId)], ['4000 Callee', '4000 Callee']);
    await finish();
  });

  test('may hang up at once: the callee waits for the target by itself', async () => {
    for (const answer of [200, 486]) {
      const { rig, peer, invited, called, call, endOf, bridges, finish } = await transferRig();
      const { caller, callerId, calleeId } = await called();
      caller.refer(REFER_TO);
      await rig.clock.advance(50);
      caller.told();
      caller.send('BYE');
      await rig.clock.advance(50);
      assert.equal(endOf(callerId), '4000 Caller');
      assert.equal(call(calleeId)?.progress, 'answered');
      peer.respond(invited(2), answer, {}, answer === 200 ? ANSWER : '', 'c');
      await rig.clock.advance(50);
      assert.equal(caller.told().at(-1), answer);
      assert.equal(bridges(), answer === 200 ? 1 : 0);
      assert.equal(endOf(calleeId), answer === 200 ? undefined : '3010 Callee');
      await finish();
    }
  });

  test('has its callee back when the target does not answer', async () => {
    const { rig, peer, invited, called, call, bridges, finish } = await transferRig();
    const { caller, callerId } = await called();
    caller.refer(REFER_TO);
    await rig.clock.advance(50);
    peer.respond(invited(2), 486);
    await rig.clock.advance(50);
    assert.deepEqual([bridges(), call(callerId)?.progress], [1, 'answered']);
    await finish();
  });

  test('loses the target when the callee hangs up, and goes on with its document', async () => {
    const { rig, peer, invited, called, call, result, finish } = await transferRig();
    const { caller, callerId, callee } = await called();
    caller.refer(REFER_TO);
    await rig.clock.advance(50);
    peer.respond(invited(2), 180);
    await rig.clock.advance(50);
    callee.send('BYE');
    await rig.clock.advance(50);
    assert.equal(peer.requests('CANCEL').length, 1);
    assert.equal(result().status, 'completed');
    assert.equal(call(callerId)?.progress, 'answered');
    await finish();
  });
});

describe('a far end that may not', () => {
  test('pass calls on at all is declined, which is so where nothing is said', async () => {
    for (const [refer, target] of [
      ['decline', REFER_TO],
      ['decline', `<sip:${SECOND_ENDPOINT}@${NODE}>`],
    ] as const) {
      const { rig, peer, dialling, bridges, notes, finish } = await transferRig(refer);
      const { callee } = await dialling();
      callee.refer(target);
      await rig.clock.advance(50);
      assert.deepEqual([callee.statuses('REFER'), peer.requests('INVITE').length, bridges()], [[603], 1, 1]);
      assert.equal(notes('refer_refused').length, 1);
      await finish();
    }
  });

  for (const [refer, what, target] of [
    ['endpoints', 'a number, with endpoints alone', REFER_TO],
    ['allow', "somebody else's address", '<sip:ana@victim.example>'],
    ['allow', 'an address of the own network', '<sip:admin@192.168.0.1:5060>'],
    ['allow', 'another port of this machine', `<sip:ana@${NODE}:9999>`],
    ['allow', 'a number that only some other server knows', '<sip:4155550177@victim.example>'],
    ['allow', "another account's endpoint", `<sip:${FOREIGN_ENDPOINT}@${NODE}>`],
    ['allow', 'an endpoint that does not exist', `<sip:nobody@${NODE}>`],
    ['allow', 'a page', '<http://victim.example/>'],
    ['allow', 'a mailbox', '<mailto:ana@victim.example>'],
  ] as const) {
    test(`reach ${what} is refused with 403`, async () => {
      const { rig, peer, dialling, bridges, finish } = await transferRig(refer);
      const { callee } = await dialling();
      callee.refer(target);
      await rig.clock.advance(50);
      assert.deepEqual([callee.statuses('REFER'), peer.requests('INVITE').length, bridges()], [[403], 1, 1]);
      await finish();
    });
  }

  test('pass on a call that is connected with nobody is declined', async () => {
    const { rig, peer, finish } = await transferRig();
    rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    const from = `<sip:+${CALLER}@${FIRST_TRUNK}>;tag=alone`;
    peer.request('INVITE', `sip:+14155550188@${NODE}`, NODE, { From: from, 'Call-ID': 'alone' }, ANSWER);
    await rig.clock.advance(50);
    const caller = PeerDialog.calling(peer, NODE, 'alone', from);
    caller.send('ACK');
    caller.refer(REFER_TO);
    await rig.clock.advance(50);
    assert.deepEqual(caller.statuses('REFER'), [603]);
    await finish();
  });
});
