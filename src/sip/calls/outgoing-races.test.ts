import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ANSWER, OFFER, type RawPeer, SipRig } from '../../../testkit/sip-rig.ts';
import type { SipRequest } from '../message.ts';
import { tagOf } from '../name-address.ts';
import type { SipStack } from '../sip-stack.ts';
import type { InviteOptions } from './invite-client.ts';

const ALICE = '192.0.2.1';
const PEER = '192.0.2.2';

async function setUp(options: Partial<InviteOptions> = {}) {
  const rig = new SipRig();
  const alice = await rig.stack(ALICE);
  const peer = await rig.peer(PEER);
  const outgoing = dial(alice, options);
  await rig.clock.advance(20);
  return { rig, alice, peer, outgoing };
}

const dial = (stack: SipStack, options: Partial<InviteOptions> = {}) =>
  stack.invite({ target: `sip:bob@${PEER}`, from: `sip:alice@${ALICE}`, to: `sip:bob@${PEER}`, sdp: OFFER, ...options });

/** The last request of the method. */
function last(peer: RawPeer, method: string): SipRequest {
  const request = peer.requests(method).at(-1);
  assert.ok(request, `a ${method} has come`);
  return request;
}

describe('an outgoing call', () => {
  it('that is cancelled before any response waits for one, then sends CANCEL', async () => {
    const { rig, peer, outgoing } = await setUp();
    outgoing.cancel();
    await rig.clock.advance(100);
    assert.equal(peer.requests('CANCEL').length, 0);
    peer.respond(last(peer, 'INVITE'), 180);
    await rig.clock.advance(20);
    const cancel = peer.only('CANCEL');
    assert.equal(cancel.headers.get('Via'), last(peer, 'INVITE').headers.get('Via'));
    peer.respond(cancel, 200);
    peer.respond(last(peer, 'INVITE'), 487);
    await rig.clock.advance(20);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.cause === 'cancelled' && result.status === 487);
    assert.equal(peer.requests('ACK').length, 1);
    await rig.assertClean();
  });

  it('whose CANCEL crosses the answer acknowledges it and hangs up', async () => {
    const { rig, peer, outgoing } = await setUp();
    peer.respond(last(peer, 'INVITE'), 180);
    await rig.clock.advance(20);
    outgoing.cancel();
    peer.respond(last(peer, 'INVITE'), 200, {}, ANSWER);
    await rig.clock.advance(50);
    peer.respond(peer.only('CANCEL'), 200);
    assert.equal(peer.requests('ACK').length, 1);
    peer.respond(peer.only('BYE'), 200);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.cause === 'cancelled');
    await rig.assertClean();
  });

  it('whose CANCEL is never followed by an answer ends all the same', async () => {
    const { rig, peer, outgoing } = await setUp();
    peer.respond(last(peer, 'INVITE'), 180);
    await rig.clock.advance(20);
    outgoing.cancel();
    await rig.clock.advance(33_000);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.cause === 'cancelled');
    await rig.assertClean();
  });

  it('takes the first answer of a fork and hangs up on the others, each acknowledged as often as it comes', async () => {
    const { rig, peer, outgoing } = await setUp();
    const invite = last(peer, 'INVITE');
    peer.respond(invite, 180, {}, '', 'one');
    peer.respond(invite, 180, {}, '', 'two');
    peer.respond(invite, 200, {}, ANSWER, 'two');
    await rig.clock.advance(20);
    peer.respond(invite, 200, {}, ANSWER, 'one');
    await rig.clock.advance(20);
    peer.respond(invite, 200, {}, ANSWER, 'two');
    peer.respond(invite, 200, {}, ANSWER, 'one');
    await rig.clock.advance(20);
    const tags = (method: string) => peer.requests(method).map(({ headers }) => tagOf(headers.get('To') ?? ''));
    assert.deepEqual(tags('ACK'), ['two', 'one', 'two', 'one']);
    assert.deepEqual(tags('BYE'), ['one']);
    peer.respond(last(peer, 'BYE'), 200);
    const result = await outgoing.result;
    assert.ok(result.kind === 'answered');
    result.session.bye();
    await rig.clock.advance(20);
    assert.deepEqual(tags('BYE'), ['one', 'two']);
    peer.respond(last(peer, 'BYE'), 200);
    await rig.assertClean();
  });

  it('acknowledges reliable provisional responses once, in their order', async () => {
    const { rig, peer, outgoing } = await setUp();
    const media: string[] = [];
    outgoing.onProgress((sdp) => media.push(sdp));
    const invite = last(peer, 'INVITE');
    assert.match(invite.headers.all('Supported').join(), /100rel/);
    const reliable = (rseq: number) => ({ Require: '100rel', RSeq: String(rseq) });
    peer.respond(invite, 183, reliable(700), ANSWER);
    await rig.clock.advance(20);
    const prack = peer.only('PRACK');
    assert.equal(prack.headers.get('RAck'), '700 1 INVITE');
    peer.respond(prack, 200);
    peer.respond(invite, 183, reliable(700), ANSWER);
    peer.respond(invite, 180, reliable(702));
    await rig.clock.advance(20);
    assert.equal(peer.requests('PRACK').length, 1);
    peer.respond(invite, 180, reliable(701));
    await rig.clock.advance(20);
    assert.equal(last(peer, 'PRACK').headers.get('RAck'), '701 1 INVITE');
    peer.respond(last(peer, 'PRACK'), 200);
    peer.respond(invite, 200);
    await rig.clock.advance(20);
    const result = await outgoing.result;
    assert.ok(result.kind === 'answered');
    assert.equal(result.session.remoteSdp, ANSWER, 'the answer came in the 183');
    assert.deepEqual(media, [ANSWER]);
    peer.request('BYE', `sip:alice@${ALICE}`, ALICE, {
      From: `<sip:bob@${PEER}>;tag=peertag`,
      To: invite.headers.get('From') ?? '',
      'Call-ID': outgoing.callId,
    });
    await rig.clock.advance(20);
    assert.equal(result.session.isEnded, true);
    await rig.assertClean();
  });

  it('answers a challenge, and gives up when its answer is refused', async () => {
    const { rig, peer, outgoing } = await setUp({ credentials: { username: 'alice', password: 'secret' } });
    const challenge = { 'WWW-Authenticate': 'Digest realm="r", nonce="n1", qop="auth"' };
    peer.respond(last(peer, 'INVITE'), 401, challenge);
    await rig.clock.advance(20);
    const second = last(peer, 'INVITE');
    assert.match(second.headers.get('Authorization') ?? '', /username="alice".*nc=00000001/);
    assert.equal(second.headers.get('CSeq'), '2 INVITE');
    assert.equal(second.headers.get('From'), peer.requests('INVITE')[0]?.headers.get('From'));
    peer.respond(second, 401, { 'WWW-Authenticate': 'Digest realm="r", nonce="n2", qop="auth"' });
    await rig.clock.advance(20);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.status === 401);
    await rig.assertClean();
  });

  it('reports a redirection, or follows it when told to', async () => {
    const reported = await setUp();
    reported.peer.respond(last(reported.peer, 'INVITE'), 302, { Contact: `<sip:carol@${PEER}>` });
    await reported.rig.clock.advance(20);
    const result = await reported.outgoing.result;
    assert.ok(result.kind === 'failed' && result.status === 302 && result.headers?.has('Contact'));
    await reported.rig.assertClean();

    const followed = await setUp({ followRedirects: true });
    const { peer, rig } = followed;
    const first = last(peer, 'INVITE');
    const to = `To: ${first.headers.get('To')};tag=x`;
    const copied = ['Via', 'From', 'Call-ID', 'CSeq'].map((name) => `${name}: ${first.headers.get(name)}`);
    peer.send(['SIP/2.0 302 Moved', ...copied, to, `Contact: <sip:b@${PEER}>;q=0.1, <sip:a@${PEER}>;q=0.9`], ALICE);
    await rig.clock.advance(20);
    assert.equal(last(peer, 'INVITE').uri, `sip:a@${PEER}`);
    peer.respond(last(peer, 'INVITE'), 486);
    await rig.clock.advance(20);
    assert.equal(last(peer, 'INVITE').uri, `sip:b@${PEER}`);
    peer.respond(last(peer, 'INVITE'), 200, {}, ANSWER);
    await rig.clock.advance(20);
    const outcome = await followed.outgoing.result;
    assert.ok(outcome.kind === 'answered');
    outcome.session.bye();
    await rig.assertClean();
  });

  it('raises its session interval when the peer finds it too small', async () => {
    const { rig, peer, outgoing } = await setUp();
    peer.respond(last(peer, 'INVITE'), 422, { 'Min-SE': '4000' });
    await rig.clock.advance(20);
    const { headers } = last(peer, 'INVITE');
    assert.deepEqual([headers.get('Session-Expires'), headers.get('Min-SE')], ['4000', '4000']);
    peer.respond(last(peer, 'INVITE'), 600);
    await rig.clock.advance(20);
    assert.equal((await outgoing.result).kind, 'failed');
    await rig.assertClean();
  });

  it('gives up after 32 seconds without any response', async () => {
    const { rig, peer, outgoing } = await setUp();
    await rig.clock.advance(32_100);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.cause === 'timeout' && result.status === 408);
    assert.equal(peer.requests('INVITE').length, 7, 'at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s');
    await rig.assertClean();
  });

  it('goes to the next server of the domain on 503 and on silence', async () => {
    const rig = new SipRig();
    const alice = await rig.stack(ALICE);
    const busy = await rig.peer('192.0.2.11');
    const good = await rig.peer('192.0.2.13');
    rig.network.dns.srvRecords.set(
      '_sip._udp.trunk.example',
      [11, 12, 13].map((host) => ({ priority: host, weight: 0, port: 5060, target: `s${host}.trunk.example` })),
    );
    for (const host of [11, 12, 13]) rig.network.dns.addresses.set(`s${host}.trunk.example`, [`192.0.2.${host}`]);
    const outgoing = dial(alice, { target: 'sip:1@trunk.example' });
    await rig.clock.advance(20);
    busy.respond(last(busy, 'INVITE'), 100);
    busy.respond(last(busy, 'INVITE'), 503);
    await rig.clock.advance(33_000);
    good.respond(last(good, 'INVITE'), 486);
    await rig.clock.advance(20);
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.status === 486);
    await rig.assertClean();
  });

  it('sends a large INVITE by TCP where the peer takes that, else by UDP', async () => {
    const headers = Array.from({ length: 12 }, (_, index) => [`X-Large-${index}`, 'x'.repeat(100)] as const);
    const udpOnly = await setUp({ headers });
    await udpOnly.rig.clock.advance(50);
    udpOnly.peer.respond(last(udpOnly.peer, 'INVITE'), 486);
    await udpOnly.rig.clock.advance(50);
    assert.equal((await udpOnly.outgoing.result).kind, 'failed');
    await udpOnly.rig.assertClean();

    const rig = new SipRig();
    const alice = await rig.stack(ALICE);
    const bob = await rig.stack(PEER);
    let transport = '';
    bob.onInvite((invite) => {
      transport = invite.source.transport;
      invite.reject(486);
    });
    const outgoing = dial(alice, { headers });
    await rig.clock.advance(100);
    assert.equal((await outgoing.result).kind, 'failed');
    assert.equal(transport, 'tcp');
    await rig.assertClean();
  });

  it('follows the route that the answer records', async () => {
    const { rig, peer, outgoing } = await setUp();
    const invite = last(peer, 'INVITE');
    peer.respond(invite, 200, { 'Record-Route': `<sip:far.example;lr>, <sip:${PEER};lr>` }, ANSWER);
    await rig.clock.advance(20);
    const ack = last(peer, 'ACK');
    assert.equal(ack.uri, `sip:peer@${PEER}:5060`);
    assert.deepEqual(ack.headers.all('Route'), [`<sip:${PEER};lr>`, '<sip:far.example;lr>']);
    const result = await outgoing.result;
    assert.ok(result.kind === 'answered');
    result.session.bye();
    await rig.clock.advance(20);
    peer.respond(last(peer, 'BYE'), 200);
    await rig.assertClean();
  });

  it('with a header that would break the message fails without a call', async () => {
    const { rig, peer, outgoing } = await setUp({ headers: [['X-Bad', 'a\r\nX-Injected: b']] });
    const result = await outgoing.result;
    assert.ok(result.kind === 'failed' && result.cause === 'transport');
    assert.equal(peer.received.length, 0);
    await rig.assertClean();
  });

  it('hangs up when the peer does not answer a re-INVITE', async () => {
    const { rig, peer, outgoing } = await setUp();
    peer.respond(last(peer, 'INVITE'), 200, {}, ANSWER);
    await rig.clock.advance(20);
    const result = await outgoing.result;
    assert.ok(result.kind === 'answered');
    const offer = result.session.reinvite(`${OFFER}a=sendonly\r\n`);
    offer.catch(() => {});
    await rig.clock.advance(33_000);
    await assert.rejects(offer, { status: 408 });
    assert.equal(result.session.isEnded, true);
    peer.respond(last(peer, 'BYE'), 481);
    await rig.assertClean();
  });
});
