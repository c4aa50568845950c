import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OFFER, type RawPeer } from '../../../testkit/sip-rig.ts';
import {
  createSipVoiceRig,
  ENDPOINT,
  FIRST_TRUNK,
  NODE,
  NUMBER,
  PUBLIC_APPLICATION,
  STRANGER,
} from '../../../testkit/sip-voice-rig.ts';
import { post, speak } from '../../../testkit/voice-elements.ts';
import type { InviteOptions } from '../../sip/calls/invite-client.ts';

const PHONE = `sip:${ENDPOINT.username}@phone.plivo.com`;

/** A stack at an address that belongs to no trunk calls us. */
async function phoneCalls(options: Partial<InviteOptions>) {
  const rig = await createSipVoiceRig();
  rig.application.answers('http://app.example/endpoint', [speak('text', 0)]);
  const phone = await rig.sip.stack(STRANGER);
  const call = () =>
    phone.invite({
      target: `sip:14155550111@${NODE}`,
      from: PHONE,
      to: `sip:14155550111@${NODE}`,
      sdp: OFFER,
      credentials: ENDPOINT,
      ...options,
    });
  return { rig, phone, call };
}

describe('an endpoint', () => {
  test('that says what only carriers may say is not believed', async () => {
    const { rig, call } = await phoneCalls({
      headers: [
        ['P-Asserted-Identity', '<sip:+14155550199;verstat=TN-Validation-Passed@x>'],
        ['P-Attestation-Indicator', 'A'],
      ],
    });
    const outgoing = call();
    await rig.clock.advance(100);
    const answer = await outgoing.result;
    const { from, stirVerification, stirAttestation } = rig.application.requests[0]?.request.call ?? {};
    assert.deepEqual([from, stirVerification, stirAttestation], [PHONE, 'Not Applicable', '']);
    assert.ok(answer.kind === 'answered');
    answer.session.bye();
    await rig.assertAllClean();
  });

  test('with the right password reaches the application of endpoints, under its own address', async () => {
    const { rig, call } = await phoneCalls({ headers: [['X-PH-Room', '7']] });
    const outgoing = call();
    await rig.clock.advance(100);
    const answer = await outgoing.result;
    assert.equal(answer.kind, 'answered');
    const [{ request } = { request: undefined }] = rig.application.requests;
    assert.ok(request);
    const { from, to, direction, sipAuth, customHeaders } = request.call;
    assert.deepEqual(
      { url: request.target.url, from, to, direction, sipAuth, customHeaders },
      {
        url: 'http://app.example/endpoint',
        from: PHONE,
        to: '14155550111',
        direction: 'inbound',
        sipAuth: { type: 'digest', user: ENDPOINT.username, sourceIp: STRANGER },
        customHeaders: { 'X-PH-Room': '7' },
      },
    );
    assert.ok(answer.kind === 'answered');
    answer.session.bye();
    await rig.assertAllClean();
  });

  for (const [what, credentials] of [
    ['with a wrong password', { username: ENDPOINT.username, password: 'guessed' }],
    ['that is not known', { username: 'nobody', password: 'guessed' }],
  ] as const) {
    test(`${what} gets 403`, async () => {
      const { rig, call } = await phoneCalls({ credentials });
      const outgoing = call();
      await rig.clock.advance(100);
      const answer = await outgoing.result;
      assert.equal(answer.kind === 'failed' && answer.status, 403);
      assert.deepEqual([rig.ended.length, rig.application.requests.length], [0, 0]);
      await rig.assertAllClean();
    });
  }

  test('is locked out for a minute after ten wrong passwords', async () => {
    const { rig, phone, call } = await phoneCalls({ credentials: { username: ENDPOINT.username, password: 'guessed' } });
    for (let attempt = 0; attempt < 10; attempt++) {
      const outgoing = call();
      await rig.clock.advance(100);
      await outgoing.result;
    }
    const right = () => phone.invite({ target: `sip:1@${NODE}`, from: PHONE, to: PHONE, sdp: OFFER, credentials: ENDPOINT });
    const locked = right();
    await rig.clock.advance(100);
    const refused = await locked.result;
    assert.equal(refused.kind === 'failed' && refused.status, 403);
    await rig.clock.advance(60_000);
    const again = right();
    await rig.clock.advance(100);
    const answer = await again.result;
    assert.ok(answer.kind === 'answered');
    answer.session.bye();
    await rig.assertAllClean();
  });
});

/** An INVITE of a raw peer, and what became of it. */
async function invited(from: string, uri: string, fields: Readonly<Record<string, string>> = {}) {
  const rig = await createSipVoiceRig();
  rig.application.answers('http://app.example/public', [speak('text', 0)]);
  rig.application.answers('http://app.example/answer', [speak('text', 0)]);
  const peer = await rig.sip.peer(from);
  peer.request('INVITE', uri, NODE, fields, OFFER);
  await rig.clock.advance(50);
  return { rig, peer, last: () => peer.statuses('INVITE').at(-1) };
}

function acknowledge(peer: RawPeer, uri: string) {
  const to = peer.responses('INVITE').at(-1)?.headers.get('To') ?? '';
  peer.request('ACK', uri, NODE, { To: to, CSeq: '1 ACK' });
}

