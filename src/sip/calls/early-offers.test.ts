import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, SipRig } from '../../../testkit/sip-rig.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { OfferAnswer } from './session-types.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';
const URI = `sip:bob@${BOB}`;
const SECOND_OFFER = OFFER.replace('o=- 1 1', 'o=- 1 2').replace('4000', '4002');
const SECOND_ANSWER = ANSWER.replace('o=- 2 1', 'o=- 2 2').replace('5000', '5002');

/** A caller that requires reliable provisional responses, and what our side has been told. */
async function incoming(
  offer = OFFER,
  answer: (offer: string) => OfferAnswer | Promise<OfferAnswer> = () => ({ sdp: SECOND_ANSWER }),
) {
  const rig = new SipRig();
  const bob = await rig.stack(BOB);
  const peer = await rig.peer(PEER);
  const invites: IncomingInvite[] = [];
  bob.onInvite((invite) => invites.push(invite));
  peer.request('INVITE', URI, BOB, { Require: '100rel' }, offer);
  await rig.clock.advance(20);
  const [invite] = invites;
  assert.ok(invite);
  const offers: string[] = [];
  const answers: string[] = [];
  invite.onOffer((later) => {
    offers.push(later);
    return answer(later);
  });
  invite.onAnswer((taken) => answers.push(taken));
  const to = () => peer.responses('INVITE').at(-1)?.headers.get('To') ?? '';
  let sequence = 1;
  const within = async (method: string, fields: Readonly<Record<string, string>> = {}, body = '') => {
    peer.request(method, URI, BOB, { To: to(), CSeq: `${method === 'ACK' ? 1 : ++sequence} ${method}`, ...fields }, body);
    await rig.clock.advance(20);
    return peer.responses(method).at(-1);
  };
  const prack = (body = '', fields: Readonly<Record<string, string>> = {}) =>
    within(
      'PRACK',
      {
        RAck: `${peer
          .responses('INVITE')
          .findLast(({ headers }) => headers.has('RSeq'))
          ?.headers.get('RSeq')} 1 INVITE`,
        ...fields,
      },
      body,
    );
  return { rig, peer, invite, offers, answers, within, prack };
}

describe('before an incoming call is answered', () => {
  it('an offer in the PRACK is answered in its 200, and holds in the session', async () => {
    const { rig, peer, invite, offers, within, prack } = await incoming();
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    const reply = await prack(SECOND_OFFER);
    assert.deepEqual([reply?.status, String(reply?.body), offers], [200, SECOND_ANSWER, [SECOND_OFFER]]);
    const session = await invite.accept(ANSWER);
    await rig.clock.advance(20);
    // What the 200 says is the description in force: one that must be ignored can at least not mislead.
    assert.equal(String(peer.responses('INVITE').at(-1)?.body), SECOND_ANSWER);
    assert.deepEqual([session.localSdp, session.remoteSdp], [SECOND_ANSWER, SECOND_OFFER]);
    await within('ACK');
    session.bye();
    await rig.assertClean();
  });

  it('the answer waits for an offer that is still being answered', async () => {
    const decided = Promise.withResolvers<OfferAnswer>();
    const { rig, peer, invite, within, prack } = await incoming(OFFER, () => decided.promise);
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    assert.equal(await prack(SECOND_OFFER), undefined);
    const accepted = invite.accept(ANSWER);
    assert.equal((await within('UPDATE', {}, OFFER))?.status, 500, 'one offer at a time');
    assert.equal(peer.responses('INVITE').at(-1)?.status, 183);
    decided.resolve({ sdp: SECOND_ANSWER });
    await rig.clock.advance(20);
    assert.deepEqual([peer.statuses('PRACK'), peer.responses('INVITE').at(-1)?.status], [[200], 200]);
    await within('ACK');
    (await accepted).bye();
    await rig.assertClean();
  });

  it('an offer in the PRACK that cannot be spoken is turned down stream by stream, and ends the call', async () => {
    const { rig, peer, invite, prack } = await incoming(OFFER, () => ({ reject: 488 }));
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    const reply = await prack(SECOND_OFFER);
    assert.equal(reply?.status, 200);
    assert.match(String(reply?.body), /m=audio 0 RTP\/AVP 0\r\n/);
    assert.equal(peer.responses('INVITE').at(-1)?.status, 488);
    await rig.assertClean();
  });

  it('a PRACK with something else, or before our answer was sent reliably, changes nothing', async () => {
    const { rig, invite, offers, prack } = await incoming();
    invite.ring();
    await rig.clock.advance(20);
    assert.equal((await prack(SECOND_OFFER))?.status, 500);
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    assert.equal((await prack('hello', { 'Content-Type': 'text/plain' }))?.status, 415);
    assert.deepEqual(offers, []);
    invite.reject(486);
    await rig.assertClean();
  });

  it('our offer in a reliable 183 is answered by the PRACK, and the 200 has none', async () => {
    const { rig, peer, invite, answers, within, prack } = await incoming('');
    invite.progress(OFFER);
    await rig.clock.advance(20);
    assert.equal((await prack(ANSWER))?.status, 200);
    assert.deepEqual(answers, [ANSWER]);
    const session = await invite.accept(OFFER);
    await rig.clock.advance(20);
    const answer = peer.responses('INVITE').at(-1);
    assert.deepEqual([answer?.status, answer?.body.length], [200, 0]);
    assert.deepEqual([session.localSdp, session.remoteSdp], [OFFER, ANSWER]);
    await within('ACK');
    session.bye();
    await rig.assertClean();
  });

  it('our offer that a PRACK leaves open is open in the 200, and answered by the ACK', async () => {
    const { rig, peer, invite, within, prack } = await incoming('');
    invite.progress(OFFER);
    await rig.clock.advance(20);
    assert.equal((await prack())?.status, 200);
    assert.equal((await within('UPDATE', {}, SECOND_OFFER))?.status, 491);
    const accepted = invite.accept(OFFER);
    await rig.clock.advance(20);
    assert.equal(String(peer.responses('INVITE').at(-1)?.body), OFFER);
    await within('ACK', {}, ANSWER);
    const session = await accepted;
    assert.equal(session.remoteSdp, ANSWER);
    session.bye();
    await rig.assertClean();
  });

  it('UPDATE changes what was agreed on, and says where the caller is', async () => {
    const { rig, invite, offers, within, prack } = await incoming();
    assert.equal((await within('UPDATE', {}, SECOND_OFFER))?.status, 481, 'there is no early dialog yet');
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    await prack();
    const moved = { Contact: '<sip:peer@192.0.2.1:5070>' };
    const reply = await within('UPDATE', moved, SECOND_OFFER);
    assert.deepEqual([reply?.status, String(reply?.body), offers], [200, SECOND_ANSWER, [SECOND_OFFER]]);
    assert.match(reply?.headers.get('Contact') ?? '', /<sip:.*192\.0\.2\.2/);
    assert.equal((await within('UPDATE', moved))?.status, 200);
    const session = await invite.accept(ANSWER);
    assert.equal(session.remoteContact, 'sip:peer@192.0.2.1:5070');
    assert.equal(session.remoteSdp, SECOND_OFFER);
    await within('ACK');
    session.bye();
    await rig.assertClean();
  });

  it('UPDATE with an offer that cannot be spoken gets 488 and leaves things as they are', async () => {
    const { rig, invite, within, prack } = await incoming(OFFER, () => ({ reject: 488 }));
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    await prack();
    assert.equal((await within('UPDATE', {}, SECOND_OFFER))?.status, 488);
    const session = await invite.accept(ANSWER);
    assert.deepEqual([session.localSdp, session.remoteSdp], [ANSWER, OFFER]);
    await within('ACK');
    session.bye();
    await rig.assertClean();
  });

  it('nobody who decides too late, or not at all, holds anything up', async () => {
    const never = new Promise<OfferAnswer>(() => {});
    const { rig, peer, invite, within, prack } = await incoming(OFFER, () => never);
    invite.progress(ANSWER);
    await rig.clock.advance(20);
    await prack();
    await within('UPDATE', {}, SECOND_OFFER);
    await rig.clock.advance(10_000);
    assert.deepEqual(peer.statuses('UPDATE'), [488]);
    await within('UPDATE', {}, SECOND_OFFER);
    invite.reject(486);
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('UPDATE'), [488, 487]);
    await rig.assertClean();
  });

  it('a PRACK that comes after the 200 is answered, and its response repeated no longer', async () => {
    const { rig, peer, invite, within, prack } = await incoming();
    invite.ring();
    const session = await invite.accept(ANSWER);
    await rig.clock.advance(3_000);
    assert.equal(peer.statuses('INVITE').filter((status) => status === 180).length, 1);
    assert.equal((await prack())?.status, 200);
    await within('ACK');
    session.bye();
    await rig.assertClean();
  });
});

