import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OFFER, type RawPeer, SipRig } from '../../../testkit/sip-rig.ts';
import type { StackLimits } from '../sip-stack.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';
const URI = `sip:bob@${BOB}`;

async function setUp(limits: Partial<StackLimits> = {}) {
  const rig = new SipRig();
  const bob = await rig.stack(BOB, { limits });
  const peer = await rig.peer(PEER);
  let invites = 0;
  bob.onInvite((invite) => {
    invites++;
    invite.reject(486);
  });
  return { rig, bob, peer, invites: () => invites };
}

const via = (branch: string) => ({ Via: `SIP/2.0/UDP ${PEER}:5060;rport${branch}` });
const ackTo = (peer: RawPeer) => ({ To: peer.responses('INVITE').at(-1)?.headers.get('To') ?? '' });

describe('server transactions', () => {
  for (const [what, branch] of [
    ['of RFC 3261, by their branch', ';branch=z9hG4bKabc'],
    ['of RFC 2543, by what their copies share', ''],
  ] as const) {
    it(`absorb copies and the ACK of a refusal ${what}`, async () => {
      const { rig, bob, peer, invites } = await setUp();
      peer.request('INVITE', URI, BOB, via(branch), OFFER);
      await rig.clock.advance(20);
      peer.request('INVITE', URI, BOB, via(branch), OFFER);
      await rig.clock.advance(20);
      assert.equal(invites(), 1);
      assert.deepEqual(peer.statuses('INVITE'), [100, 486, 486]);
      peer.request('ACK', URI, BOB, { ...via(branch), ...ackTo(peer), CSeq: '1 ACK' });
      await rig.clock.advance(4000);
      assert.equal(peer.statuses('INVITE').length, 3, 'acknowledged: not repeated any more');
      await rig.clock.advance(1100);
      assert.equal(bob.counts().serverTransactions, 0);
      await rig.assertClean();
    });
  }

  it('repeat a refusal of INVITE until it is acknowledged, then give up', async () => {
    const { rig, peer } = await setUp();
    peer.request('INVITE', URI, BOB, {}, OFFER);
    await rig.clock.advance(33_000);
    assert.equal(peer.statuses('INVITE').filter((status) => status === 486).length, 11);
    await rig.assertClean();
  });

  it('answer copies of other requests with the same response', async () => {
    const { rig, peer } = await setUp();
    peer.request('OPTIONS', URI, BOB, via(';branch=z9hG4bKopt'));
    peer.request('OPTIONS', URI, BOB, via(';branch=z9hG4bKopt'));
    await rig.clock.advance(20);
    const tags = peer.responses('OPTIONS').map(({ headers }) => headers.get('To'));
    assert.equal(tags.length, 2);
    assert.equal(tags[0], tags[1]);
    await rig.assertClean();
  });

  it('are not made beyond their limit: 503 without any state', async () => {
    const { rig, bob, peer } = await setUp({ serverTransactions: 1 });
    peer.request('OPTIONS', URI, BOB, { 'Call-ID': 'one' });
    peer.request('OPTIONS', URI, BOB, { 'Call-ID': 'two' });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('OPTIONS'), [200, 503]);
    assert.equal(bob.counts().serverTransactions, 1);
    await rig.assertClean();
  });
});

describe('an error of the owner', () => {
  it('in a handler costs its own call only: 500', async () => {
    const { rig, bob, peer } = await setUp();
    bob.onInvite(() => {
      throw new Error('broken');
    });
    peer.request('INVITE', URI, BOB, {}, OFFER);
    await rig.clock.advance(20);
    assert.equal(peer.statuses('INVITE').at(-1), 500);
    assert.match(String(rig.errors.splice(0)[0]), /broken/);
    await rig.assertClean();
  });

  it('in a callback is reported and stops nothing', async () => {
    const { rig, bob, peer } = await setUp();
    bob.onInvite((invite) => {
      invite.onCancelled(() => {
        throw new Error('careless');
      });
    });
    peer.request('INVITE', URI, BOB, via(';branch=z9hG4bKc'), OFFER);
    peer.request('CANCEL', URI, BOB, { ...via(';branch=z9hG4bKc'), CSeq: '1 CANCEL' });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('INVITE'), [100, 487]);
    assert.match(String(rig.errors.splice(0)[0]), /careless/);
    await rig.assertClean();
  });
});
