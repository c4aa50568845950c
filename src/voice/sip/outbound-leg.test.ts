import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ANSWER, OFFER, type RawPeer } from '../../../testkit/sip-rig.ts';
import {
  createSipVoiceRig,
  ENDPOINT,
  FIRST_TRUNK,
  NODE,
  SECOND_TRUNK,
  type SipVoiceRig,
} from '../../../testkit/sip-voice-rig.ts';
import { dial, post, speak, target } from '../../../testkit/voice-elements.ts';
import type { DialTarget } from '../document.ts';
import { hangupCause } from '../hangup-cause.ts';

const CALLEE = '14155550111';
const DONE = 'http://app.example/done';

/** A caller whose Dial leads to the carriers, and those. */
async function dialling(targets: readonly (string | DialTarget)[] = [CALLEE], more: Parameters<typeof dial>[1] = {}) {
  const rig = await createSipVoiceRig();
  rig.application.answers('http://app.example/answer', [dial(targets, more), speak('On', 0)]);
  rig.application.answers(DONE, [speak('Done', 0)]);
  const first = await rig.sip.peer(FIRST_TRUNK);
  const second = await rig.sip.peer(SECOND_TRUNK);
  const caller = rig.startCall('inbound');
  void caller.flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
  await rig.clock.advance(50);
  return { rig, first, second, caller };
}

function result(rig: SipVoiceRig) {
  const [request] = rig.application.requestsTo(DONE);
  assert.ok(request?.result?.element === 'Dial', 'the Dial has ended');
  return request.result;
}

/** What of a peer's answers our side acknowledges, and the end of everything. */
async function end(rig: SipVoiceRig, ...peers: readonly RawPeer[]) {
  for (const { call } of [...rig.live]) call.hangUp(hangupCause(4000, 'API Request'));
  await rig.clock.advance(50);
  for (const peer of peers) {
    for (const bye of peer.requests('BYE')) peer.respond(bye, 200);
    for (const cancel of peer.requests('CANCEL')) {
      peer.respond(cancel, 200);
      const invite = peer.requests('INVITE').at(-1);
      if (invite) peer.respond(invite, 487);
    }
  }
  await rig.clock.advance(50);
  for (const peer of peers) peer.close();
  await rig.assertAllClean();
}

