import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerDialog } from '../../testkit/sip-dialogs.ts';
import { ANSWER, listenOn, OFFER } from '../../testkit/sip-rig.ts';
import {
  createSipVoiceRig,
  FIRST_TRUNK,
  NODE,
  NUMBER,
  SECOND_ENDPOINT,
  SECOND_TRUNK,
  STRANGER,
} from '../../testkit/sip-voice-rig.ts';
import { OWNER } from '../../testkit/voice-rig.ts';
import type { IncomingInvite } from '../sip/calls/incoming-invite.ts';
import type { InviteOptions } from '../sip/calls/invite-client.ts';
import { digestHashes } from '../voice/digest-hashes.ts';
import { trunkDomain } from './trunk.ts';
import { TrunkCall, type TrunkDestination } from './trunk-call.ts';

const TRUNK = '12345678901234567';
const CALLER = '14155550123';
const CALLED = '14155559000';
const LOGIN = { username: 'pbx', password: 's3cret-pass' };

const KEY_LINE = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 5).toString('base64')}\r\n`;
const ENCRYPTED = `${OFFER.replace('RTP/AVP', 'RTP/SAVP')}${KEY_LINE}`;

const at = (address: string, credentials?: TrunkDestination['credentials']): TrunkDestination => ({
  address: `sip:+${NUMBER}@${address}`,
  callerId: undefined,
  credentials,
});

/** The carrier calls a number that a trunk with these places takes. */
async function numberCalled(...destinations: readonly TrunkDestination[]) {
  const rig = await createSipVoiceRig();
  rig.trunking.program = { ownerId: OWNER, trunkId: TRUNK, program: new TrunkCall(destinations) };
  const carrier = await rig.sip.stack(FIRST_TRUNK);
  const systems = new Map<string, { readonly invites: IncomingInvite[] }>();
  for (const place of [STRANGER, SECOND_TRUNK]) {
    const invites: IncomingInvite[] = [];
    systems.set(place, { invites });
    (await rig.sip.stack(place, { listen: listenOn(place) })).onInvite((invite) => void invites.push(invite));
  }
  const call = carrier.invite({
    target: `sip:${NUMBER}@${NODE}`,
    from: `sip:+${CALLER}@${FIRST_TRUNK}`,
    to: `sip:${NUMBER}@${NODE}`,
    sdp: OFFER,
  });
  await rig.clock.advance(100);
  return { rig, call, invitesAt: (place: string) => systems.get(place)?.invites ?? [] };
}

describe('a call to a number with a trunk', () => {
  it('goes to the telephone system, as it came, and is recorded as a call of the trunk', async () => {
    const { rig, call, invitesAt } = await numberCalled(at(STRANGER));
    const [invite] = invitesAt(STRANGER);
    assert.ok(invite);
    assert.equal(invite.request.uri, `sip:+${NUMBER}@${STRANGER}`);
    assert.match(invite.request.headers.get('From') ?? '', new RegExp(`sip:\\+${CALLER}@`));
    void invite.accept(OFFER);
    await rig.clock.advance(100);
    const answer = await call.result;
    assert.ok(answer.kind === 'answered');
    answer.session.bye();
    await rig.clock.advance(100);
    assert.deepEqual(
      rig.ended.map(({ direction, to, ended }) => [direction, to, ended?.cause.code]),
      [
        ['inbound', NUMBER, 4000],
        ['outbound', `sip:+${NUMBER}@${STRANGER}`, 4000],
      ],
    );
    await rig.assertAllClean();
  });

  it('goes to the place that stands in where the first cannot take it', async () => {
    const { rig, call, invitesAt } = await numberCalled(at(STRANGER), at(SECOND_TRUNK));
    invitesAt(STRANGER)[0]?.reject(503);
    await rig.clock.advance(1_000);
    const [second] = invitesAt(SECOND_TRUNK);
    assert.ok(second);
    void second.accept(OFFER);
    await rig.clock.advance(100);
    assert.equal((await call.result).kind, 'answered');
    await rig.assertAllClean();
  });

  for (const [status, told, code, source] of [
    [404, 404, 3050, 'Carrier'],
    [408, 504, 3070, 'Carrier'],
    [480, 480, 3000, 'Carrier'],
    [500, 500, 3080, 'Carrier'],
    [503, 503, 3090, 'Carrier'],
    [603, 603, 3110, 'Callee'],
    [604, 604, 3120, 'Carrier'],
  ] as const) {
    it(`is told ${told} where the last place says ${status}, and so says its record`, async () => {
      const { rig, call, invitesAt } = await numberCalled(at(STRANGER), at(SECOND_TRUNK));
      invitesAt(STRANGER)[0]?.reject(500);
      await rig.clock.advance(1_000);
      invitesAt(SECOND_TRUNK)[0]?.reject(status);
      await rig.clock.advance(1_000);
      const answer = await call.result;
      assert.equal(answer.kind === 'failed' && answer.status, told);
      const cause = rig.ended.find(({ direction }) => direction === 'inbound')?.ended?.cause;
      assert.deepEqual([cause?.code, cause?.source], [code, source]);
      await rig.assertAllClean();
    });
  }

  it('is told that the telephone system is busy, and goes nowhere else', async () => {
    const { rig, call, invitesAt } = await numberCalled(at(STRANGER), at(SECOND_TRUNK));
    invitesAt(STRANGER)[0]?.reject(486);
    await rig.clock.advance(1_000);
    assert.equal(invitesAt(SECOND_TRUNK).length, 0);
    const answer = await call.result;
    assert.equal(answer.kind === 'failed' && answer.status, 486);
    const cause = rig.ended.find(({ direction }) => direction === 'inbound')?.ended?.cause;
    assert.deepEqual([cause?.code, cause?.source], [3010, 'Callee']);
    await rig.assertAllClean();
  });

  it('is refused with 404 where the trunk leads nowhere', async () => {
    const { rig, call } = await numberCalled();
    const answer = await call.result;
    assert.equal(answer.kind === 'failed' && answer.status, 404);
    assert.equal(rig.ended[0]?.ended?.cause.code, 5020);
    await rig.assertAllClean();
  });

  it('is recorded as ended by whoever hung up: there is no document that did', async () => {
    const { rig, invitesAt } = await numberCalled(at(STRANGER));
    const [invite] = invitesAt(STRANGER);
    assert.ok(invite);
    const accepted = invite.accept(OFFER);
    await rig.clock.advance(100);
    (await accepted).bye();
    await rig.clock.advance(100);
    assert.deepEqual(
      rig.ended.map(({ direction, ended }) => [direction, ended?.cause.code, ended?.cause.source]),
      [
        ['outbound', 4000, 'Callee'],
        ['inbound', 4000, 'Callee'],
      ],
    );
    await rig.assertAllClean();
  });
});

describe('a call to a number with a secure trunk', () => {
  const secure = (transport = ';transport=tls'): TrunkDestination => ({ ...at(`${STRANGER}${transport}`), isSecure: true });

  it('goes over TLS with keys', async () => {
    const { rig, call, invitesAt } = await numberCalled(secure());
    const [invite] = invitesAt(STRANGER);
    assert.ok(invite);
    assert.deepEqual([invite.source.transport, /RTP\/SAVP[\s\S]*a=crypto:1/.test(invite.offer ?? '')], ['tls', true]);
    void invite.accept(ENCRYPTED);
    await rig.clock.advance(100);
    assert.equal((await call.result).kind, 'answered');
    await rig.assertAllClean();
  });

  it('is not made in clear: not to who refuses keys, nor to who answers without, nor by another transport', async () => {
    const refusing = await numberCalled(secure());
    refusing.invitesAt(STRANGER)[0]?.reject(488);
    await refusing.rig.clock.advance(1_000);
    assert.equal(refusing.invitesAt(STRANGER).length, 1);
    const ignoring = await numberCalled(secure());
    void ignoring.invitesAt(STRANGER)[0]?.accept(OFFER);
    await ignoring.rig.clock.advance(1_000);
    const elsewhere = await numberCalled(secure(''));
    assert.equal(elsewhere.invitesAt(STRANGER).length, 0);
    const told: unknown[] = [];
    for (const { rig, call } of [refusing, ignoring, elsewhere]) {
      const answer = await call.result;
      const cause = rig.ended.find(({ direction }) => direction === 'inbound')?.ended?.cause;
      told.push([answer.kind === 'failed' && answer.status, cause?.code, cause?.source]);
      assert.equal(rig.media.bridges.size, 0);
      await rig.assertAllClean();
    }
    assert.deepEqual(told, [
      [480, 2010, 'Carrier'],
      [480, 2010, 'Carrier'],
      [404, 5020, 'Error'],
    ]);
  });
});

/** A telephone system calls over a trunk of its own. */
async function systemCalls(
  known: { readonly sources?: readonly string[]; readonly login?: boolean; readonly isSecure?: boolean },
  options: Partial<InviteOptions> = {},
) {
  const rig = await createSipVoiceRig();
  rig.callerIds.add(CALLER);
  rig.trunking.calling = {
    trunkId: TRUNK,
    ownerId: OWNER,
    isSecure: known.isSecure === true,
    isSource: known.sources && ((address) => known.sources?.includes(address) === true),
    credential: known.login ? { username: LOGIN.username, ha1: digestHashes(LOGIN.username, LOGIN.password) } : undefined,
    programFor: (from, to) => new TrunkCall([{ address: to, callerId: from, credentials: undefined }]),
  };
  const invites: IncomingInvite[] = [];
  (await rig.sip.stack(FIRST_TRUNK)).onInvite((invite) => void invites.push(invite));
  const system = await rig.sip.stack(STRANGER, { listen: listenOn(STRANGER) });
  const call = system.invite({
    target: `sip:+${CALLED}@${trunkDomain(TRUNK)}`,
    from: `sip:+${CALLER}@${trunkDomain(TRUNK)}`,
    to: `sip:+${CALLED}@${trunkDomain(TRUNK)}`,
    via: { place: { transport: 'udp', address: NODE, port: 5060 } },
    sdp: OFFER,
    ...options,
  });
  await rig.clock.advance(200);
  return { rig, call, invites };
}

describe('a call of a telephone system', () => {
  for (const [what, known, options] of [
    ['from one of its addresses', { sources: [STRANGER] }, {}],
    ['with its credentials', { login: true }, { credentials: LOGIN }],
    ['with both where both are asked for', { sources: [STRANGER], login: true }, { credentials: LOGIN }],
  ] as const) {
    it(`${what} goes out over the carriers`, async () => {
      const { rig, call, invites } = await systemCalls(known, options);
      const [invite] = invites;
      assert.ok(invite);
      assert.equal(invite.request.uri, `sip:+${CALLED}@${FIRST_TRUNK}`);
      assert.match(invite.request.headers.get('From') ?? '', new RegExp(`sip:\\+${CALLER}@`));
      void invite.accept(OFFER);
      await rig.clock.advance(100);
      const answer = await call.result;
      assert.ok(answer.kind === 'answered');
      answer.session.bye();
      await rig.clock.advance(100);
      const [system] = rig.ended;
      assert.deepEqual([system?.to, system?.rateMicros, system?.sipAuth?.type], [CALLED, 0, 'trunk']);
      await rig.assertAllClean();
    });
  }

  for (const [what, transport, sdp, status] of [
    ['encrypted', 'tls', ENCRYPTED, undefined],
    ['in clear', 'tls', OFFER, 488],
    ['with its signalling in clear', 'udp', ENCRYPTED, 403],
  ] as const) {
    it(`over a secure trunk ${what} ${status === undefined ? 'goes out' : `gets ${status}`}`, async () => {
      const place = { transport, address: NODE, port: transport === 'tls' ? 5061 : 5060 };
      const { rig, call, invites } = await systemCalls({ sources: [STRANGER], isSecure: true }, { via: { place }, sdp });
      assert.equal(invites.length, status === undefined ? 1 : 0);
      if (status === undefined) {
        void invites[0]?.accept(OFFER);
        await rig.clock.advance(100);
        const answer = await call.result;
        assert.ok(answer.kind === 'answered');
        assert.match(answer.session.remoteSdp, /RTP\/SAVP[\s\S]*a=crypto:1 /);
        answer.session.bye();
        await rig.clock.advance(100);
      } else {
        const answer = await call.result;
        assert.equal(answer.kind === 'failed' && answer.status, status);
      }
      await rig.assertAllClean();
    });
  }

  for (const [what, known, options] of [
    ['from another address', { sources: ['192.0.2.77'] }, {}],
    ['with a wrong password', { login: true }, { credentials: { ...LOGIN, password: 'guessed' } }],
    ['of another user', { login: true }, { credentials: { ...LOGIN, username: 'ana123456789012' } }],
    ['from its address without the password', { sources: [STRANGER], login: true }, { credentials: { ...LOGIN, password: '' } }],
  ] as const) {
    it(`${what} is refused`, async () => {
      const { rig, call, invites } = await systemCalls(known, options);
      const answer = await call.result;
      assert.equal(answer.kind === 'failed' && answer.status, 403);
      assert.deepEqual([invites.length, rig.ended.length], [0, 0]);
      await rig.assertAllClean();
    });
  }

  it('that shows a number of somebody else goes nowhere', async () => {
    const { rig, call, invites } = await systemCalls({ sources: [STRANGER] }, { from: `sip:+14155557777@${trunkDomain(TRUNK)}` });
    await rig.clock.advance(1_000);
    assert.equal((await call.result).kind, 'failed');
    assert.equal(invites.length, 0);
    await rig.assertAllClean();
  });
});

describe('a telephone system that sends REFER', () => {
  type Rig = Awaited<ReturnType<typeof createSipVoiceRig>>;

  /** It may pass its call on to nobody: neither to a number nor to an endpoint of the account. */
  async function isDeclined(rig: Rig, dialog: PeerDialog): Promise<void> {
    for (const target of [`+14155559001@${NODE}`, `${SECOND_ENDPOINT}@phone.plivo.com`]) {
      dialog.refer(`<sip:${target}>`);
      await rig.clock.advance(50);
    }
    assert.deepEqual(dialog.statuses('REFER'), [603, 603]);
    assert.equal(rig.media.bridges.size, 1);
    dialog.send('BYE');
    await rig.clock.advance(50);
    dialog.peer.close();
    await rig.assertAllClean();
  }

  it('in a call that it has made is declined', async () => {
    const rig = await createSipVoiceRig();
    rig.callerIds.add(CALLER);
    rig.trunking.calling = {
      trunkId: TRUNK,
      ownerId: OWNER,
      isSecure: false,
      isSource: (address) => address === STRANGER,
      credential: undefined,
      programFor: (from, to) => new TrunkCall([{ address: to, callerId: from, credentials: undefined }]),
    };
    (await rig.sip.stack(FIRST_TRUNK)).onInvite((invite) => void invite.accept(OFFER));
    const system = await rig.sip.peer(STRANGER);
    const from = `<sip:+${CALLER}@${trunkDomain(TRUNK)}>;tag=pbx`;
    system.request('INVITE', `sip:+${CALLED}@${trunkDomain(TRUNK)}`, NODE, { From: from, 'Call-ID': 'pbx' }, OFFER);
    await rig.clock.advance(200);
    const dialog = PeerDialog.calling(system, NODE, 'pbx', from);
    dialog.send('ACK');
    await rig.clock.advance(50);
    await isDeclined(rig, dialog);
  });

  it('in a call that has come to it is declined', async () => {
    const rig = await createSipVoiceRig();
    rig.trunking.program = { ownerId: OWNER, trunkId: TRUNK, program: new TrunkCall([at(STRANGER)]) };
    const system = await rig.sip.peer(STRANGER);
    const carrier = await rig.sip.stack(FIRST_TRUNK);
    const to = `sip:${NUMBER}@${NODE}`;
    void carrier.invite({ target: to, from: `sip:+${CALLER}@${FIRST_TRUNK}`, to, sdp: OFFER });
    await rig.clock.advance(100);
    const invite = system.only('INVITE');
    system.respond(invite, 200, {}, ANSWER);
    await rig.clock.advance(100);
    await isDeclined(rig, PeerDialog.called(system, NODE, invite));
  });
});
