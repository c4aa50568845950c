import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { readMp3, readWav } from './audio-files.ts';
import { assertParams, CallWebhookSuite, NUMBER, OUTBOUND, RECORDED, UUID } from './call-webhook-suite.ts';
import { OWN_NUMBER } from './fixture.ts';
import { refusal } from './sdk.ts';
import { shareOf, sine, wavOf } from './tones.ts';
import { FAR } from './voice-fixture.ts';
import { eventually, pause } from './wait.ts';
import type { Received } from './webhook-receiver.ts';

/** What the far end `plays`, and `/tone.wav`. */
const FAR_HZ = 700;
const OWN_HZ = 440;
const MOST = 0.6;
const HARDLY = 0.05;
const ROOM = 'standup room';
const MEMBER_EVENT = {
  ...OUTBOUND,
  ConferenceAction: /^(?:enter|exit|digits|floor|record)$/,
  ConferenceName: /^standup room$/,
  ConferenceUUID: UUID,
  ConferenceMemberID: NUMBER,
};

describe('Node SDK: conferences', () => {
  let suite: CallWebhookSuite;
  before(async () => {
    suite = await CallWebhookSuite.start('sdk-node-conference');
  });
  after(() => suite?.dispose());
  beforeEach(() => {
    suite.reset();
    suite.answers.set('/long.wav', { contentType: 'audio/wav', body: wavOf(sine(OWN_HZ, 20_000)) });
  });

  /** A call whose document enters the room; resolves when it is in, with its call and member. */
  async function enter(to: string, attributes: Record<string, unknown> = {}) {
    const uuid = await suite.run(to, (response) => {
      response.addConference(ROOM, {
        callbackUrl: suite.receiver.url('/room'),
        callbackMethod: 'POST',
        action: suite.receiver.url('/left'),
        enterSound: '',
        ...attributes,
      });
      response.addWait({ length: 60 });
    });
    const told = await suite.at('/room', ({ params }) => params.CallUUID === uuid && params.ConferenceAction === 'enter');
    return { uuid, member: told.params.ConferenceMemberID ?? '', told };
  }
  const actions = (uuid: string) =>
    suite.receiver
      .on('/room')
      .filter(({ params }) => params.CallUUID === uuid)
      .map(({ params }) => params.ConferenceAction);
  /** What a member heard in two seconds, as the shares of a tone. */
  async function heard(uuid: string, hz: number): Promise<number> {
    const started = await suite.client.calls.record(uuid, { fileFormat: 'wav', recordChannelType: 'stereo', timeLimit: 2 });
    const file = await eventually('the recording', async () => {
      const answer = await fetch(String(started.url));
      return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : void (await answer.body?.cancel());
    });
    const wav = readWav(file);
    const told = wav.samples[1] ?? new Int16Array();
    return shareOf(hz, told.subarray(wav.rate / 2), wav.rate);
  }
  const over = async () =>
    await eventually('the end of the room', async () =>
      (await suite.client.conferences.list()).conferences.length === 0 ? true : undefined,
    );

  it('lists rooms and shows one with its members', async () => {
    const a = await enter(FAR.answers);
    const b = await enter(FAR.listens, { muted: true });
    for (const { told } of [a, b]) {
      suite.signed(told);
      assertParams(told, MEMBER_EVENT);
    }
    assert.deepEqual([a.told.params.ConferenceFirstMember, b.told.params.ConferenceFirstMember], ['true', 'false']);
    assert.deepEqual([a.told.params.Event, a.told.method], ['ConferenceEnter', 'POST']);
    assert.deepEqual((await suite.client.conferences.list()).conferences, [ROOM]);
    const room = await suite.client.conferences.get(ROOM);
    assert.deepEqual([room.conferenceName, room.conferenceMemberCount], [ROOM, '2']);
    assert.match(String(room.conferenceRunTime), /^\d+$/);
    const members = list(room.members);
    assert.deepEqual(
      members.map((each) => [each.memberId, each.callUuid, each.muted, each.deaf, each.direction, each.from, each.to]),
      [
        [a.member, a.uuid, false, false, 'outbound', OWN_NUMBER, FAR.answers],
        [b.member, b.uuid, true, false, 'outbound', OWN_NUMBER, FAR.listens],
      ],
    );
    for (const each of members) assert.deepEqual([typeof each.joinTime, typeof each.callerName], ['string', 'string']);
    await suite.client.conferences.hangup(ROOM);
    await over();
    for (const { uuid } of [a, b]) {
      const left = await suite.at('/left', ({ params }) => params.CallUUID === uuid);
      suite.signed(left);
      assertParams(left, { ...OUTBOUND, ConferenceName: /^standup room$/, ConferenceUUID: UUID, ConferenceMemberID: NUMBER });
      const made = await suite.ended(uuid);
      assert.equal(made.hangupSource, 'API Request');
    }
    const exits = await eventually('both exits', () => {
      const found = suite.receiver.on('/room').filter(({ params }) => params.ConferenceAction === 'exit');
      return found.length === 2 ? found : undefined;
    });
    for (const exit of exits) {
      suite.signed(exit);
      assertParams(exit, MEMBER_EVENT);
    }
    // Two webhooks at a time may arrive in either order.
    assert.deepEqual(exits.map(({ params }) => params.ConferenceLastMember).toSorted(), ['false', 'true']);
    assert.equal((await refusal(suite.client.conferences.get(ROOM))).status, 404);
    assert.equal((await refusal(suite.client.conferences.muteMember(ROOM, 'all'))).status, 404);
  });

  it('mutes and deafens members, as the others and they hear', async () => {
    const speaker = await enter(FAR.plays);
    const listener = await enter(FAR.answers);
    const { conferences } = suite.client;
    assert.ok((await heard(listener.uuid, FAR_HZ)) > MOST, 'they hear each other');
    const muted = await conferences.muteMember(ROOM, speaker.member);
    assert.deepEqual([muted.message, muted.memberId], ['muted', speaker.member]);
    assert.ok((await heard(listener.uuid, FAR_HZ)) < HARDLY, 'muted');
    await conferences.unmuteMember(ROOM, speaker.member);
    assert.ok((await heard(listener.uuid, FAR_HZ)) > MOST, 'unmuted');
    const deaf = await conferences.deafMember(ROOM, listener.member);
    assert.deepEqual([deaf.message, deaf.memberId], ['deaf', listener.member]);
    assert.ok((await heard(listener.uuid, FAR_HZ)) < HARDLY, 'deaf');
    await conferences.undeafMember(ROOM, listener.member);
    assert.ok((await heard(listener.uuid, FAR_HZ)) > MOST, 'not deaf any more');
    assert.deepEqual(
      (await conferences.muteMember(ROOM, `${speaker.member},${listener.member}`)).memberId,
      `[u'${speaker.member}', u'${listener.member}']`,
    );
    await conferences.unmuteMember(ROOM, 'all');
    await conferences.hangupAll();
    await over();
  });

  it('plays and speaks to a member, and to nobody else, until it is told to stop', async () => {
    const first = await enter(FAR.answers);
    const second = await enter(FAR.listens);
    const { conferences } = suite.client;
    const played = await conferences.playAudioToMember(ROOM, first.member, suite.receiver.url('/long.wav'));
    assert.deepEqual([played.message, played.memberId], ['play queued into conference', first.member]);
    assert.deepEqual(await Promise.all([first, second].map(async ({ uuid }) => (await heard(uuid, OWN_HZ)) > MOST)), [
      true,
      false,
    ]);
    await conferences.stopPlayingAudioToMember(ROOM, first.member);
    await pause(200);
    assert.ok((await heard(first.uuid, OWN_HZ)) < HARDLY, 'stopped');
    const spoken = await conferences.speakTextToMember(ROOM, 'all', 'Hello everybody', { voice: 'MAN', language: 'en-US' });
    assert.equal(spoken.message, 'speak queued into conference');
    await conferences.stopSpeakingTextToMember(ROOM, 'all');
    assert.match((await refusal(conferences.speakTextToMember(ROOM, 'all', 'Hi', { language: 'xx-YY' }))).message, /parameter/);
    await conferences.hangup(ROOM);
    await over();
  });

  it('records the room, and tells its URL', async () => {
    const speaker = await enter(FAR.plays);
    const started = await suite.client.conferences.record(ROOM, {
      fileFormat: 'mp3',
      callbackUrl: suite.receiver.url('/recorded'),
      callbackMethod: 'POST',
    });
    assert.equal(started.message, 'conference recording started');
    await pause(1_500);
    await suite.client.conferences.stopRecording(ROOM);
    const told = await suite.at('/recorded');
    suite.signed(told);
    assert.deepEqual(
      [told.params.record_url, told.params.recording_id, told.params.conference_name],
      [started.url, started.recordingId, ROOM],
    );
    for (const name of ['recording_duration', 'recording_duration_ms', 'recording_start_ms', 'recording_end_ms']) {
      assert.match(told.params[name] ?? '', NUMBER, name);
    }
    assert.match(told.params.api_id ?? '', UUID);
    const file = await fetch(String(started.url));
    const { seconds } = readMp3(new Uint8Array(await file.arrayBuffer()));
    assert.ok(seconds > 1 && seconds < 4, `${seconds} s`);
    const stored = await suite.client.recordings.get(String(started.recordingId));
    assert.deepEqual([stored.recordingType, stored.conferenceName, stored.recordingFormat], ['conference', ROOM, 'mp3']);
    await suite.client.calls.hangup(speaker.uuid);
    await over();
  });

  it('kicks a member to its next element, and hangs another up', async () => {
    const [kicked, cut] = [await enter(FAR.answers), await enter(FAR.listens)];
    const answer = await suite.client.conferences.kickMember(ROOM, kicked.member);
    assert.deepEqual([answer.message, answer.memberId], ['kicked', kicked.member]);
    await eventually('the exit', () => (actions(kicked.uuid).includes('exit') ? true : undefined));
    assert.equal((await suite.client.calls.getLiveCall(kicked.uuid)).callStatus, 'in-progress');
    await suite.client.conferences.hangupMember(ROOM, cut.member);
    assert.equal((await suite.ended(cut.uuid)).hangupSource, 'API Request');
    await over();
    assert.equal(suite.receiver.on('/left').filter(({ params }) => params.CallUUID === kicked.uuid).length, 0);
    await suite.client.calls.hangup(kicked.uuid);
  });

  it('tells keys that match, who has the floor, and the recording of the element', async () => {
    const one = await enter(FAR.presses, {
      digitsMatch: '47,11',
      record: true,
      recordFileFormat: 'wav',
      floorEvent: true,
    });
    const speaker = await enter(FAR.plays, { floorEvent: true });
    const told = async (action: string, uuid: string): Promise<Received> => {
      const found = await suite.at('/room', ({ params }) => params.ConferenceAction === action && params.CallUUID === uuid);
      suite.signed(found);
      assertParams(found, MEMBER_EVENT);
      return found;
    };
    assert.equal((await told('digits', one.uuid)).params.ConferenceDigitsMatch, '47');
    await told('floor', speaker.uuid);
    const begun = await suite.at('/room', ({ params }) => params.Event === 'ConferenceRecordStart');
    suite.signed(begun);
    assertParams(begun, { ...MEMBER_EVENT, RecordingID: UUID, RecordingDuration: /^-1$/ });
    await suite.client.conferences.hangupAll();
    const recorded = await suite.at('/room', ({ params }) => params.Event === 'ConferenceRecordStop');
    assert.equal(recorded.params.RecordingID, begun.params.RecordingID);
    suite.signed(recorded);
    assertParams(recorded, { ...RECORDED, ConferenceName: /^standup room$/ });
    const left = await suite.at('/left', ({ params }) => params.CallUUID === one.uuid);
    assert.deepEqual([left.params.RecordUrl, left.params.RecordingID], [recorded.params.RecordUrl, recorded.params.RecordingID]);
    await over();
  });

  it('waits for a moderator, ends with the moderator, and runs as the builders of Go and Java write it', async () => {
    suite.answers.set('/hold', {
      contentType: 'application/xml',
      body: `<Response><Play>${suite.receiver.url('/tone.wav')}</Play></Response>`,
    });
    const room = (attributes: string) =>
      `<Response><Conference ${attributes} callbackUrl="${suite.receiver.url('/room')}" callbackMethod="POST">${ROOM}</Conference></Response>`;
    const run = async (to: string, path: string, body: string) => {
      suite.answers.set(path, { contentType: 'application/xml', body });
      const made = await call(suite.target, 'Call/', {
        body: { from: OWN_NUMBER, to, answer_url: suite.receiver.url(path) },
      });
      const uuid = String(record(made.json).request_uuid);
      await suite.at('/room', ({ params }) => params.CallUUID === uuid && params.ConferenceAction === 'enter');
      return uuid;
    };
    // Go writes every attribute, the unset ones with their zero values left out; Java writes booleans and numbers as text.
    const guest = await run(
      FAR.answers,
      '/go',
      room(`startConferenceOnEnter="false" waitSound="${suite.receiver.url('/hold')}" maxMembers="20" timeLimit="86400"`),
    );
    assert.ok((await heard(guest, OWN_HZ)) > MOST, 'the wait sound');
    const [hold] = suite.receiver.on('/hold');
    assert.ok(hold);
    suite.signed(hold);
    const { Event, ConferenceAction, ConferenceName, ConferenceUUID, ConferenceMemberID } = hold.params;
    assert.deepEqual(
      [Event, ConferenceAction, ConferenceName, ConferenceUUID, ConferenceMemberID],
      ['ConferenceRemoteSounds', 'waitSound', ROOM, '', ''],
    );
    const moderator = await run(
      FAR.plays,
      '/java',
      room('startConferenceOnEnter="true" endConferenceOnExit="true" stayAlone="true" relayDTMF="true" hangupOnStar="false"'),
    );
    assert.ok((await heard(guest, FAR_HZ)) > MOST, 'the moderator');
    await suite.client.calls.hangup(moderator);
    await over();
    assert.deepEqual((await suite.ended(guest)).hangupCauseCode, 4010);
  });
});