describe('somebody called over a trunk', () => {
  test('gets an INVITE with who calls and the headers of the application', async () => {
    const { rig, first, second } = await dialling([target(CALLEE, { headers: { Ticket: 'A17' } })]);
    const invite = first.only('INVITE');
    assert.equal(invite.uri, `sip:+${CALLEE}@${FIRST_TRUNK}`);
    assert.match(invite.headers.get('From') ?? '', /^"?Ana"? <sip:\+14155550123@192\.0\.2\.1>;tag=/);
    assert.equal(invite.headers.get('X-PH-Ticket'), 'A17');
    assert.equal(invite.headers.get('X-CallUUID'), [...rig.live].at(-1)?.call.id);
    assert.match(invite.body.toString(), /m=audio 20000 RTP\/AVP 0 8 9 101/);
    assert.equal(second.requests('INVITE').length, 0);
    await end(rig, first, second);
  });

  test('rings, answers, is connected, and hangs up', async () => {
    const { rig, first, second } = await dialling();
    const invite = first.only('INVITE');
    first.respond(invite, 180);
    await rig.clock.advance(1_000);
    first.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(50);
    assert.equal(first.requests('ACK').length, 1);
    assert.equal(rig.media.bridges.size, 1);
    first.request('BYE', `sip:${NODE}`, NODE, {
      From: `${invite.headers.get('To')};tag=peertag`,
      To: invite.headers.get('From') ?? '',
      'Call-ID': invite.headers.get('Call-ID') ?? '',
    });
    await rig.clock.advance(50);
    const { status, cause, rang } = result(rig);
    assert.deepEqual([status, cause.code, cause.source, rang], ['completed', 4000, 'Callee', true]);
    await end(rig, first, second);
  });

  test("is not transferred by REFER: where a call goes is its application's to say", async () => {
    const { rig, first, second } = await dialling();
    const invite = first.only('INVITE');
    first.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(50);
    first.request('REFER', `sip:${NODE}`, NODE, {
      From: `${invite.headers.get('To')};tag=peertag`,
      To: invite.headers.get('From') ?? '',
      'Call-ID': invite.headers.get('Call-ID') ?? '',
      'Refer-To': '<sip:+14155559999@carrier.example>',
    });
    await rig.clock.advance(50);
    assert.deepEqual(first.statuses('REFER'), [603]);
    assert.equal(rig.media.bridges.size, 1);
    await end(rig, first, second);
  });

  test('is heard before the answer, and its early description stands when the answer has none', async () => {
    const { rig, first, second, caller } = await dialling([CALLEE], { dialMusic: { kind: 'real' } });
    const invite = first.only('INVITE');
    first.respond(invite, 183, {}, ANSWER);
    await rig.clock.advance(50);
    assert.deepEqual([caller.leg.asked, rig.media.bridges.size], [['ring', 'early'], 1]);
    first.respond(invite, 200);
    await rig.clock.advance(50);
    assert.deepEqual([caller.leg.asked.at(-1), rig.media.bridges.size], ['answer', 1]);
    await end(rig, first, second);
  });

  test('that answers with nothing that can be spoken gets a BYE', async () => {
    const { rig, first, second } = await dialling();
    first.respond(first.only('INVITE'), 200, {}, ANSWER.replace('RTP/AVP 0', 'RTP/AVP 18'));
    await rig.clock.advance(50);
    first.respond(first.only('BYE'), 200);
    await rig.clock.advance(50);
    assert.deepEqual([result(rig).status, result(rig).cause.code], ['failed', 2010]);
    await end(rig, second);
    first.close();
  });

  test('is cancelled when the ring time ends, with the reason', async () => {
    const { rig, first, second } = await dialling([CALLEE], { timeoutMs: 10_000 });
    const invite = first.only('INVITE');
    first.respond(invite, 180);
    await rig.clock.advance(10_050);
    assert.match(first.only('CANCEL').headers.get('Reason') ?? '', /NO_ANSWER/);
    assert.equal(result(rig).cause.code, 6010);
    await end(rig, first, second);
  });

  test('that answers in the moment of the CANCEL gets a BYE and is not connected', async () => {
    const { rig, first, second } = await dialling([CALLEE], { timeoutMs: 10_000 });
    const invite = first.only('INVITE');
    first.respond(invite, 180);
    await rig.clock.advance(9_948);
    first.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(100);
    assert.equal(result(rig).cause.code, 6010);
    assert.equal(rig.media.bridges.size, 0);
    for (const cancel of first.requests('CANCEL')) first.respond(cancel, 200);
    await rig.clock.advance(50);
    assert.equal(first.requests('ACK').length, 1);
    assert.equal(first.requests('BYE').length, 1);
    await end(rig, first, second);
  });

  test('may answer at any moment around the hangup of the caller', async () => {
    for (let ms = 80; ms <= 120; ms += 2) {
      const { rig, first, second, caller } = await dialling();
      const invite = first.only('INVITE');
      first.respond(invite, 180);
      rig.clock.after(100, () => caller.leg.leaves(hangupCause(4000, 'Caller')));
      rig.clock.after(ms, () => first.respond(invite, 200, {}, ANSWER));
      await rig.clock.advance(200);
      for (const cancel of first.requests('CANCEL')) first.respond(cancel, 200);
      await rig.clock.advance(50);
      assert.equal(first.requests('BYE').length, 1, `${ms} ms`);
      assert.equal(rig.live.size, 0);
      await end(rig, first, second);
    }
  });
});

