import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ANSWER, listenOn, OFFER } from '../../../testkit/sip-rig.ts';
import {
  createSipVoiceRig,
  ENDPOINT,
  FIRST_TRUNK,
  NODE,
  NUMBER,
  SECOND_TRUNK,
  type SipVoiceRig,
  STRANGER,
} from '../../../testkit/sip-voice-rig.ts';
import { dial, post, speak, target } from '../../../testkit/voice-elements.ts';
import type { SrtpPolicy } from '../../carriers/sip/srtp-policy.ts';
import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import type { SipStack } from '../../sip/sip-stack.ts';

const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const KEY = Buffer.alloc(30, 5).toString('base64');
const OTHER_KEY = Buffer.alloc(30, 6).toString('base64');
const encrypted = (sdp: string, tag = 1, key = KEY): string =>
  `${sdp.replace('RTP/AVP', 'RTP/SAVP')}a=crypto:${tag} ${SUITE} inline:${key}\r\n`;
const CALLEE = '14155550111';
const TLS_TRUNK = `sip:${FIRST_TRUNK};transport=tls`;

/** Steps of the timelines that tell of encryption, and no key in any step. */
function told(rig: SipVoiceRig): readonly (readonly [string, unknown])[] {
  assert.ok(!/inline|BQUFBQUF|BgYGBgYG/.test(JSON.stringify(rig.steps)), 'no keys in the timeline');
  return rig.steps
    .filter(({ event }) => /^media_(encrypted|in_clear)$|^srtp_/.test(event))
    .map(({ event, detail }) => [event, detail.suite ?? detail.status ?? '']);
}

/** A carrier calls our number with this description. */
async function called(sdp: string, policy: SrtpPolicy | undefined) {
  const rig = await createSipVoiceRig();
  rig.useTrunks(
    { name: 'first', url: `sip:${FIRST_TRUNK}`, ...(policy && { srtp: policy }) },
    { name: 'second', url: `sip:${SECOND_TRUNK}` },
  );
  rig.application.answers('http://app.example/answer', [speak('text', 0)]);
  const carrier = await rig.sip.stack(FIRST_TRUNK);
  const call = carrier.invite({
    target: `sip:${NUMBER}@${NODE}`,
    from: `sip:+14155550123@${FIRST_TRUNK}`,
    to: `sip:${NUMBER}@${NODE}`,
    sdp,
  });
  await rig.clock.advance(500);
  return { rig, result: await call.result };
}

