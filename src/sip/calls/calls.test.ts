import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig } from '../../../testkit/sip-rig.ts';
import type { SipStack } from '../sip-stack.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { InviteOptions, InviteResult, OutgoingInvite } from './invite-client.ts';
import type { SessionEnd, SipSession } from './session-types.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

const call = (stack: SipStack, options: Partial<InviteOptions> = {}): OutgoingInvite =>
  stack.invite({ target: `sip:bob@${BOB}`, from: `sip:alice@${ALICE}`, to: `sip:bob@${BOB}`, sdp: OFFER, ...options });

function answered(result: InviteResult): SipSession {
  assert.equal(result.kind, 'answered');
  assert.ok(result.kind === 'answered');
  return result.session;
}

/** Two stacks with a call between them. */
async function connected(rig = new SipRig()) {
  const alice = await rig.stack(ALICE);
  const bob = await rig.stack(BOB);
  let callee: SipSession | undefined;
  bob.onInvite((invite) => {
    invite.ring();
    invite.accept(ANSWER).then((session) => {
      callee = session;
    });
  });
  const outgoing = call(alice);
  await rig.clock.advance(100);
  const caller = answered(await outgoing.result);
  assert.ok(callee);
  const ends: Record<string, SessionEnd> = {};
  caller.onEnded((end) => {
    ends.caller = end;
  });
  callee.onEnded((end) => {
    ends.callee = end;
  });
  return { rig, alice, bob, caller, callee, ends };
}