describe('failover', () => {
  test('goes to the second trunk when the first answers 503, and the record says so', async () => {
    const { rig, first, second } = await dialling();
    first.respond(first.only('INVITE'), 503);
    await rig.clock.advance(50);
    const invite = second.only('INVITE');
    assert.equal(invite.uri, `sip:+${CALLEE}@${SECOND_TRUNK}`);
    second.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(50);
    assert.equal(rig.media.bridges.size, 1);
    const leg = [...rig.live].at(-1)?.call;
    assert.equal(leg?.facts.carrierFailover, true);
    await end(rig, first, second);
  });

  for (const status of [486, 404, 603, 480, 403]) {
    test(`does not after a ${status}, which is the called party's word`, async () => {
      const { rig, first, second } = await dialling();
      first.respond(first.only('INVITE'), status);
      await rig.clock.advance(50);
      assert.equal(second.requests('INVITE').length, 0);
      assert.equal(result(rig).cause.sipStatus, status);
      await end(rig, first, second);
    });
  }

  test('does not after a phone has rung', async () => {
    const { rig, first, second } = await dialling();
    first.respond(first.only('INVITE'), 180);
    await rig.clock.advance(50);
    first.respond(first.only('INVITE'), 503);
    await rig.clock.advance(50);
    assert.equal(second.requests('INVITE').length, 0);
    assert.equal(result(rig).cause.code, 3090);
    await end(rig, first, second);
  });

  test('leaves a trunk that says nothing within seconds', async () => {
    const { rig, first, second } = await dialling();
    rig.sip.network.partition(NODE, FIRST_TRUNK);
    rig.sip.network.filter = ({ to }) => to.address !== FIRST_TRUNK;
    await rig.clock.advance(4_100);
    assert.equal(second.requests('INVITE').length, 1, 'the second trunk has the call after four seconds');
    second.respond(second.only('INVITE'), 200, {}, ANSWER);
    await rig.clock.advance(50);
    assert.equal(rig.media.bridges.size, 1);
    await end(rig, second);
    first.close();
  });

  test('the last trunk that fails gives the cause', async () => {
    const { rig, first, second } = await dialling();
    first.respond(first.only('INVITE'), 503);
    await rig.clock.advance(50);
    second.respond(second.only('INVITE'), 500);
    await rig.clock.advance(50);
    assert.deepEqual([result(rig).status, result(rig).cause.code], ['failed', 3080]);
    await end(rig, first, second);
  });

  test('a hangup between two trunks calls nobody any more', async () => {
    const { rig, first, second, caller } = await dialling();
    first.respond(first.only('INVITE'), 503);
    rig.clock.after(5, () => caller.leg.leaves(hangupCause(4000, 'Caller')));
    await rig.clock.advance(100);
    assert.equal(rig.live.size, 0);
    await end(rig, first, second);
  });

  test('a destination that no route leads to ends with 5020', async () => {
    const rig = await createSipVoiceRig();
    rig.useTrunks();
    rig.application.answers('http://app.example/answer', [dial([CALLEE])]);
    rig.application.answers(DONE, []);
    const { flow } = rig.startCall('inbound');
    void flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
    await rig.clock.advance(50);
    assert.equal(result(rig).cause.code, 5020);
    await rig.assertAllClean();
  });
});