describe('before an outgoing call is answered', () => {
  async function outgoing() {
    const rig = new SipRig();
    const bob = await rig.stack(BOB);
    const peer = await rig.peer(PEER);
    const call = bob.invite({ target: `sip:peer@${PEER}`, from: URI, to: `sip:peer@${PEER}`, sdp: OFFER });
    const offers: string[] = [];
    call.onOffer((offer) => {
      offers.push(offer);
      return { sdp: SECOND_ANSWER };
    });
    await rig.clock.advance(20);
    const invite = peer.only('INVITE');
    const update = async (body: string, sequence: number) => {
      const fields = {
        From: `${invite.headers.get('To')};tag=peertag`,
        To: invite.headers.get('From') ?? '',
        'Call-ID': call.callId,
      };
      peer.request('UPDATE', URI, BOB, { ...fields, CSeq: `${sequence} UPDATE` }, body);
      await rig.clock.advance(20);
      return peer.responses('UPDATE').at(-1);
    };
    return { rig, peer, call, offers, invite, update };
  }

  it('the callee changes by UPDATE what its reliable 183 has agreed on', async () => {
    const { rig, peer, call, offers, invite, update } = await outgoing();
    peer.respond(invite, 183, { Require: '100rel', RSeq: '7' }, ANSWER);
    await rig.clock.advance(20);
    peer.respond(peer.only('PRACK'), 200);
    await rig.clock.advance(20);
    const reply = await update(SECOND_OFFER, 1);
    assert.deepEqual([reply?.status, String(reply?.body), offers], [200, SECOND_ANSWER, [SECOND_OFFER]]);
    peer.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(20);
    const result = await call.result;
    assert.ok(result.kind === 'answered');
    assert.deepEqual([result.session.localSdp, result.session.remoteSdp], [SECOND_ANSWER, SECOND_OFFER]);
    result.session.bye();
    await rig.clock.advance(20);
    peer.respond(peer.only('BYE'), 200);
    await rig.assertClean();
  });

  it('an UPDATE with an offer gets 491 while ours is not answered reliably', async () => {
    const { rig, peer, call, offers, invite, update } = await outgoing();
    peer.respond(invite, 183, {}, ANSWER);
    await rig.clock.advance(20);
    assert.equal((await update(SECOND_OFFER, 1))?.status, 491);
    assert.equal((await update('', 2))?.status, 200);
    assert.deepEqual(offers, []);
    peer.respond(invite, 486);
    await rig.clock.advance(20);
    assert.equal((await call.result).kind, 'failed');
    await rig.assertClean();
  });
});