describe('an unknown source', () => {
  test('is asked for credentials, and no call is begun', async () => {
    const { rig, peer, last } = await invited(STRANGER, `sip:${NUMBER}@${NODE}`);
    assert.equal(last(), 407);
    assert.match(peer.responses('INVITE').at(-1)?.headers.get('Proxy-Authenticate') ?? '', /realm="phone\.plivo\.com"/);
    assert.equal(rig.steps.length, 0);
    peer.close();
    await rig.assertAllClean();
  });

  test('reaches a public application by its id', async () => {
    const uri = `sip:${PUBLIC_APPLICATION}@app.plivo.com`;
    const { rig, peer, last } = await invited(STRANGER, uri);
    assert.equal(last(), 200);
    acknowledge(peer, uri);
    assert.equal(rig.application.requests[0]?.request.target.url, 'http://app.example/public');
    peer.close();
    await rig.assertAllClean();
  });

  test('does not reach an application that is not public', async () => {
    const { rig, peer, last } = await invited(STRANGER, 'sip:10000000000000001@app.plivo.com');
    assert.equal(last(), 407);
    peer.close();
    await rig.assertAllClean();
  });
});

describe('a carrier', () => {
  test('is let in without credentials', async () => {
    const { rig, peer, last } = await invited(FIRST_TRUNK, `sip:+${NUMBER}@${NODE}`);
    assert.equal(last(), 200);
    acknowledge(peer, `sip:${NODE}`);
    peer.close();
    await rig.assertAllClean();
  });

  for (const [what, uri, status] of [
    ['a number that is not ours', `sip:+19995550100@${NODE}`, 404],
    ['something that is no number', `sip:desk@${NODE}`, 404],
  ] as const) {
    test(`calls ${what}: ${status}`, async () => {
      const { rig, peer, last } = await invited(FIRST_TRUNK, uri);
      assert.equal(last(), status);
      assert.equal(rig.steps.length, 0);
      peer.close();
      await rig.assertAllClean();
    });
  }

  for (const [what, appId, url] of [
    ['a public application', PUBLIC_APPLICATION, 'http://app.example/public'],
    ['one that is not public', '10000000000000001', 'http://app.example/answer'],
  ] as const) {
    test(`reaches ${what} by its id`, async () => {
      const uri = `sip:${appId}@app.plivo.com`;
      const { rig, peer, last } = await invited(FIRST_TRUNK, uri);
      assert.equal(last(), 200);
      acknowledge(peer, uri);
      assert.deepEqual(
        rig.application.requests.map(({ request }) => [request.target.url, request.call.to]),
        [[url, appId]],
      );
      peer.close();
      await rig.assertAllClean();
    });
  }

  test('reaches no application that does not exist: 404', async () => {
    const { rig, peer, last } = await invited(FIRST_TRUNK, 'sip:19999999999999999@app.plivo.com');
    assert.equal(last(), 404);
    peer.close();
    await rig.assertAllClean();
  });

  for (const privacy of ['id', 'user;id;critical', 'header; user']) {
    test(`tells a caller that wants Privacy: ${privacy}, and the application is not told`, async () => {
      const { rig, peer } = await invited(FIRST_TRUNK, `sip:+${NUMBER}@${NODE}`, {
        From: '"Ana" <sip:+14155550123@x.example>;tag=peer',
        'P-Asserted-Identity': '<sip:+14155550199@x.example>',
        Privacy: privacy,
      });
      const { from, callerName } = rig.application.requests[0]?.request.call ?? {};
      assert.deepEqual([from, callerName, rig.priced], ['anonymous', '', ['14155550199']]);
      peer.close();
      await rig.assertAllClean();
    });
  }

  test('tells a caller that wants no privacy, or that of the session alone', async () => {
    for (const privacy of ['none', 'session', 'history']) {
      const { rig, peer } = await invited(FIRST_TRUNK, `sip:+${NUMBER}@${NODE}`, {
        'P-Asserted-Identity': '<sip:+14155550199@x.example>',
        Privacy: privacy,
      });
      assert.equal(rig.application.requests[0]?.request.call.from, '14155550199');
      peer.close();
      await rig.assertAllClean();
    }
  });

  test('says whether the caller may show its number', async () => {
    for (const [identity, more, verification, attestation] of [
      ['<sip:+14155550199;verstat=TN-Validation-Passed@x.example>', { 'Attestation-Info': 'A' }, 'Verified', 'A'],
      ['<sip:+14155550199;verstat=TN-Validation-Passed@x.example>', { 'P-Attestation-Indicator': 'B' }, 'Not Verified', 'B'],
      ['<tel:+14155550199;verstat=No-TN-Validation>', {}, 'Not Verified', ''],
      ['<sip:+442079460123@x.example>', {}, 'Not Applicable', ''],
    ] as const) {
      const fields = { 'P-Asserted-Identity': identity, ...more };
      const { rig, peer } = await invited(FIRST_TRUNK, `sip:+${NUMBER}@${NODE}`, fields);
      const { stirVerification, stirAttestation } = rig.application.requests[0]?.request.call ?? {};
      assert.deepEqual([stirVerification, stirAttestation], [verification, attestation]);
      peer.close();
      await rig.assertAllClean();
    }
  });

  for (const [header, from] of [
    ['<sip:+1-415-555-0123@x.example;user=phone>;tag=peer', '14155550123'],
    ['<tel:+1-415-555-0123>;tag=peer', '14155550123'],
    ['<sip:ana@x.example:5080;transport=tcp>;tag=peer', 'sip:ana@x.example'],
    ['"Anonymous" <sip:anonymous@anonymous.invalid>;tag=peer', 'sip:anonymous@anonymous.invalid'],
  ] as const) {
    test(`has a caller written as ${header}`, async () => {
      const { rig, peer } = await invited(FIRST_TRUNK, `sip:+${NUMBER}@${NODE}`, { From: header });
      assert.equal(rig.application.requestsTo(post('http://app.example/answer').url).at(0)?.call.from, from);
      peer.close();
      await rig.assertAllClean();
    });
  }
});
