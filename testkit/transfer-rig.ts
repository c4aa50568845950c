import assert from 'node:assert/strict';
import type { ReferPolicy } from '../src/carriers/sip/trunk.ts';
import type { DialElement } from '../src/voice/document.ts';
import { hangupCause } from '../src/voice/hangup-cause.ts';
import { PeerDialog } from './sip-dialogs.ts';
import { ANSWER, OFFER, type RawPeer } from './sip-rig.ts';
import { createSipVoiceRig, FIRST_TRUNK, NODE, NUMBER, SECOND_TRUNK, type SipVoiceRig } from './sip-voice-rig.ts';
import { dial, post, speak } from './voice-elements.ts';

export const CALLER = '14155550123';
export const CALLEE = '14155550111';
export const TARGET = '14155550177';
export const DONE = 'http://app.example/done';
const ANSWER_URL = 'http://app.example/answer';

/** Two trunks, over the first of which calls come and go, and may be passed on as the policy says. */
export async function transferRig(refer: ReferPolicy = 'allow') {
  const rig = await createSipVoiceRig();
  rig.useTrunks(
    { name: 'first', url: `sip:${FIRST_TRUNK}`, refer },
    { name: 'second', url: `sip:${SECOND_TRUNK}`, refer: 'allow' },
  );
  rig.application.answers(DONE, [speak('Done', 0)]);
  const peer = await rig.sip.peer(FIRST_TRUNK);
  const other = await rig.sip.peer(SECOND_TRUNK);
  let calls = 0;

  /** The last INVITE at the peer, which is to be this one in number. */
  const invited = (count: number, at: RawPeer = peer) => {
    const invites = at.requests('INVITE');
    assert.equal(invites.length, count, 'INVITEs');
    const invite = invites.at(-1);
    assert.ok(invite);
    return invite;
  };

  return {
    rig,
    peer,
    other,
    invited,
    /** A scripted caller whose Dial leads to the peer. */
    async dialling(more: Partial<DialElement> = {}) {
      rig.application.answers(ANSWER_URL, [
        dial([CALLEE], { callback: post('http://app.example/dial'), ...more }),
        speak('On', 0),
      ]);
      const before = peer.requests('INVITE').length;
      const caller = rig.startCall('inbound');
      void caller.flow.run({ kind: 'answer', answer: post(ANSWER_URL), fallback: undefined });
      await rig.clock.advance(50);
      const invite = invited(before + 1);
      peer.respond(invite, 200, {}, ANSWER, `b${before}`);
      await rig.clock.advance(50);
      return {
        caller,
        callee: PeerDialog.called(peer, NODE, invite, `b${before}`),
        calleeId: invite.headers.get('X-CallUUID') ?? '',
      };
    },
    /** The peer calls our number, whose Dial leads to the peer again. */
    async called(more: Partial<DialElement> = {}) {
      rig.application.answers(ANSWER_URL, [dial([CALLEE], more), speak('On', 0)]);
      const before = peer.requests('INVITE').length;
      const callId = `in-${++calls}`;
      const from = `<sip:+${CALLER}@${FIRST_TRUNK}>;tag=a${calls}`;
      peer.request('INVITE', `sip:+${NUMBER}@${NODE}`, NODE, { From: from, 'Call-ID': callId }, OFFER);
      await rig.clock.advance(50);
      const invite = invited(before + 1);
      peer.respond(invite, 200, {}, ANSWER, `b${before}`);
      await rig.clock.advance(50);
      const caller = PeerDialog.calling(peer, NODE, callId, from);
      caller.send('ACK');
      await rig.clock.advance(50);
      const callerId = [...rig.live].map(({ call }) => call).findLast(({ facts }) => facts.direction === 'inbound')?.id ?? '';
      return {
        caller,
        callerId,
        callee: PeerDialog.called(peer, NODE, invite, `b${before}`),
        calleeId: invite.headers.get('X-CallUUID') ?? '',
      };
    },
    call: (id: string) => rig.live.find(id)?.call,
    /** Ends of calls as `code source`, by their CallUUID. */
    endOf(id: string) {
      const ended = rig.ended.find(({ callId }) => callId === id)?.ended;
      return ended && `${ended.cause.code} ${ended.cause.source}`;
    },
    bridges: () => rig.media.bridges.size,
    notes: (event: string) => rig.steps.filter((step) => step.event === event),
    result(url = DONE) {
      const result = rig.application.requestsTo(url).at(-1)?.result;
      assert.ok(result?.element === 'Dial', 'the Dial has ended');
      return { status: result.status, code: result.cause.code, bLegId: result.bLegId };
    },
    /** Everything is hung up, and answered. */
    async finish() {
      await end(rig, [peer, other]);
    },
  };
}

export type TransferRig = Awaited<ReturnType<typeof transferRig>>;

async function end(rig: SipVoiceRig, peers: readonly RawPeer[]): Promise<void> {
  for (const { call } of [...rig.live]) call.hangUp(hangupCause(4000, 'API Request'));
  await rig.clock.advance(50);
  for (const peer of peers) {
    for (const method of ['BYE', 'NOTIFY', 'CANCEL']) for (const request of peer.requests(method)) peer.respond(request, 200);
    for (const { headers } of peer.requests('CANCEL')) {
      const invite = peer.requests('INVITE').find((each) => each.headers.get('Call-ID') === headers.get('Call-ID'));
      if (invite) peer.respond(invite, 487);
    }
  }
  await rig.clock.advance(50);
  for (const peer of peers) peer.close();
  await rig.assertAllClean();
}
