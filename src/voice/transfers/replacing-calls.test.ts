import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PeerDialog } from '../../../testkit/sip-dialogs.ts';
import { OFFER, type RawPeer } from '../../../testkit/sip-rig.ts';
import { FIRST_TRUNK, NODE, STRANGER } from '../../../testkit/sip-voice-rig.ts';
import { CALLER, type TransferRig, transferRig } from '../../../testkit/transfer-rig.ts';
import { speak } from '../../../testkit/voice-elements.ts';
import { hangupCause } from '../hangup-cause.ts';

const FROM = `<sip:+14155550144@${FIRST_TRUNK}>;tag=newcomer`;

/** Somebody at the peer calls to take a place. */
async function replacing({ rig }: TransferRig, peer: RawPeer, replaces: string): Promise<number | undefined> {
  const fields = { From: FROM, 'Call-ID': 'newcomer', Replaces: replaces, Require: 'replaces' };
  peer.request('INVITE', `sip:somebody@${NODE}`, NODE, fields, OFFER);
  await rig.clock.advance(50);
  return peer.responses('INVITE').findLast(({ headers }) => headers.get('Call-ID') === 'newcomer')?.status;
}

/** Who was let in confirms it, and the party whose place it took agrees that its call is over. */
async function newcomerFor({ rig, peer }: TransferRig, replaced: PeerDialog): Promise<PeerDialog> {
  const newcomer = PeerDialog.calling(peer, NODE, 'newcomer', FROM);
  newcomer.send('ACK');
  await rig.clock.advance(50);
  for (const bye of replaced.requests('BYE')) peer.respond(bye, 200);
  await rig.clock.advance(50);
  return newcomer;
}

describe('a call that replaces another', () => {
  test('is let in also when its account has as many calls as it may: one of them ends by it', async () => {
    const rig = await transferRig('endpoints');
    const { callee } = await rig.dialling();
    const { account, live } = rig.rig;
    const concurrentCalls = live.places.of(account.current.authId);
    account.current = { ...account.current, settings: { ...account.current.settings, concurrentCalls } };
    assert.equal(await replacing(rig, rig.peer, callee.replaces), 200);
    const newcomer = await newcomerFor(rig, callee);
    assert.equal(live.places.of(account.current.authId), concurrentCalls);
    newcomer.send('BYE');
    await rig.rig.clock.advance(50);
    await rig.finish();
  });

  test('takes the place of a dialled party, which is hung up; the Dial goes on with it', async () => {
    const rig = await transferRig('endpoints');
    const { callee, calleeId, caller } = await rig.dialling();
    assert.equal(await replacing(rig, rig.peer, callee.replaces), 200);
    const newcomer = PeerDialog.calling(rig.peer, NODE, 'newcomer', FROM);
    newcomer.send('ACK');
    await rig.rig.clock.advance(50);
    assert.equal(callee.requests('BYE').length, 1);
    for (const bye of callee.requests('BYE')) rig.peer.respond(bye, 200);
    await rig.rig.clock.advance(50);
    assert.equal(rig.endOf(calleeId), '4000 Callee');
    assert.equal(rig.bridges(), 1);
    const call = [...rig.rig.live].map(({ call: each }) => each).find(({ facts }) => facts.from === '14155550144');
    assert.ok(call);
    assert.deepEqual([call.facts.direction, call.accountId, call.facts.rateMicros], ['inbound', caller.call.accountId, 8_500]);
    newcomer.send('BYE');
    await rig.rig.clock.advance(50);
    assert.deepEqual(rig.result(), { status: 'completed', code: 4000, bLegId: call.id });
    await rig.finish();
  });

  test('takes the place of a caller, whose document is over', async () => {
    const rig = await transferRig('endpoints');
    const { caller, callerId, calleeId } = await rig.called();
    assert.equal(await replacing(rig, rig.peer, caller.replaces), 200);
    const newcomer = await newcomerFor(rig, caller);
    assert.equal(rig.endOf(callerId), '4000 Caller');
    assert.deepEqual([rig.bridges(), rig.call(calleeId)?.progress], [1, 'answered']);
    newcomer.send('BYE');
    await rig.rig.clock.advance(50);
    assert.equal(rig.endOf(calleeId), '4000 Caller');
    await rig.finish();
  });

  const refusals: Readonly<Record<string, readonly [(replaces: string) => string, number]>> = {
    'that is not there': [() => 'nobody;to-tag=1;from-tag=2', 481],
    'that is named the wrong way round': [
      (replaces) => replaces.replace('to-tag', 'x-tag').replace('from-tag', 'to-tag').replace('x-tag', 'from-tag'),
      481,
    ],
    'that is to ring still': [(replaces) => `${replaces};early-only`, 486],
    'without a name': [() => 'nobody', 400],
    'of two': [(replaces) => `${replaces}\r\nReplaces: ${replaces}`, 400],
  };
  for (const [which, [written, status]] of Object.entries(refusals)) {
    test(`${which} is refused with ${status}`, async () => {
      const rig = await transferRig();
      const { callee } = await rig.dialling();
      assert.equal(await replacing(rig, rig.peer, written(callee.replaces)), status);
      assert.equal(rig.bridges(), 1);
      await rig.finish();
    });
  }

  test('that has ended is refused with 603, while its BYE is not answered, and then with 481', async () => {
    const rig = await transferRig();
    const { callee, calleeId } = await rig.dialling();
    rig.call(calleeId)?.hangUp(hangupCause(4000, 'API Request'));
    assert.equal(await replacing(rig, rig.peer, callee.replaces), 603);
    await rig.finish();
  });

  test('of a trunk that may not is refused with 403, and so is one of another trunk', async () => {
    for (const refer of ['decline', 'allow'] as const) {
      const rig = await transferRig(refer);
      const { callee } = await rig.dialling();
      assert.equal(await replacing(rig, refer === 'allow' ? rig.other : rig.peer, callee.replaces), 403);
      assert.equal(rig.bridges(), 1);
      await rig.finish();
    }
  });

  test('of nobody known has to say who it is', async () => {
    const rig = await transferRig();
    const { callee } = await rig.dialling();
    const stranger = await rig.rig.sip.peer(STRANGER);
    assert.equal(await replacing(rig, stranger, callee.replaces), 407);
    stranger.close();
    await rig.finish();
  });

  test('that is connected with nobody is declined', async () => {
    const rig = await transferRig();
    rig.rig.application.answers('http://app.example/answer', [speak('text', 0)]);
    const from = `<sip:+${CALLER}@${FIRST_TRUNK}>;tag=alone`;
    rig.peer.request('INVITE', `sip:+14155550188@${NODE}`, NODE, { From: from, 'Call-ID': 'alone' }, OFFER);
    await rig.rig.clock.advance(50);
    const alone = PeerDialog.calling(rig.peer, NODE, 'alone', from);
    alone.send('ACK');
    await rig.rig.clock.advance(50);
    assert.equal(await replacing(rig, rig.peer, alone.replaces), 603);
    await rig.finish();
  });
});