describe('a call of a carrier', () => {
  test('is encrypted where the carrier offers it, and is connected with somebody in clear', async () => {
    const rig = await createSipVoiceRig();
    rig.useTrunks(
      { name: 'second', url: `sip:${SECOND_TRUNK}`, srtp: 'forbidden' },
      { name: 'first', url: `sip:${FIRST_TRUNK}` },
    );
    rig.application.answers('http://app.example/answer', [dial([CALLEE])]);
    const callee = await rig.sip.stack(SECOND_TRUNK);
    callee.onInvite((invite) => void invite.accept(ANSWER));
    const carrier = await rig.sip.stack(FIRST_TRUNK);
    const call = carrier.invite({
      target: `sip:${NUMBER}@${NODE}`,
      from: `sip:+14155550123@${FIRST_TRUNK}`,
      to: `sip:${NUMBER}@${NODE}`,
      sdp: encrypted(OFFER, 3),
    });
    await rig.clock.advance(500);
    const result = await call.result;
    assert.ok(result.kind === 'answered');
    assert.match(result.session.remoteSdp, /m=audio \d+ RTP\/SAVP 0/);
    const ours = new RegExp(`a=crypto:3 ${SUITE} inline:([A-Za-z0-9+/]{40})`).exec(result.session.remoteSdp)?.[1];
    assert.ok(ours && ours !== KEY);
    assert.deepEqual(
      [...rig.media.legs].flatMap(({ flow }) => flow?.srtp ?? []),
      [{ suite: SUITE, ownKey: ours, peerKey: KEY, peerMkiBytes: 0 }],
    );
    assert.deepEqual([rig.media.legs.size, rig.media.bridges.size], [2, 1]);
    assert.deepEqual(told(rig), [['media_encrypted', SUITE]]);

    const kept = await Promise.all([result.session.reinvite(encrypted(OFFER, 3)), rig.clock.advance(100)]);
    assert.ok(kept[0].includes(ours), 'the same key for the same key');
    const renewed = await Promise.all([result.session.reinvite(encrypted(OFFER, 3, OTHER_KEY)), rig.clock.advance(100)]);
    assert.ok(!renewed[0].includes(ours), 'another for another');
    assert.equal(told(rig).length, 2);
    result.session.bye();
    await rig.clock.advance(100);
    await rig.assertAllClean();
  });

  for (const [policy, offer, status] of [
    ['required', OFFER, 488],
    ['required', encrypted(OFFER), 'answered'],
    ['required', encrypted(OFFER).replace(KEY, 'broken'), 488],
    ['forbidden', encrypted(OFFER), 488],
    ['forbidden', encrypted(OFFER).replace('SAVP', 'AVP'), 'answered'],
    ['accepted', OFFER, 'answered'],
    ['optional', encrypted(OFFER), 'answered'],
    [undefined, encrypted(OFFER), 'answered'],
    [undefined, encrypted(OFFER).replace(SUITE, 'AES_CM_128_NULL_AUTH'), 488],
  ] as const) {
    test(`offering ${offer === OFFER ? 'audio in clear' : 'keys'} is ${status} where they are ${policy ?? 'not configured'}`, async () => {
      const { rig, result } = await called(offer, policy);
      assert.equal(result.kind === 'failed' ? result.status : result.kind, status);
      await rig.assertAllClean();
    });
  }

  test('that is required to be encrypted cannot be put in clear later', async () => {
    const { rig, result } = await called(encrypted(OFFER), 'required');
    assert.ok(result.kind === 'answered');
    await Promise.all([assert.rejects(result.session.reinvite(OFFER), { status: 488 }), rig.clock.advance(100)]);
    assert.ok([...rig.media.legs].every(({ flow }) => flow?.srtp));
    await rig.assertAllClean();
  });
});

/** Our side calls, and the far end takes what it takes. */
async function calling(
  set: (rig: SipVoiceRig) => void,
  answer: (invite: IncomingInvite, count: number) => void,
  to: Parameters<typeof dial>[0] = [CALLEE],
  address = FIRST_TRUNK,
) {
  const rig = await createSipVoiceRig();
  set(rig);
  rig.application.answers('http://app.example/answer', [dial(to), speak('On', 0)]);
  const invites: IncomingInvite[] = [];
  const stack: SipStack = await rig.sip.stack(address, { listen: listenOn(address) });
  stack.onInvite((invite) => answer(invite, invites.push(invite)));
  const caller = rig.startCall('inbound');
  void caller.flow.run({ kind: 'answer', answer: post('http://app.example/answer'), fallback: undefined });
  await rig.clock.advance(500);
  const profiles = invites.map(({ offer, source }) => `${/RTP\/\w+/.exec(offer ?? '')?.[0]} over ${source.transport}`);
  return { rig, invites, profiles };
}
const accept = (invite: IncomingInvite) => void invite.accept(encrypted(ANSWER));
const trunk =
  (url: string, srtp?: SrtpPolicy) =>
  (rig: SipVoiceRig): void =>
    rig.useTrunks({ name: 'first', url, ...(srtp && { srtp }) });

