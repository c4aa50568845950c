import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import { eventually } from '../../wait.ts';
import { answeredCall } from './calls.ts';
import { assertGone, becomes, client, NUMBER, PHONE, PHONE_2, PHONE_3, run, UUID, web } from './surroundings.ts';
import { A, given, step } from './walk.ts';

const ROOM = `${A}/Conference/{conference_name}`;
const MEMBER = `${ROOM}/Member/{member_id}`;
const room = (name: string) => `${name}${run}`;
const enter = (name: string) => web(`/xml/conference?name=${room(name)}`);

/** Conferences of two, and everything that can be done to a member. */
export async function walkConferences(): Promise<void> {
  const { conferences } = client;
  const first = await answeredCall(PHONE, enter('one'));
  // Members are shown in the order in which they came in.
  await eventually('the first member', () => conferences.get(room('one')).catch(() => undefined));
  const second = await answeredCall(PHONE_2, enter('one'));
  const members = await step(`GET ${ROOM}/`, async () => {
    const found = await eventually('two members', async () => {
      const one = await conferences.get(room('one')).catch(() => undefined);
      return one?.conferenceMemberCount === '2' ? one : undefined;
    });
    assert.equal(found.conferenceName, room('one'));
    assert.match(String(found.conferenceRunTime), /^\d+$/);
    const all = list(found.members);
    assert.deepEqual(
      all.map(({ callUuid, muted, deaf, from }) => [callUuid, muted, deaf, from]),
      [
        [first, false, false, NUMBER],
        [second, false, false, NUMBER],
      ],
    );
    return all.map(({ memberId }) => String(memberId));
  });
  const member = () => given(members?.[0], 'member');
  await step(`GET ${A}/Conference/`, async () => {
    assert.ok((await conferences.list()).conferences.includes(room('one')));
  });
  await walkMember(member);
  await step(`POST ${ROOM}/Record/`, async () => {
    const started = await conferences.record(room('one'), { fileFormat: 'mp3' });
    assert.equal(started.message, 'conference recording started');
    assert.match(String(started.recordingId), UUID);
    assert.match(String(started.url), /\.mp3$/);
  });
  await step(`DELETE ${ROOM}/Record/`, async () => assertGone(await conferences.stopRecording(room('one'))));
  await step(`POST ${MEMBER}/Kick/`, async () => {
    const kicked = await conferences.kickMember(room('one'), member());
    assert.deepEqual([kicked.message, kicked.memberId], ['kicked', member()]);
    assert.equal((await client.calls.getLiveCall(first)).callStatus, 'in-progress');
  });
  await step(`DELETE ${MEMBER}/`, async () => {
    await conferences.hangupMember(room('one'), given(members?.[1], 'member'));
    await becomes('the call', 'ANSWER', async () => (await client.calls.get(second).catch(() => undefined))?.callState);
  });
  await step(`DELETE ${ROOM}/`, async () => {
    await client.calls.transfer(first, { legs: 'aleg', alegUrl: enter('two') });
    await eventually('the room', () => conferences.get(room('two')).catch(() => undefined));
    assertGone(await conferences.hangup(room('two')));
    await over();
  });
  await step(`DELETE ${A}/Conference/`, async () => {
    await answeredCall(PHONE_3, enter('three'));
    await eventually('the room', () => conferences.get(room('three')).catch(() => undefined));
    assertGone(await conferences.hangupAll());
    await over();
  });
}

const over = async () =>
  await eventually('the end of the rooms', async () =>
    (await client.conferences.list()).conferences.length === 0 ? true : undefined,
  );

async function walkMember(member: () => string): Promise<void> {
  const { conferences } = client;
  const name = room('one');
  const isSo = async (key: 'muted' | 'deaf') =>
    list((await conferences.get(name)).members).find((one) => one.memberId === member())?.[key];
  await step(`POST ${MEMBER}/Mute/`, async () => {
    const muted = await conferences.muteMember(name, member());
    assert.deepEqual([muted.message, muted.memberId], ['muted', member()]);
    assert.equal(await isSo('muted'), true);
  });
  await step(`DELETE ${MEMBER}/Mute/`, async () => {
    assertGone(await conferences.unmuteMember(name, member()));
    assert.equal(await isSo('muted'), false);
  });
  await step(`POST ${MEMBER}/Deaf/`, async () => {
    const deaf = await conferences.deafMember(name, member());
    assert.deepEqual([deaf.message, deaf.memberId], ['deaf', member()]);
    assert.equal(await isSo('deaf'), true);
  });
  await step(`DELETE ${MEMBER}/Deaf/`, async () => {
    assertGone(await conferences.undeafMember(name, member()));
    assert.equal(await isSo('deaf'), false);
  });
  await step(`POST ${MEMBER}/Play/`, async () => {
    const played = await conferences.playAudioToMember(name, member(), web('/media/tone.mp3'));
    assert.deepEqual([played.message, played.memberId], ['play queued into conference', member()]);
  });
  await step(`DELETE ${MEMBER}/Play/`, async () => assertGone(await conferences.stopPlayingAudioToMember(name, member())));
  await step(`POST ${MEMBER}/Speak/`, async () => {
    const spoken = await conferences.speakTextToMember(name, member(), 'Good morning to everybody in this room');
    assert.deepEqual([spoken.message, spoken.memberId], ['speak queued into conference', member()]);
  });
  await step(`DELETE ${MEMBER}/Speak/`, async () => assertGone(await conferences.stopSpeakingTextToMember(name, member())));
}

const MPC = `${A}/MultiPartyCall/{mpc_id}`;
const PARTICIPANT = `${MPC}/Participant/{participant_id}`;