describe('a SIP user called by Dial', () => {
  const user = (more: Partial<DialTarget> = {}) => target(`sip:desk7@${SECOND_TRUNK}`, more);

  test('that asks for credentials gets those of the element', async () => {
    const { rig, first, second } = await dialling([user({ credentials: { username: 'lab', password: 's3cretpass' } })]);
    const challenge = { 'WWW-Authenticate': 'Digest realm="pbx", nonce="abc", algorithm=MD5, qop="auth"' };
    second.respond(second.only('INVITE'), 401, challenge);
    await rig.clock.advance(50);
    const [, again] = second.requests('INVITE');
    assert.match(again?.headers.get('Authorization') ?? '', /username="lab", realm="pbx"/);
    if (again) second.respond(again, 200, {}, ANSWER);
    await rig.clock.advance(50);
    assert.equal(rig.media.bridges.size, 1);
    await end(rig, first, second);
  });

  test('that refuses the credentials ends with sip_auth_failed', async () => {
    const { rig, first, second } = await dialling([user({ credentials: { username: 'lab', password: 'wrong-pass' } })]);
    const challenge = { 'WWW-Authenticate': 'Digest realm="pbx", nonce="abc", algorithm=MD5, qop="auth"' };
    for (let round = 0; round < 3; round++) {
      const invite = second.requests('INVITE').at(-1);
      if (invite) second.respond(invite, 401, challenge);
      await rig.clock.advance(50);
    }
    const { status, cause } = result(rig);
    assert.deepEqual([status, cause.code, cause.cause], ['failed', 4240, 'sip_auth_failed']);
    await end(rig, first, second);
  });

  test('that asks for credentials and then says nothing ends with sip_auth_timeout', async () => {
    const { rig, first, second } = await dialling([user({ credentials: { username: 'lab', password: 's3cretpass' } })]);
    const challenge = { 'WWW-Authenticate': 'Digest realm="pbx", nonce="abc", algorithm=MD5, qop="auth"' };
    second.respond(second.only('INVITE'), 401, challenge);
    await rig.clock.advance(33_000);
    const { status, cause } = result(rig);
    assert.deepEqual([status, cause.code, cause.cause], ['timeout', 4250, 'sip_auth_timeout']);
    await end(rig, first, second);
  });

  test('that asks for credentials nobody has is forbidden', async () => {
    const { rig, first, second } = await dialling([user()]);
    second.respond(second.only('INVITE'), 407, { 'Proxy-Authenticate': 'Digest realm="pbx", nonce="abc"' });
    await rig.clock.advance(50);
    assert.equal(result(rig).cause.code, 3040);
    await end(rig, first, second);
  });
});

describe('an endpoint', () => {
  test('rings where it has registered', async () => {
    const rig = await createSipVoiceRig();
    rig.contacts.set(ENDPOINT.username, {
      uri: `sip:${ENDPOINT.username}@10.0.0.7:5555;ob`,
      place: { transport: 'udp', address: SECOND_TRUNK, port: 5060 },
      path: [],
    });
    rig.application.answers('http://app.example/answer', [dial([`sip:${ENDPOINT.username}@phone.plivo.com`])]);
    const phone = await rig.sip.peer(SECOND_TRUNK);
    const { flow } = rig.startCall('inbound');
    void flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
    await rig.clock.advance(50);
    assert.equal(phone.only('INVITE').uri, `sip:${ENDPOINT.username}@10.0.0.7:5555;ob`);
    await end(rig, phone);
  });

  test('that is not registered ends with 2020', async () => {
    const { rig, first, second } = await dialling([`sip:${ENDPOINT.username}@phone.plivo.com`]);
    assert.deepEqual([result(rig).status, result(rig).cause.code], ['failed', 2020]);
    await end(rig, first, second);
  });
});

test('a caller and a called party are connected and both hear the end', async () => {
  const rig = await createSipVoiceRig();
  rig.application.answers('http://app.example/answer', [dial([CALLEE], { action: undefined })]);
  const first = await rig.sip.peer(FIRST_TRUNK);
  first.request('INVITE', `sip:+14155550188@${NODE}`, NODE, { From: '<sip:+14155550123@x>;tag=caller', 'Call-ID': 'a' }, OFFER);
  await rig.clock.advance(50);
  const out = first.only('INVITE');
  first.respond(out, 200, {}, ANSWER);
  await rig.clock.advance(50);
  const answer = first.responses('INVITE').at(-1);
  assert.equal(answer?.status, 200);
  const dialogue = { From: '<sip:+14155550123@x>;tag=caller', To: answer?.headers.get('To') ?? '', 'Call-ID': 'a' };
  first.request('ACK', `sip:${NODE}`, NODE, { ...dialogue, CSeq: '1 ACK' });
  await rig.clock.advance(1_000);
  first.request('BYE', `sip:${NODE}`, NODE, { ...dialogue, CSeq: '2 BYE' });
  await rig.clock.advance(50);
  const bye = first.only('BYE');
  assert.equal(bye.headers.get('Call-ID'), out.headers.get('Call-ID'));
  first.respond(bye, 200);
  assert.deepEqual(
    rig.ended.map(({ direction, ended }) => `${direction} ${ended?.cause.code} ${ended?.cause.source}`),
    ['inbound 4000 Caller', 'outbound 4000 Caller'],
  );
  await end(rig, first);
});