describe('calls between two stacks', () => {
  it('ring, are answered, and end by BYE of the caller', async () => {
    const { rig, caller, callee, ends } = await connected();
    assert.equal(caller.remoteSdp, ANSWER);
    assert.equal(callee.remoteSdp, OFFER);
    caller.bye([['X-Why', 'done']]);
    assert.equal(ends.caller?.by, 'local');
    await rig.clock.advance(100);
    assert.equal(ends.callee?.by, 'remote');
    assert.equal(ends.callee.headers?.get('X-Why'), 'done');
    await rig.assertClean();
  });

  it('end by BYE of the callee', async () => {
    const { rig, callee, ends } = await connected();
    callee.bye();
    await rig.clock.advance(100);
    assert.equal(ends.caller?.by, 'remote');
    await rig.assertClean();
  });

  it('report ringing and early media before the answer', async () => {
    const rig = new SipRig();
    const alice = await rig.stack(ALICE);
    const bob = await rig.stack(BOB);
    bob.onInvite((invite) => {
      invite.ring([['X-Ring', 'yes']]);
      rig.clock.after(1000, () => invite.progress(ANSWER));
      rig.clock.after(2000, () => invite.reject(486, { headers: [['X-Busy', 'very']] }));
    });
    const seen: string[] = [];
    const outgoing = call(alice);
    outgoing.onRinging((status, headers) => seen.push(`${status} ${headers.get('X-Ring')}`));
    outgoing.onProgress((sdp) => seen.push(sdp === ANSWER ? 'media' : 'other'));
    await rig.clock.advance(3000);
    assert.deepEqual(seen, ['180 yes', 'media']);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed');
    assert.deepEqual([result.status, result.cause, result.headers?.get('X-Busy')], [486, 'response', 'very']);
    await rig.assertClean();
  });

  it('are cancelled while they ring', async () => {
    const rig = new SipRig();
    const alice = await rig.stack(ALICE);
    const bob = await rig.stack(BOB);
    let reason: string | undefined;
    bob.onInvite((invite) => {
      invite.ring();
      invite.onCancelled((headers) => {
        reason = headers?.get('Reason');
      });
    });
    const outgoing = call(alice);
    await rig.clock.advance(1000);
    outgoing.cancel([['Reason', 'SIP;cause=200']]);
    await rig.clock.advance(100);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed');
    assert.deepEqual([result.status, result.cause], [487, 'cancelled']);
    assert.equal(reason, 'SIP;cause=200');
    await rig.assertClean();
  });

  it('hold and resume by re-INVITE in both directions, and carry INFO', async () => {
    const { rig, caller, callee } = await connected();
    callee.onOffer((offer) => ({ sdp: `${ANSWER}a=for-${offer.length}\r\n` }));
    caller.onOffer(() => ({ reject: 488 }));
    const held = caller.reinvite(`${OFFER}a=sendonly\r\n`);
    await rig.clock.advance(100);
    assert.match(await held, /a=for-/);
    assert.match(callee.remoteSdp, /sendonly/);
    const refused = callee.reinvite(`${ANSWER}a=inactive\r\n`);
    refused.catch(() => {});
    await rig.clock.advance(100);
    await assert.rejects(refused, { status: 488 });
    const heard: string[] = [];
    callee.onInfo((type, body) => heard.push(`${type} ${body}`));
    const status = caller.info('application/dtmf-relay', 'Signal=5');
    await rig.clock.advance(100);
    assert.equal(await status, 200);
    assert.deepEqual(heard, ['application/dtmf-relay Signal=5']);
    caller.bye();
    await rig.assertClean();
  });

  it('settle glare: both offers come through, one after the other', async () => {
    const { rig, caller, callee } = await connected();
    callee.onOffer(() => ({ sdp: `${ANSWER}a=1\r\n` }));
    caller.onOffer(() => ({ sdp: `${OFFER}a=2\r\n` }));
    const both = Promise.all([caller.reinvite(`${OFFER}a=3\r\n`), callee.reinvite(`${ANSWER}a=4\r\n`)]);
    await rig.clock.advance(10_000);
    assert.deepEqual(await both, [`${ANSWER}a=1\r\n`, `${OFFER}a=2\r\n`]);
    caller.bye();
    await rig.assertClean();
  });

  it('are refreshed by session timers while both live, and end when the peer is gone', async () => {
    const { rig, caller, ends, alice } = await connected();
    await rig.clock.advance(3 * 3_600_000);
    assert.equal(caller.isEnded, false);
    rig.network.partition(ALICE, BOB);
    await rig.clock.advance(1_900_000);
    assert.equal(ends.caller?.by, 'timeout');
    assert.equal(ends.callee?.by, 'timeout');
    assert.equal(alice.counts().calls, 0);
    await rig.assertClean();
  });

  it('take a transfer and report how it goes', async () => {
    const rig = new SipRig();
    const bob = await rig.stack(BOB);
    const peer = await rig.peer(ALICE);
    bob.onInvite((invite) => {
      invite.accept(ANSWER).then((session) => {
        session.onRefer((referral) => {
          referral.accept();
          rig.clock.after(1000, () => referral.notify(200));
        });
      });
    });
    peer.request('INVITE', `sip:bob@${BOB}`, BOB, {}, OFFER);
    await rig.clock.advance(50);
    const to = peer.responses('INVITE').at(-1)?.headers.get('To') ?? '';
    peer.request('ACK', `sip:bob@${BOB}`, BOB, { To: to });
    peer.request('REFER', `sip:bob@${BOB}`, BOB, { To: to, CSeq: '2 REFER', 'Refer-To': '<sip:carol@example.com>' });
    await rig.clock.advance(50);
    assert.deepEqual(peer.statuses('REFER'), [202]);
    for (const notify of peer.requests('NOTIFY')) peer.respond(notify, 200);
    await rig.clock.advance(1100);
    const notifies = peer.requests('NOTIFY');
    for (const notify of notifies) peer.respond(notify, 200);
    assert.match(String(notifies[0]?.body), /^SIP\/2\.0 100 /);
    assert.match(String(notifies.at(-1)?.body), /^SIP\/2\.0 200 OK/);
    assert.match(notifies.at(-1)?.headers.get('Subscription-State') ?? '', /^terminated/);
    peer.request('BYE', `sip:bob@${BOB}`, BOB, { To: to, CSeq: '3 BYE' });
    await rig.assertClean();
  });

  it('come to an end when the stack stops', async () => {
    const { rig, alice, bob, ends } = await connected();
    let ringing: IncomingInvite | undefined;
    bob.onInvite((invite) => {
      ringing = invite;
      invite.ring();
    });
    const second = call(alice);
    await rig.clock.advance(100);
    assert.ok(ringing);
    const stopped = alice.stop(1000);
    await rig.clock.advance(10_000);
    await stopped;
    const result = await second.result;
    assert.ok(result.kind === 'failed' && result.cause === 'cancelled');
    assert.equal(ends.caller?.by, 'shutdown');
    assert.equal(ends.callee?.by, 'remote');
    assert.equal(ringing.isCancelled, true);
    assert.equal(alice.counts().timers, 0);
    await rig.assertClean();
  });
});