/** A multiparty call of an agent and a customer. */
export async function walkMultiparty(): Promise<void> {
  const friendlyName = room('mpc');
  // The SDK takes the name out of the object that it is given.
  const which = () => ({ friendlyName });
  const calls = client.multiPartyCalls;
  await step(`POST ${MPC}/Participant/`, async () => {
    for (const [role, to] of [
      ['customer', PHONE],
      ['agent', PHONE_2],
    ] as const) {
      const more = { from: NUMBER, to, stayAlone: true, startMpcOnEnter: false, maxDuration: 600 };
      const added = await calls.addParticipant(role, { ...which(), ...more });
      assert.equal(added.message, 'add participant action initiated');
      assert.match(String(added.requestUuid), UUID);
      assert.equal(list(added.calls)[0]?.to, to);
    }
  });
  const members = await step(`GET ${MPC}/Participant/`, async () => {
    const found = await eventually('two participants', async () => {
      const answer = await calls.listParticipants(which()).catch(() => undefined);
      const inside = list(answer?.objects).filter((one) => one.joinTime !== null);
      return inside.length === 2 ? answer : undefined;
    });
    assert.equal(record(found.meta).count, 2);
    return new Map(list(found.objects).map((one) => [String(one.role), String(one.memberId)]));
  });
  const agent = () => given(members?.get('agent'), 'agent');
  const uuid = await step(`GET ${MPC}/`, async () => {
    const one = await calls.get(which());
    assert.deepEqual([one.friendlyName, one.status, one.maxDuration, one.stayAlone], [friendlyName, 'Initialized', 600, true]);
    assert.match(String(one.mpcUuid), UUID);
    return String(one.mpcUuid);
  });
  await step(`POST ${MPC}/`, async () => {
    await calls.start({ ...which(), status: 'active' });
    await becomes('the multiparty call', 'Active', async () => (await calls.get(which())).status);
  });
  await step(`GET ${A}/MultiPartyCall/`, async () => {
    const all = await calls.list({ friendlyName, status: 'Active' });
    assert.deepEqual(
      all.map(({ mpcUuid }) => mpcUuid),
      [given(uuid, 'multiparty call')],
    );
    assert.equal(all.meta?.count, 1);
  });
  await walkParticipant(which, agent);
  await walkMpcRecordings(which, agent);
  await step(`DELETE ${PARTICIPANT}/`, async () => {
    await calls.kickParticipant(agent(), which());
    const gone = async () => (await calls.getParticipant(agent(), which())).exitCause;
    await becomes('the agent', 'Kicked Out of Multiparty Call', gone);
  });
  await step(`DELETE ${MPC}/`, async () => {
    await calls.stop(which());
    await becomes('it', 'Ended', async () => (await calls.get({ uuid: given(uuid, 'multiparty call') })).status);
  });
}

async function walkParticipant(which: () => { friendlyName: string }, agent: () => string): Promise<void> {
  const calls = client.multiPartyCalls;
  await step(`GET ${PARTICIPANT}/`, async () => {
    const one = await calls.getParticipant(agent(), which());
    assert.deepEqual([one.memberId, one.role, one.memberAddress, one.exitTime], [agent(), 'agent', PHONE_2, null]);
    assert.deepEqual([one.mute, one.hold, one.startMpcOnEnter, one.endMpcOnExit], [false, false, false, false]);
  });
  await step(`POST ${PARTICIPANT}/`, async () => {
    const changed = await calls.updateParticipant(agent(), { ...which(), mute: true });
    assert.match(String(changed.mute), /mute\/unmute member\(s\) succeeded/);
    assert.equal((await calls.getParticipant(agent(), which())).mute, true);
  });
  await step(`POST ${MPC}/Member/{participant_id}/Play/`, async () => {
    const played = await calls.startPlayAudio(agent(), web('/media/tone.wav'), which());
    assert.deepEqual([played.message, played.mpcMemberId], ['play queued into MPC', [agent()]]);
  });
  await step(`DELETE ${MPC}/Member/{participant_id}/Play/`, async () => {
    assertGone(await calls.stopPlayAudio(agent(), which()));
  });
}

async function walkMpcRecordings(which: () => { friendlyName: string }, agent: () => string): Promise<void> {
  const calls = client.multiPartyCalls;
  const state = async () => (await calls.get(which())).recording;
  await step(`POST ${MPC}/Record/`, async () => {
    const started = await calls.startRecording({ ...which(), fileFormat: 'wav' });
    assert.match(String(started.recordingId), UUID);
    assert.match(String(started.recordingUrl), /\.wav$/);
    assert.equal(await state(), 'recording');
  });
  await step(`POST ${MPC}/Record/Pause/`, async () => {
    await calls.pauseRecording(which());
    assert.equal(await state(), 'paused');
  });
  await step(`POST ${MPC}/Record/Resume/`, async () => {
    await calls.resumeRecording(which());
    assert.equal(await state(), 'recording');
  });
  await step(`DELETE ${MPC}/Record/`, async () => {
    assertGone(await calls.stopRecording(which()));
    assert.equal(await state(), 'not-recording');
  });
  await step(`POST ${PARTICIPANT}/Record/`, async () => {
    const started = await calls.startParticipantRecording(agent(), { ...which(), fileFormat: 'mp3' });
    assert.match(String(started.recordingId), UUID);
    assert.match(String(started.recordingUrl), /\.mp3$/);
  });
  await step(`POST ${PARTICIPANT}/Record/Pause/`, async () =>
    assertGone(await calls.pauseParticipantRecording(agent(), which())),
  );
  await step(`POST ${PARTICIPANT}/Record/Resume/`, async () =>
    assertGone(await calls.resumeParticipantRecording(agent(), which())),
  );
  await step(`DELETE ${PARTICIPANT}/Record/`, async () => assertGone(await calls.stopParticipantRecording(agent(), which())));
}
