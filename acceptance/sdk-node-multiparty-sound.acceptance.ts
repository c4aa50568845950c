import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { call, list } from './api.ts';
import { readWav } from './audio-files.ts';
import { AGENT, CLIP_HZ, COACH, CUSTOMER, hears, MeetingSuite, MUSIC_HZ } from './meeting.ts';
import { phoneCall } from './phones.ts';
import { refusal, type SdkClient, type SdkObject } from './sdk.ts';
import type { Target } from './target.ts';
import { shareOf } from './tones.ts';
import { eventually, pause } from './wait.ts';
import { allSignaturesValid, checkSignatures, type WebhookReceiver } from './webhook-receiver.ts';

describe('Node SDK: who hears whom in a multiparty call', () => {
  let suite: MeetingSuite;
  let target: Target;
  let client: SdkClient;
  let receiver: WebhookReceiver;
  before(async () => {
    suite = await MeetingSuite.start('sdk-node-multiparty-sound');
    ({ target, client, receiver } = suite);
  });
  after(() => suite?.dispose());
  afterEach(() => suite.clear());

  const tone = (hz: number) => receiver.url(`/tone.wav?hz=${hz}`);

  it('lets a coach be heard by the agent alone, and by all when it does not coach', async () => {
    const { room, which, customer, agent, coach } = await suite.coached();
    await room.mute(customer, true);
    await room.mute(agent, true);
    await Promise.all([hears(target, AGENT, COACH.hz), hears(target, CUSTOMER, 'silence'), hears(target, COACH, 'silence')]);
    const open = await client.multiPartyCalls.updateParticipant(coach, {
      ...which,
      coachMode: 'false',
      disableStateChangeSound: true,
    });
    assert.equal(open.coachMode, `MPC: ${which.friendlyName} coach_mode enable/disable succeeded`);
    assert.deepEqual([open.mute, open.hold], [undefined, undefined]);
    await hears(target, CUSTOMER, COACH.hz);
    await client.multiPartyCalls.updateParticipant(coach, { ...which, coachMode: true });
    await hears(target, CUSTOMER, 'silence');
    await room.mute(coach, true);
    await room.mute(customer, false);
    await Promise.all([hears(target, AGENT, CUSTOMER.hz), hears(target, COACH, CUSTOMER.hz), hears(target, CUSTOMER, 'silence')]);
    const all = await client.multiPartyCalls.updateParticipant('all', { ...which, mute: true });
    assert.equal(all.mute, `MPC: ${which.friendlyName} mute/unmute member(s) succeeded`);
    await hears(target, AGENT, 'silence');
    await client.multiPartyCalls.updateParticipant(`${agent},${coach}`, { ...which, mute: 'false' });
    await hears(target, CUSTOMER, AGENT.hz);
  });

  it('holds: the held one hears music alone, and nobody hears it', async () => {
    const { room, which, customer, agent, coach } = await suite.coached();
    await room.mute(coach, true);
    await hears(target, CUSTOMER, AGENT.hz);
    const held = await client.multiPartyCalls.updateParticipant(agent, { ...which, hold: true });
    assert.equal(held.hold, `MPC: ${which.friendlyName} hold/unhold member(s) succeeded`);
    await Promise.all([hears(target, AGENT, MUSIC_HZ), hears(target, CUSTOMER, 'silence')]);
    assert.equal((await client.multiPartyCalls.getParticipant(agent, { ...which })).hold, true);
    await client.multiPartyCalls.startPlayAudio(agent, tone(CLIP_HZ), { ...which });
    await hears(target, AGENT, CLIP_HZ);
    await hears(target, AGENT, MUSIC_HZ);
    await client.multiPartyCalls.updateParticipant(agent, { ...which, hold: false });
    await Promise.all([hears(target, AGENT, CUSTOMER.hz), hears(target, CUSTOMER, AGENT.hz)]);
    assert.equal((await refusal(client.multiPartyCalls.updateParticipant(customer, { ...which }))).status, 400);
    assert.equal((await refusal(client.multiPartyCalls.updateParticipant('all', { ...which, coachMode: true }))).status, 400);
    assert.equal((await refusal(client.multiPartyCalls.updateParticipant('77777', { ...which, mute: true }))).status, 404);
  });

  it('waits with music until it is started', async () => {
    const room = suite.open();
    const which = { ...room.which };
    const customer = await room.add('customer', CUSTOMER, {
      startMpcOnEnter: false,
      stayAlone: true,
      waitMusicUrl: receiver.url('/music.xml'),
      statusCallbackUrl: receiver.url('/waits.php'),
      statusCallbackMethod: 'POST',
    });
    assert.deepEqual([(await room.get()).status, (await room.get()).startTime], ['Initialized', null]);
    await hears(target, CUSTOMER, MUSIC_HZ);
    await client.multiPartyCalls.startPlayAudio(customer, tone(CLIP_HZ), { ...which });
    await eventually('the clip in place of the music', async () => {
      const { heard } = await phoneCall(target, CUSTOMER.number, ({ state }) => state === 'answered');
      return heard.some(({ hz, ms }) => ms > 700 && Math.abs((hz ?? 0) - CLIP_HZ) < 15) || undefined;
    });
    await hears(target, CUSTOMER, MUSIC_HZ);
    await client.multiPartyCalls.start({ ...which, status: 'active' });
    await hears(target, CUSTOMER, 'silence');
    assert.equal((await room.get()).status, 'Active');
    assert.equal((await refusal(client.multiPartyCalls.start({ ...which, status: 'active' }))).status, 404);
    for (const event of ['MPCInitialized', 'MPCStart']) await suite.told('/waits.php', event);
    const joined = await suite.told('/waits.php', 'ParticipantJoin', customer);
    assert.equal(joined.method, 'POST');
    assert.deepEqual([joined.params.MPCName, joined.params.ParticipantRole], [which.friendlyName, 'customer']);
    assert.deepEqual(checkSignatures(joined, target.authToken, target.authToken), allSignaturesValid);
  });

  it('records the room and a participant, with pauses', async () => {
    const { room, which, customer, agent, coach } = await suite.coached();
    await room.mute(customer, true);
    await hears(target, AGENT, COACH.hz);
    const whole = await client.multiPartyCalls.startRecording({
      ...which,
      fileFormat: 'wav',
      recordingCallbackUrl: receiver.url('/room.php'),
    });
    assert.equal(whole.message, `MPC: ${which.friendlyName} record started`);
    assert.match(String(whole.recordingUrl), new RegExp(`/Recording/${whole.recordingId}\\.wav$`));
    const track = await client.multiPartyCalls.startParticipantRecording(agent, {
      ...which,
      fileFormat: 'wav',
      recordTrackType: 'participant',
      recordingCallbackUrl: receiver.url('/agent.php'),
    });
    assert.equal(track.message, `MPC: ${which.friendlyName} participant record started`);
    assert.equal((await room.get()).recording, 'recording');
    await pause(800);
    await client.multiPartyCalls.pauseRecording({ ...which });
    await client.multiPartyCalls.pauseParticipantRecording(agent, { ...which, recordTrackType: 'participant' });
    assert.equal((await room.get()).recording, 'paused');
    await pause(800);
    await client.multiPartyCalls.resumeRecording({ ...which });
    await client.multiPartyCalls.resumeParticipantRecording(agent, { ...which, recordTrackType: 'participant' });
    await pause(500);
    await client.multiPartyCalls.stopRecording({ ...which });
    await client.multiPartyCalls.stopParticipantRecording(agent, { ...which, recordTrackType: 'participant' });
    assert.equal((await room.get()).recording, 'not-recording');
    assert.equal((await refusal(client.multiPartyCalls.stopRecording({ ...which }))).status, 404);
    const heardIn = async (path: string, kind: string, of: SdkObject) => {
      const done = await suite.told(path, `${kind}Completed`);
      assert.deepEqual([done.params.RecordingUUID, done.params.RecordingURL], [of.recordingId, of.recordingUrl]);
      for (const event of ['Initiated', 'Paused', 'Resumed']) await suite.told(path, kind + event);
      const wav = readWav(Buffer.from(await (await fetch(String(of.recordingUrl))).arrayBuffer()));
      assert.ok(wav.seconds > 0.8 && wav.seconds < 2.3, `${wav.seconds} s, without the pause`);
      const samples = wav.samples[0] ?? new Int16Array();
      return (hz: number) => shareOf(hz, samples.subarray(0, wav.rate / 2), wav.rate);
    };
    const inRoom = await heardIn('/room.php', 'MPCRecording', whole);
    const ofAgent = await heardIn('/agent.php', 'ParticipantRecording', track);
    assert.ok(inRoom(AGENT.hz) > 0.3 && inRoom(COACH.hz) > 0.3, 'the room has the coach too');
    assert.ok(ofAgent(AGENT.hz) > 0.8 && ofAgent(COACH.hz) < 0.1, 'the track has the agent alone');
    const { mpcUuid } = await room.get();
    for (const filter of [{ mpcUuid }, { mpcName: which.friendlyName }]) {
      const found = await client.recordings.list(filter);
      assert.deepEqual(new Set(found.map(({ recordingId }) => recordingId)), new Set([whole.recordingId, track.recordingId]));
    }
    // The SDK's recording leaves the name out.
    assert.equal((await call(target, `Recording/${whole.recordingId}/`)).json.mpc_name, which.friendlyName);
    assert.ok(coach);
  });

  it('plays and speaks to one, and to all', async () => {
    const { room, which, customer, agent } = await suite.coached();
    await client.multiPartyCalls.updateParticipant('all', { ...which, mute: true });
    const one = await client.multiPartyCalls.startPlayAudio(customer, tone(CLIP_HZ), { ...which });
    assert.deepEqual([one.message, one.mpcMemberId, one.mpcName], ['play queued into MPC', [customer], which.friendlyName]);
    await eventually('the clip', async () => {
      const { heard } = await phoneCall(target, CUSTOMER.number, ({ state }) => state === 'answered');
      return heard.some(({ hz }) => Math.abs((hz ?? 0) - CLIP_HZ) < 15) || undefined;
    });
    await hears(target, AGENT, 'silence');
    const all = await client.multiPartyCalls.startPlayAudio('all', tone(CLIP_HZ), { ...which });
    assert.equal(list(all.mpcMemberId).length, 3);
    await client.multiPartyCalls.stopPlayAudio('all', { ...which });
    await hears(target, CUSTOMER, 'silence');
    // The Node SDK has no request for it.
    const path = `MultiPartyCall/name_${encodeURIComponent(which.friendlyName)}/Member/${agent}/Speak/`;
    const before = (await phoneCall(target, AGENT.number, ({ state }) => state === 'answered')).heard.length;
    const spoken = await call(target, path, { body: { text: 'You are doing fine, go on like this', mix: true } });
    assert.deepEqual([spoken.status, spoken.json.message, spoken.json.mpcMemberId], [202, 'speak queued into MPC', [agent]]);
    await eventually('the words', async () => {
      const { heard } = await phoneCall(target, AGENT.number, ({ state }) => state === 'answered');
      return heard.slice(Math.max(0, before - 1)).some(({ kind }) => kind === 'sound') || undefined;
    });
    assert.equal((await call(target, path, { method: 'DELETE' })).status, 204);
    await room.end();
  });
});
