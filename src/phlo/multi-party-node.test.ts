import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialTo, PARTY, partyControlRig } from '../../testkit/multiparty-rig.ts';
import { silentLog } from '../../testkit/silent-log.ts';
import { hangupCause } from '../voice/hangup-cause.ts';
import { MultiPartyNodes, type NodeRequest } from './multi-party-node.ts';
import type { MemberAction } from './node-actions.ts';
import type { Phlo, PhloNode } from './phlo.ts';
import type { Transfer } from './transfer-store.ts';

const FROM = '14155550100';
const CUSTOMER = '14155550122';
const THIRD = '14155550133';
const node: PhloNode = {
  nodeId: '019a0000-0000-7000-8000-000000000002',
  type: 'multi_party_call',
  name: 'support {{case}}',
  voicemailUrl: null,
};
const phlo: Phlo = {
  phloId: '019a0000-0000-7000-8000-000000000001',
  accountId: 'MA',
  ownerId: 'MA',
  name: 'support',
  from: null,
  source: { kind: 'url', url: 'http://app.example/' },
  nodes: [node],
  createdAt: new Date(0),
};

/** An agent and a customer in a multiparty call of one of the PHLO's runs. */
async function room(roomOfRun = PARTY, callsPerSecond = 2) {
  const party = partyControlRig((rig) => void rig.callerIds.add(FROM));
  const { rig, control } = party;
  const account = { ...party.scope.account, settings: { ...party.scope.account.settings, callsPerSecond } };
  const scope = { ...party.scope, account };
  const open = new Map<string, Transfer>();
  const sent: string[] = [];
  const nodes = new MultiPartyNodes({
    rooms: () => control,
    calls: () => ({
      hangUp: async (_scope, callId) => {
        const live = rig.live.find(callId);
        live?.call.hangUp(hangupCause(4000, 'API Request'));
      },
      transfer: async (_scope, callId, { aLeg }) => void sent.push(`${callId} ${aLeg?.url}`),
    }),
    runs: { lastWithRoom: async (_phloId, _node, name) => (name === roomOfRun ? { from: FROM } : undefined) },
    transfers: {
      put: async (transfer) => void open.set(transfer.initiator, transfer),
      of: async (_id, initiator) => open.get(initiator),
      with: async (_id, initiator, memberId) =>
        [...open.values()].filter((each) => each.initiator === initiator || each.held.includes(memberId)),
      remove: async ({ initiator }) => void open.delete(initiator),
    },
    clock: rig.clock,
    log: silentLog,
  });
  const agent = await party.enter('agent', { stayAlone: true });
  await control.add(scope, { by: 'name', name: PARTY }, dialTo([CUSTOMER], 'customer', {}, { stayAlone: true }));
  await rig.clock.advance(10);
  rig.dialled.at(-1)?.leg.answers();
  await rig.clock.advance(1_000);
  assert.equal(party.live().participants.length, 2);
  const addressOf = (index: number) => party.live().participants[index]?.facts.address ?? '';
  const act = async (action: NodeRequest['action'], more: Partial<NodeRequest> = {}) => {
    const request = { action, to: THIRD, role: 'agent', triggerSource: addressOf(0), requesterIp: '192.0.2.1', ...more } as const;
    await nodes.act(scope, phlo, node, request);
    await rig.clock.advance(10);
  };
  const actOn = async (address: string, action: MemberAction, of: PhloNode = node) => {
    await nodes.actOnMember(scope, phlo, of, address, action);
    await rig.clock.advance(10);
  };
  const called = () => {
    const last = rig.dialled.at(-1);
    assert.ok(last, 'somebody was called');
    return last;
  };
  const answer = async () => {
    called().leg.answers();
    await rig.clock.advance(1_000);
  };
  const who = () => party.live().participants.map(({ record }) => `${record.role}${record.hold ? ' on hold' : ''}`);
  return { ...party, agent, nodes, act, actOn, called, answer, who, addressOf, open, sent };
}

