import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, type RawPeer, SipRig } from '../../../testkit/sip-rig.ts';
import type { StackLimits } from '../sip-stack.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import type { SessionEnd, SipSession } from './session-types.ts';

const BOB = '192.0.2.2';
const PEER = '192.0.2.1';
const URI = `sip:bob@${BOB}`;

async function setUp(limits: Partial<StackLimits> = {}) {
  const rig = new SipRig();
  const bob = await rig.stack(BOB, { limits });
  const peer = await rig.peer(PEER);
  const invites: IncomingInvite[] = [];
  bob.onInvite((invite) => invites.push(invite));
  const invited = async (fields: Readonly<Record<string, string>> = {}, body = OFFER) => {
    peer.request('INVITE', URI, BOB, fields, body);
    await rig.clock.advance(20);
    const invite = invites.at(-1);
    assert.ok(invite);
    return invite;
  };
  return { rig, bob, peer, invites, invited };
}

/** The To of the last response to INVITE, with our tag. */
const dialogTo = (peer: RawPeer): string => peer.responses('INVITE').at(-1)?.headers.get('To') ?? '';

function ended(session: SipSession): SessionEnd['by'][] {
  const ends: SessionEnd['by'][] = [];
  session.onEnded(({ by }) => ends.push(by));
  return ends;
}