describe('a call over a trunk', () => {
  test('is offered keys where they are required, also in clear, as the configuration demands', async () => {
    const { rig, profiles } = await calling(trunk(`sip:${FIRST_TRUNK}`, 'required'), accept);
    assert.deepEqual(profiles, ['RTP/SAVP over udp']);
    assert.deepEqual(told(rig), [['media_encrypted', SUITE]]);
    await rig.assertAllClean();
  });

  test('is not made at all where keys are required and refused', async () => {
    const { rig, profiles } = await calling(trunk(TLS_TRUNK, 'required'), (invite) => invite.reject(488));
    assert.deepEqual(profiles, ['RTP/SAVP over tls']);
    assert.equal(rig.media.bridges.size, 0);
    await rig.assertAllClean();
  });

  test('ends where keys are required and the answer is in clear', async () => {
    const { rig } = await calling(trunk(TLS_TRUNK, 'required'), (invite) => void invite.accept(ANSWER));
    assert.equal(rig.media.bridges.size, 0);
    assert.deepEqual(told(rig), []);
    assert.ok(rig.ended.some(({ ended }) => ended?.cause.code === 2010));
    await rig.assertAllClean();
  });

  test('is offered keys over TLS where they are optional, and made in clear to who refuses them, which is told', async () => {
    const { rig, profiles } = await calling(trunk(TLS_TRUNK, 'optional'), (invite, count) =>
      count === 1 ? invite.reject(488) : void invite.accept(ANSWER),
    );
    assert.deepEqual(profiles, ['RTP/SAVP over tls', 'RTP/AVP over tls']);
    assert.deepEqual(told(rig), [['srtp_refused', 488]]);
    assert.equal(rig.media.bridges.size, 1);
    await rig.assertAllClean();
  });

  test('goes on in clear where keys are optional and the answer knows nothing of them, which is told', async () => {
    const { rig } = await calling(
      trunk(TLS_TRUNK, 'optional'),
      (invite) => void invite.accept(ANSWER.replace('RTP/AVP', 'RTP/SAVP')),
    );
    assert.equal(rig.media.bridges.size, 1);
    assert.deepEqual(told(rig), [['srtp_ignored', '']]);
    await rig.assertAllClean();
  });

  for (const [url, policy] of [
    [`sip:${FIRST_TRUNK}`, 'optional'],
    [`sip:${FIRST_TRUNK};transport=tcp`, 'optional'],
    [TLS_TRUNK, undefined],
    [TLS_TRUNK, 'accepted'],
    [TLS_TRUNK, 'forbidden'],
  ] as const) {
    test(`to ${url} has no keys where they are ${policy ?? 'not configured'}`, async () => {
      const { rig, invites } = await calling(trunk(url, policy), (invite) => void invite.accept(ANSWER));
      assert.equal(invites.length, 1);
      assert.ok(!/SAVP|crypto/.test(invites[0]?.offer ?? ''));
      await rig.assertAllClean();
    });
  }

  test('is busy where it is busy, and is not tried in clear', async () => {
    const { rig, profiles } = await calling(trunk(TLS_TRUNK, 'optional'), (invite) => invite.reject(486));
    assert.equal(profiles.length, 1);
    await rig.assertAllClean();
  });
});

describe('a call to an endpoint', () => {
  const registered =
    (transport: 'tls' | 'udp', endpointSrtp?: SrtpPolicy) =>
    (rig: SipVoiceRig): void => {
      rig.account.current = { ...rig.account.current, settings: endpointSrtp ? { endpointSrtp } : {} };
      const port = transport === 'tls' ? 5061 : 5060;
      const place = { transport, address: STRANGER, port };
      rig.contacts.set(ENDPOINT.username, { uri: `sip:${ENDPOINT.username}@${STRANGER}:${port}`, place, path: [] });
    };
  const endpoint = [target(`sip:${ENDPOINT.username}@phone.plivo.com`, { kind: 'user' })];

  for (const [transport, policy, profile] of [
    ['tls', undefined, 'RTP/SAVP'],
    ['tls', 'accepted', 'RTP/AVP'],
    ['udp', undefined, 'RTP/AVP'],
    ['udp', 'optional', 'RTP/AVP'],
    ['udp', 'required', 'RTP/SAVP'],
  ] as const) {
    test(`over ${transport} is offered ${profile} where keys are ${policy ?? 'not configured'}`, async () => {
      const answer = profile === 'RTP/SAVP' ? encrypted(ANSWER) : ANSWER;
      const { rig, profiles } = await calling(
        registered(transport, policy),
        (invite) => void invite.accept(answer),
        endpoint,
        STRANGER,
      );
      assert.deepEqual(profiles, [`${profile} over ${transport}`]);
      assert.equal(rig.media.bridges.size, 1);
      await rig.assertAllClean();
    });
  }
});

describe('a call to a SIP address elsewhere', () => {
  for (const [suffix, profile] of [
    ['', 'RTP/AVP over udp'],
    [';transport=tls', 'RTP/SAVP over tls'],
  ] as const) {
    test(`${suffix || 'over whatever it has'} is offered ${profile}`, async () => {
      const { rig, profiles } = await calling(
        () => undefined,
        (invite) => invite.reject(603),
        [target(`sip:bob@${STRANGER}${suffix}`, { kind: 'user' })],
        STRANGER,
      );
      assert.deepEqual(profiles, [profile]);
      await rig.assertAllClean();
    });
  }
});