describe('a multiparty call of a PHLO', () => {
  it('calls somebody in, from the number of the run', async () => {
    const { act, answer, who, called, end } = await room();
    await act('call', { role: 'customer' });
    assert.equal(called().request.from, FROM);
    await answer();
    assert.deepEqual(who(), ['agent', 'customer', 'customer']);
    await end();
  });

  it('is found by a member of it alone, and only where a run has named it', async () => {
    const { act, actOn, addressOf, end } = await room();
    await assert.rejects(act('call', { triggerSource: '14155559999' }), /nobody with the address 14155559999/);
    await actOn(`+${addressOf(1)}`, 'mute');
    await end();
    const other = await room('another room');
    await assert.rejects(other.act('call'), /nobody with the address/);
    await other.end();
  });

  it('holds, mutes and hangs up members', async () => {
    const { actOn, addressOf, who, live, end } = await room();
    await actOn(addressOf(0), 'hold');
    assert.deepEqual(who(), ['agent on hold', 'customer']);
    await actOn(addressOf(0), 'unhold');
    await actOn(addressOf(0), 'mute');
    assert.equal(live().participants[0]?.record.mute, true);
    await actOn(addressOf(0), 'unmute');
    assert.equal(live().participants[0]?.record.mute, false);
    await actOn(addressOf(0), 'hangup');
    assert.deepEqual(who(), ['customer']);
    await end();
  });

  it('lets two talk alone before the third comes back: a warm transfer', async () => {
    const { act, answer, actOn, addressOf, who, open, rig, end } = await room();
    await act('warm_transfer');
    assert.deepEqual(who(), ['agent', 'customer on hold']);
    await answer();
    assert.deepEqual(who(), ['agent', 'customer on hold', 'agent']);
    await actOn(addressOf(0), 'hangup');
    await rig.clock.advance(1_000);
    assert.deepEqual(who(), ['customer', 'agent']);
    assert.equal(open.size, 0);
    await end();
  });

  it('brings the third back when the transfer is resumed, or its beginner hangs up without a word', async () => {
    const resumed = await room();
    await resumed.act('warm_transfer');
    await resumed.answer();
    await resumed.actOn(resumed.addressOf(1), 'resume_call');
    assert.deepEqual(resumed.who(), ['agent', 'customer', 'agent']);
    await resumed.end();
    const left = await room();
    await left.act('warm_transfer');
    await left.answer();
    left.agent.leg.leaves(hangupCause(4000, 'Caller'));
    await left.rig.clock.advance(1_000);
    assert.deepEqual(left.who(), ['customer', 'agent']);
    await left.end();
  });

  it('undoes a transfer that is aborted, and one that nobody answers', async () => {
    const aborted = await room();
    await aborted.act('warm_transfer');
    await aborted.answer();
    await aborted.actOn(aborted.addressOf(0), 'abort_transfer');
    await aborted.rig.clock.advance(1_000);
    assert.deepEqual(aborted.who(), ['agent', 'customer']);
    await assert.rejects(aborted.actOn(aborted.addressOf(0), 'abort_transfer'), /has begun no transfer/);
    await aborted.end();
    const unanswered = await room();
    await unanswered.act('warm_transfer');
    await unanswered.rig.clock.advance(50_000);
    assert.deepEqual(unanswered.who(), ['agent', 'customer']);
    assert.equal(unanswered.open.size, 0);
    await unanswered.end();
  });

  it('gives up a call that still waits for its turn when its transfer is aborted', async () => {
    const { act, actOn, addressOf, rig, who, end } = await room(PARTY, 0.5);
    await act('call', { to: '14155550134' });
    const dialled = rig.dialled.length;
    await act('warm_transfer');
    assert.equal(rig.dialled.length, dialled, 'it is not its turn');
    await actOn(addressOf(0), 'abort_transfer');
    await rig.clock.advance(5_000);
    assert.deepEqual(
      rig.dialled.map(({ request }) => request.to).filter((to) => to === THIRD),
      [],
    );
    assert.ok(rig.ended.some(({ to, ended }) => to === THIRD && ended?.cause.code === 1000));
    assert.deepEqual(who(), ['agent', 'customer']);
    await end();
  });

  it('gives up a call whose turn does not come while anybody would wait for it', async () => {
    const { act, rig, who, open, end } = await room(PARTY, 0.01);
    await act('call', { to: '14155550134' });
    await act('warm_transfer');
    await rig.clock.advance(61_000);
    assert.deepEqual([who(), open.size], [['agent', 'customer'], 0]);
    await rig.clock.advance(200_000);
    assert.ok(!rig.dialled.some(({ request }) => request.to === THIRD));
    await end();
  });

  it('lets who began a cold transfer go when the other is in, and not before', async () => {
    const { act, answer, who, rig, end } = await room();
    await act('cold_transfer');
    await rig.clock.advance(5_000);
    assert.deepEqual(who(), ['agent', 'customer']);
    await answer();
    assert.deepEqual(who(), ['customer', 'agent']);
    await end();
  });

  it('leaves a message on a mailbox', async () => {
    const { actOn, addressOf, sent, live, end } = await room();
    const callId = live().participants[1]?.call.id;
    await assert.rejects(actOn(addressOf(1), 'voicemail_drop'), /no voicemail_url/);
    await actOn(addressOf(1), 'voicemail_drop', { ...node, voicemailUrl: 'http://app.example/a b.mp3' });
    assert.deepEqual(sent, [`${callId} phlo:voicemail/http%3A%2F%2Fapp.example%2Fa%20b.mp3`]);
    await end();
  });
});