describe('an incoming call', () => {
  it('repeats its answer until the ACK comes', async () => {
    const { rig, peer, invited } = await setUp();
    const accepted = (await invited()).accept(ANSWER);
    await rig.clock.advance(3600);
    const ends = ended(await accepted);
    assert.deepEqual(peer.statuses('INVITE'), [100, 200, 200, 200, 200]);
    peer.request('ACK', URI, BOB, { To: dialogTo(peer) });
    await rig.clock.advance(20_000);
    assert.equal(peer.statuses('INVITE').length, 5);
    assert.deepEqual(ends, []);
    peer.request('BYE', URI, BOB, { To: dialogTo(peer), CSeq: '2 BYE' });
    await rig.clock.advance(20);
    assert.deepEqual(ends, ['remote']);
    await rig.assertClean();
  });

  it('is hung up when no ACK ever comes', async () => {
    const { rig, peer, invited } = await setUp();
    const ends = ended(await (await invited()).accept(ANSWER));
    await rig.clock.advance(32_100);
    assert.deepEqual(ends, ['timeout']);
    peer.respond(peer.only('BYE'), 200);
    await rig.assertClean();
  });

  it('that the owner ends before the ACK sends its BYE only after it', async () => {
    const { rig, peer, invited } = await setUp();
    const session = await (await invited()).accept(ANSWER);
    session.bye();
    await rig.clock.advance(100);
    assert.equal(peer.requests('BYE').length, 0);
    peer.request('ACK', URI, BOB, { To: dialogTo(peer) });
    await rig.clock.advance(20);
    peer.respond(peer.only('BYE'), 200);
    await rig.assertClean();
  });

  it('is told once of a CANCEL, whose copies and delay change nothing', async () => {
    const { rig, peer, invited } = await setUp();
    const invite = await invited({ Via: `SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKx` });
    let told = 0;
    invite.onCancelled(() => told++);
    const cancel = () => peer.request('CANCEL', URI, BOB, { Via: `SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKx`, CSeq: '1 CANCEL' });
    cancel();
    cancel();
    await rig.clock.advance(20);
    assert.equal(told, 1);
    assert.deepEqual(peer.statuses('CANCEL'), [200, 200]);
    assert.deepEqual(peer.statuses('INVITE'), [100, 487]);
    await assert.rejects(invite.accept(ANSWER), { status: 487 });
    peer.request('ACK', URI, BOB, { Via: `SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKx`, To: dialogTo(peer) });
    await rig.assertClean();
  });

  it('stays answered when a CANCEL comes after the answer', async () => {
    const { rig, peer, invited } = await setUp();
    const via = { Via: `SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKy` };
    const invite = await invited(via);
    const session = await invite.accept(ANSWER);
    peer.request('CANCEL', URI, BOB, { ...via, CSeq: '1 CANCEL' });
    peer.request('ACK', URI, BOB, { To: `<${URI}>` });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('CANCEL'), [200]);
    assert.equal(session.isEnded, false);
    assert.equal(invite.isCancelled, false);
    session.bye();
    await rig.assertClean();
  });

  it('that requires 100rel gets reliable responses, and its answer after the PRACK', async () => {
    const { rig, peer, invited } = await setUp();
    const invite = await invited({ Require: '100rel' });
    invite.progress(ANSWER);
    const accepted = invite.accept(ANSWER);
    await rig.clock.advance(1600);
    assert.deepEqual(peer.statuses('INVITE'), [100, 183, 183, 183]);
    const rseq = peer.responses('INVITE').at(-1)?.headers.get('RSeq');
    peer.request('PRACK', URI, BOB, { To: dialogTo(peer), CSeq: '2 PRACK', RAck: '1 9 INVITE' });
    await rig.clock.advance(20);
    peer.request('PRACK', URI, BOB, { To: dialogTo(peer), CSeq: '3 PRACK', RAck: `${rseq} 1 INVITE` });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('PRACK'), [481, 200]);
    assert.deepEqual(peer.statuses('INVITE').at(-1), 200);
    peer.request('ACK', URI, BOB, { To: dialogTo(peer) });
    (await accepted).bye();
    await rig.assertClean();
  });

  it('ends by 504 when no PRACK comes', async () => {
    const { rig, peer, invited } = await setUp();
    const invite = await invited({ Require: '100rel' });
    invite.ring();
    await rig.clock.advance(32_100);
    assert.equal(peer.statuses('INVITE').at(-1), 504);
    assert.equal(invite.isCancelled, true);
    await rig.assertClean();
  });

  it('without an offer gets one, and its answer with the ACK', async () => {
    const { rig, peer, invited } = await setUp();
    const invite = await invited({}, '');
    assert.equal(invite.offer, undefined);
    const accepted = invite.accept(ANSWER);
    await rig.clock.advance(20);
    peer.request('ACK', URI, BOB, { To: dialogTo(peer) }, OFFER);
    await rig.clock.advance(20);
    const session = await accepted;
    assert.equal(session.remoteSdp, OFFER);
    session.bye();
    await rig.assertClean();
  });

  it('ends when the caller sends BYE before the answer', async () => {
    const { rig, peer, invited } = await setUp();
    const invite = await invited();
    invite.ring();
    await rig.clock.advance(20);
    peer.request('BYE', URI, BOB, { To: dialogTo(peer), CSeq: '2 BYE' });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('BYE'), [200]);
    assert.equal(peer.statuses('INVITE').at(-1), 487);
    assert.equal(invite.isCancelled, true);
    await rig.assertClean();
  });

  it('that nobody decides about ends after a quarter of an hour, its ringing repeated each minute', async () => {
    const { rig, peer, invited } = await setUp();
    (await invited()).ring();
    await rig.clock.advance(901_000);
    const statuses = peer.statuses('INVITE');
    assert.equal(statuses.filter((status) => status === 180).length, 15);
    assert.ok(statuses.includes(480));
    await rig.assertClean();
  });

  it('takes a refresh that repeats the offer in force, refuses old and crossing requests, and answers others', async () => {
    const { rig, peer, invited } = await setUp();
    const session = await (await invited()).accept(ANSWER);
    await rig.clock.advance(20);
    const to = { To: dialogTo(peer) };
    peer.request('ACK', URI, BOB, to);
    peer.request('INVITE', URI, BOB, { ...to, CSeq: '5 INVITE' }, OFFER);
    await rig.clock.advance(20);
    assert.equal(String(peer.responses('INVITE').at(-1)?.body), ANSWER);
    peer.request('ACK', URI, BOB, { ...to, CSeq: '5 ACK' });
    peer.request('INFO', URI, BOB, { ...to, CSeq: '4 INFO' });
    peer.request('UPDATE', URI, BOB, { ...to, CSeq: '6 UPDATE' });
    peer.request('UPDATE', URI, BOB, { ...to, CSeq: '7 UPDATE' }, `${OFFER}a=sendonly\r\n`);
    peer.request('OPTIONS', URI, BOB, { ...to, CSeq: '8 OPTIONS' });
    peer.request('MESSAGE', URI, BOB, { ...to, CSeq: '9 MESSAGE' });
    peer.request('PRACK', URI, BOB, { ...to, CSeq: '10 PRACK', RAck: '1 1 INVITE' });
    peer.request('REFER', URI, BOB, { ...to, CSeq: '11 REFER', 'Refer-To': '<sip:x@y>' });
    await rig.clock.advance(20);
    assert.deepEqual(peer.statuses('INFO'), [500]);
    assert.deepEqual(peer.statuses('UPDATE'), [200, 488]);
    assert.deepEqual(peer.statuses('OPTIONS'), [200]);
    assert.deepEqual(peer.statuses('MESSAGE'), [405]);
    assert.deepEqual(peer.statuses('PRACK'), [481]);
    assert.deepEqual(peer.statuses('REFER'), [603]);
    const own = session.reinvite(ANSWER);
    own.catch(() => {});
    await rig.clock.advance(20);
    peer.request('INVITE', URI, BOB, { ...to, CSeq: '12 INVITE' }, `${OFFER}a=x\r\n`);
    await rig.clock.advance(20);
    assert.equal(peer.statuses('INVITE').at(-1), 491);
    peer.respond(peer.only('INVITE'), 200, {}, OFFER);
    await rig.clock.advance(20);
    assert.equal(await own, OFFER);
    session.bye();
    await rig.assertClean();
  });

  it('over the limit of calls gets 503 with Retry-After', async () => {
    const { rig, peer, invites, invited } = await setUp({ calls: 1 });
    await invited();
    peer.request('INVITE', URI, BOB, { 'Call-ID': 'another' }, OFFER);
    await rig.clock.advance(20);
    assert.equal(invites.length, 1);
    const refusal = peer.responses('INVITE').at(-1);
    assert.deepEqual([refusal?.status, refusal?.headers.get('Retry-After')], [503, '5']);
    invites[0]?.reject(486);
    await rig.assertClean();
  });
});

describe('a request that cannot be served', () => {
  const cases: readonly (readonly [
    what: string,
    method: string,
    fields: Readonly<Record<string, string>>,
    body: string,
    number[],
  ])[] = [
    ['BYE of an unknown dialog', 'BYE', { To: `<${URI}>;tag=gone` }, '', [481]],
    ['re-INVITE of an unknown dialog', 'INVITE', { To: `<${URI}>;tag=gone` }, OFFER, [481]],
    ['CANCEL of nothing', 'CANCEL', {}, '', [481]],
    ['UPDATE outside of a dialog', 'UPDATE', {}, '', [481]],
    ['a method not served', 'MESSAGE', {}, '', [405]],
    ['REGISTER without a registrar', 'REGISTER', {}, '', [405]],
    ['a method nobody knows', 'DANCE', {}, '', [501]],
    ['an extension not spoken', 'INVITE', { Require: 'teleport' }, OFFER, [420]],
    ['no hops left', 'INVITE', { 'Max-Forwards': '0' }, OFFER, [483]],
    ['an interval too small', 'INVITE', { 'Session-Expires': '30', Supported: 'timer' }, OFFER, [422]],
    ['a body that is no session description', 'INVITE', { 'Content-Type': 'text/plain' }, 'hello', [415]],
    ['a CSeq of another method', 'OPTIONS', { CSeq: '1 INVITE' }, '', []],
    ['a missing Call-ID', 'OPTIONS', { 'Call-ID': '' }, '', [400]],
    ['OPTIONS', 'OPTIONS', {}, '', [200]],
    ['a stray ACK', 'ACK', { To: `<${URI}>;tag=gone` }, '', []],
  ];
  for (const [what, method, fields, body, statuses] of cases) {
    it(`${what}: ${statuses.join() || 'no answer under its method'}`, async () => {
      const { rig, peer } = await setUp();
      peer.request(method, URI, BOB, fields, body);
      await rig.clock.advance(20);
      assert.deepEqual(peer.statuses(method), statuses);
      await rig.assertClean();
    });
  }

  it('is 482 when it comes again on another way', async () => {
    const { rig, peer, invites, invited } = await setUp();
    const invite = await invited();
    peer.request('INVITE', URI, BOB, { Via: `SIP/2.0/UDP ${PEER}:5060;branch=z9hG4bKother` }, OFFER);
    await rig.clock.advance(20);
    assert.equal(peer.statuses('INVITE').at(-1), 482);
    assert.equal(invites.length, 1);
    invite.reject(404);
    await rig.assertClean();
  });

  it('is no copy when it brings the credentials that were asked for under the same CSeq', async () => {
    const { rig, peer, invites, invited } = await setUp();
    (await invited()).challenge(['Digest realm="phone.plivo.com", nonce="n"'], 'proxy');
    const again = (branch: string) =>
      peer.request('INVITE', URI, BOB, { Via: `SIP/2.0/UDP ${PEER}:5060;branch=${branch}` }, OFFER);
    again('z9hG4bKproved');
    await rig.clock.advance(20);
    assert.equal(invites.length, 2);
    again('z9hG4bKother');
    await rig.clock.advance(20);
    assert.deepEqual([peer.statuses('INVITE').at(-1), invites.length], [482, 2]);
    invites[1]?.reject(404);
    await rig.assertClean();
  });

  it('is dropped and counted when it is no SIP, and in excess of what one source may send', async () => {
    const { rig, bob, peer } = await setUp({ source: { perSecond: 10, burst: 20, mostSources: 10 } });
    peer.send(['this is not SIP'], BOB);
    await rig.clock.advance(20);
    assert.equal(bob.drops().malformed, 1);
    assert.equal(peer.received.length, 0);
    for (let index = 0; index < 50; index++) peer.request('OPTIONS', URI, BOB, { 'Call-ID': `${index}` });
    await rig.clock.advance(20);
    assert.ok(bob.drops().overLimit >= 30);
    assert.ok(peer.received.length <= 20);
    await rig.assertClean();
  });

  it('is answered through the NAT it came by', async () => {
    const { rig, peer, invited } = await setUp();
    rig.network.nat(PEER, '203.0.113.9');
    const invite = await invited();
    assert.equal(invite.source.address, '203.0.113.9');
    const session = await invite.accept(ANSWER);
    await rig.clock.advance(20);
    assert.match(peer.responses('INVITE').at(-1)?.headers.get('Via') ?? '', /received=203\.0\.113\.9/);
    peer.request('ACK', URI, BOB, { To: dialogTo(peer) });
    await rig.clock.advance(20);
    session.bye();
    await rig.clock.advance(20);
    peer.respond(peer.only('BYE'), 200);
    await rig.assertClean();
  });
});
