import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, record } from './api.ts';
import { readMp3, readWav } from './audio-files.ts';
import { FarEnd, xml } from './far-end.ts';
import { OWN_NUMBER } from './fixture.ts';
import { refusal, type SdkClient, type SdkObject, sdk, XmlResponse } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { shareOf, sine, wavOf } from './tones.ts';
import { FAR, voiceFixture } from './voice-fixture.ts';
import { eventually, pause } from './wait.ts';
import { allSignaturesValid, checkSignatures, WebhookReceiver } from './webhook-receiver.ts';

/** What the far end `plays`, and what these tests play. */
const FAR_HZ = 700;
const OWN_HZ = 440;
/** What a document plays meanwhile. */
const MUSIC_HZ = 1_000;
const MOST = 0.6;
const HARDLY = 0.05;

describe('Node SDK: live calls', () => {
  let target: Target;
  let client: SdkClient;
  let receiver: WebhookReceiver;
  let far: FarEnd;
  before(async () => {
    receiver = await WebhookReceiver.start();
    receiver.answer(({ path }) => {
      if (path.startsWith('/dial-')) {
        const document = new XmlResponse();
        document.addDial({ action: receiver.url('/dialled') }).addNumber(path.slice('/dial-'.length));
        return { contentType: 'application/xml', body: document.toXML() };
      }
      if (path === '/tone.wav') return { contentType: 'audio/wav', body: wavOf(sine(OWN_HZ, 500)) };
      if (path === '/music.wav') return { contentType: 'audio/wav', body: wavOf(sine(MUSIC_HZ, 500)) };
      if (path === '/music') return xml(`<Play loop="7">${receiver.url('/music.wav')}</Play>`);
      return path === '/bye' ? xml('<Hangup/>') : xml('<Wait length="60"/>');
    });
    target = await openTarget({ name: 'sdk-node-call-control', config: voiceFixture });
    far = await FarEnd.start(target);
    client = sdk(target);
  });
  after(async () => {
    await far?.stop();
    await target?.dispose();
    await receiver?.stop();
  });

  /** A call that has been answered. */
  const connected = async (to: string, path = '/stay') => {
    const uuid = String((await client.calls.create(OWN_NUMBER, to, receiver.url(path))).requestUuid);
    await receiver.waitFor(`answer of ${uuid}`, (got) => got.path === path && got.params.CallUUID === uuid);
    return uuid;
  };
  /** A call whose document has connected it with somebody; the UUIDs of both legs. */
  const bridged = async (first: string, second: string) => {
    const aLeg = await connected(first, `/dial-${second}`);
    const bLeg = await eventually('a second leg', async () => {
      const [leg] = await client.calls.listLiveCalls({ toNumber: second });
      if (leg === undefined) return undefined;
      const uuid = String(leg.id ?? leg.callUuid);
      const live = await client.calls.getLiveCall(uuid).catch((): SdkObject => ({}));
      return live.callStatus === 'in-progress' ? uuid : undefined;
    });
    return { aLeg, bLeg };
  };
  const ended = async (uuid: string) =>
    await eventually(`record of ${uuid}`, () => client.calls.get(uuid).catch(() => undefined));
  const isLive = async (uuid: string) =>
    await client.calls.getLiveCall(uuid).then(
      () => true,
      () => false,
    );
  const audioOf = async (url: unknown) => {
    const file = await eventually('the recording', async () => {
      const answer = await fetch(String(url));
      return answer.status === 200 ? answer : void (await answer.body?.cancel());
    });
    return { type: file.headers.get('content-type'), octets: new Uint8Array(await file.arrayBuffer()) };
  };

  it('transfers the A leg to another document', async () => {
    const uuid = await connected(FAR.answers);
    const answer = await client.calls.transfer(uuid, { legs: 'aleg', alegUrl: receiver.url('/moved'), alegMethod: 'GET' });
    assert.equal(answer.message, 'call transferred');
    const asked = await receiver.waitFor('the new document', (got) => got.path === '/moved');
    assert.deepEqual(
      [asked.method, asked.params.CallUUID, asked.params.Event, asked.params.CallStatus, asked.params.Direction],
      ['GET', uuid, 'Redirect', 'in-progress', 'outbound'],
    );
    assert.deepEqual(checkSignatures(asked, target.authToken, target.authToken), allSignaturesValid);
    await client.calls.transfer(uuid, { alegUrl: receiver.url('/bye') });
    const made = await ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource], [4000, 'Answer XML']);
  });

  it('transfers the B leg, and the A leg goes on', async () => {
    const { aLeg, bLeg } = await bridged(FAR.answers, FAR.listens);
    assert.equal((await client.calls.getLiveCall(bLeg)).direction, 'outbound');
    await client.calls.transfer(aLeg, { legs: 'bleg', blegUrl: receiver.url('/b-moved'), blegMethod: 'POST' });
    const asked = await receiver.waitFor('the document of B', (got) => got.path === '/b-moved');
    assert.deepEqual([asked.params.CallUUID, asked.params.ALegUUID], [bLeg, aLeg]);
    await receiver.waitFor('the action of the Dial', (got) => got.path === '/dialled' && got.params.CallUUID === aLeg);
    assert.deepEqual([await isLive(aLeg), await isLive(bLeg)], [true, true]);
    await client.calls.hangup(aLeg);
    assert.equal(await isLive(bLeg), true, 'they are apart');
    await client.calls.hangup(bLeg);
    assert.equal((await ended(bLeg)).parentCallUuid, aLeg);
    const legs = await client.calls.list({ parentCallUuid: aLeg });
    assert.deepEqual(
      legs.map((leg) => leg.callUuid),
      [bLeg],
    );
  });

  it('transfers both legs', async () => {
    const { aLeg, bLeg } = await bridged(FAR.answers, FAR.listens);
    await client.calls.transfer(aLeg, {
      legs: 'both',
      alegUrl: receiver.url('/both-a'),
      blegUrl: receiver.url('/both-b'),
    });
    const a = await receiver.waitFor('A', (got) => got.path === '/both-a');
    const b = await receiver.waitFor('B', (got) => got.path === '/both-b');
    assert.deepEqual([a.params.CallUUID, b.params.CallUUID], [aLeg, bLeg]);
    for (const uuid of [aLeg, bLeg]) await client.calls.hangup(uuid);
  });

  it('refuses transfers that cannot be', async () => {
    const uuid = await connected(FAR.answers);
    for (const [params, text] of [
      [{ legs: 'aleg' }, /aleg_url parameter is missing/],
      [{ legs: 'both', alegUrl: receiver.url('/x') }, /bleg_url parameter is missing/],
      [{ legs: 'cleg', alegUrl: receiver.url('/x') }, /legs parameter/],
      [{ alegUrl: 'nowhere' }, /aleg_url parameter/],
      [{ legs: 'bleg', blegUrl: receiver.url('/x') }, /B leg/],
    ] as const) {
      const refused = await refusal(client.calls.transfer(uuid, { ...params }));
      assert.equal(refused.status, 400, JSON.stringify(params));
      assert.match(refused.message, text);
    }
    await client.calls.hangup(uuid);
    assert.equal((await refusal(client.calls.transfer(uuid, { alegUrl: receiver.url('/x') }))).status, 404);
  });

  it('presses keys that the far end hears, on either leg', async () => {
    const uuid = await connected(FAR.listens);
    assert.equal((await client.calls.sendDigits(uuid, '90*#')).message, 'digits sent');
    await eventually('90*', () => far.requests('heard').find(({ params }) => params.Digits === '90*'));
    await client.calls.hangup(uuid);
    const { aLeg } = await bridged(FAR.answers, FAR.listens);
    await client.calls.sendDigits(aLeg, '5w6W7w8', { leg: 'bleg' });
    await eventually('5678', () => far.requests('heard').find(({ params }) => params.Digits === '5678'));
    await client.calls.hangup(aLeg);
    const wrong = await connected(FAR.answers);
    assert.match((await refusal(client.calls.sendDigits(wrong, 'abc'))).message, /digits parameter/);
    await client.calls.hangup(wrong);
  });

  it('plays and stops, both parties are in the recording on channels of their own', async () => {
    const uuid = await connected(FAR.plays);
    const started = await client.calls.record(uuid, {
      fileFormat: 'wav',
      recordChannelType: 'stereo',
      timeLimit: 30,
      callbackUrl: receiver.url('/recorded?who=me'),
      callbackMethod: 'POST',
    });
    assert.equal(started.message, 'call recording started');
    const played = await client.calls.playMusic(uuid, receiver.url('/tone.wav'), { loop: true, mix: true, legs: 'aleg' });
    assert.equal(played.message, 'play started');
    await pause(900);
    await client.calls.stopPlayingMusic(uuid);
    await pause(900);
    await client.calls.stopRecording(uuid);
    const told = await receiver.waitFor('the recording', (got) => got.path === '/recorded');
    assert.equal(told.method, 'POST');
    assert.deepEqual(Object.keys(told.params).toSorted(), [
      'api_id',
      'call_uuid',
      'message',
      'record_url',
      'recording_duration',
      'recording_duration_ms',
      'recording_end_ms',
      'recording_id',
      'recording_start_ms',
      'who',
    ]);
    assert.deepEqual(
      [told.params.api_id, told.params.call_uuid, told.params.recording_id, told.params.record_url, told.params.message],
      [started.apiId, uuid, started.recordingId, started.url, 'record done'],
    );
    assert.deepEqual(checkSignatures(told, target.authToken, target.authToken), allSignaturesValid);
    const ms = Number(told.params.recording_duration_ms);
    assert.ok(ms > 1500 && ms < 4000, `${ms} ms`);
    const span = Number(told.params.recording_end_ms) - Number(told.params.recording_start_ms);
    assert.ok(Math.abs(span - ms) < 50, `${span} and ${ms} ms`);
    assert.ok(Math.abs(Number(told.params.recording_start_ms) - Date.now()) < 60_000);

    const { type, octets } = await audioOf(started.url);
    assert.equal(type, 'audio/wav');
    const wav = readWav(octets);
    assert.deepEqual([wav.format, wav.channels, wav.bits], [1, 2, 16]);
    assert.ok(Math.abs(wav.seconds * 1000 - ms) < 100, `${wav.seconds} s`);
    const [callee = new Int16Array(), ours = new Int16Array()] = wav.samples;
    const early = (channel: Int16Array) => channel.subarray(0.4 * wav.rate, 0.8 * wav.rate);
    const late = (channel: Int16Array) => channel.subarray(channel.length - 0.5 * wav.rate);
    assert.ok(shareOf(FAR_HZ, early(callee), wav.rate) > MOST, 'the far end is on the first channel');
    assert.ok(shareOf(OWN_HZ, early(ours), wav.rate) > MOST, 'what is played to it is on the second');
    assert.ok(shareOf(OWN_HZ, early(callee), wav.rate) < HARDLY);
    assert.ok(
      late(ours).every((sample) => Math.abs(sample) < 50),
      'silence after the stop',
    );
    await client.calls.hangup(uuid);
  });

  it('serves a recording whole, in parts and by its URL alone, lists it and deletes it', async () => {
    const uuid = await connected(FAR.plays);
    const started = await client.calls.record(uuid, { timeLimit: 1, callbackUrl: receiver.url('/mp3'), callbackMethod: 'GET' });
    const told = await receiver.waitFor('the recording', (got) => got.path === '/mp3');
    assert.equal(told.method, 'GET');
    assert.deepEqual(checkSignatures(told, target.authToken, target.authToken), allSignaturesValid);
    assert.ok(Math.abs(Number(told.params.recording_duration_ms) - 1000) < 100, told.params.recording_duration_ms);
    const { type, octets } = await audioOf(started.url);
    assert.equal(type, 'audio/mpeg');
    const mp3 = readMp3(octets);
    assert.ok(Math.abs(mp3.seconds - 1) < 0.35, `${mp3.seconds} s`);
    const part = await fetch(String(started.url), { headers: { range: 'bytes=10-19' } });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 10-19/${octets.length}`]);
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), octets.slice(10, 20));
    const beyond = await fetch(String(started.url), { headers: { range: `bytes=${octets.length}-` } });
    assert.equal(beyond.status, 416);
    assert.equal((await fetch(String(started.url).replace('.mp3', '.wav'))).status, 404);

    const id = String(started.recordingId);
    const one = await client.recordings.get(id);
    assert.deepEqual(
      [one.recordingId, one.callUuid, one.recordingFormat, one.recordingType, one.recordingUrl, one.conferenceName],
      [id, uuid, 'mp3', 'call', started.url, ''],
    );
    assert.deepEqual([one.fromNumber, one.toNumber, one.roundedRecordingDuration], [OWN_NUMBER, FAR.plays, 60]);
    for (const value of [one.recordingDurationMs, one.recordingStartMs, one.recordingEndMs]) {
      assert.match(String(value), /^\d+\.\d{5}$/);
    }
    assert.match(String(one.addTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    for (const [params, wanted] of [
      [{ callUuid: uuid }, true],
      [{ callUuid: '019a0000-0000-7000-8000-000000000000' }, false],
      [{ fromNumber: OWN_NUMBER, toNumber: FAR.plays }, true],
      [{ fromNumber: FAR.plays }, false],
      [{ add_time__gt: hourAgo }, true],
      [{ addTimeLessThan: hourAgo }, false],
      [{ recording_storage_duration__lte: 0 }, true],
      [{ recording_storage_duration__gt: 1 }, false],
    ] as const) {
      const found = (await client.recordings.list({ ...params })).some((entry) => entry.recordingId === id);
      assert.equal(found, wanted, JSON.stringify(params));
    }
    const page = await client.recordings.list({ limit: 1, offset: 0 });
    assert.deepEqual([page.length, record(page.meta).limit], [1, 1]);
    await client.recordings.delete(id);
    assert.equal((await refusal(client.recordings.get(id))).status, 404);
    assert.equal((await fetch(String(started.url))).status, 404);
    await client.calls.hangup(uuid);
  });

  it('stops one recording by its URL and leaves the others', async () => {
    const uuid = await connected(FAR.plays);
    const first = await client.calls.record(uuid, { callbackUrl: receiver.url('/one'), fileFormat: 'wav' });
    const second = await client.calls.record(uuid, { callbackUrl: receiver.url('/two'), fileFormat: 'wav' });
    await pause(300);
    await client.calls.stopRecording(uuid, { URL: first.url });
    const told = await receiver.waitFor('the first', (got) => got.path === '/one');
    assert.equal(told.params.recording_id, first.recordingId);
    assert.equal(receiver.on('/two').length, 0);
    await client.calls.hangup(uuid);
    const later = await receiver.waitFor('the second, with the call', (got) => got.path === '/two');
    assert.equal(later.params.recording_id, second.recordingId);
  });

  it('speaks, and stops to speak', async () => {
    const uuid = await connected(FAR.answers);
    const started = await client.calls.record(uuid, { fileFormat: 'wav', recordChannelType: 'stereo', timeLimit: 20 });
    const spoken = await client.calls.speakText(uuid, 'Hello, this is a rather long sentence that goes on and on.', {
      voice: 'WOMAN',
      language: 'en-GB',
      loop: true,
      legs: 'aleg',
      mix: false,
    });
    assert.equal(spoken.message, 'speak started');
    await pause(2500);
    await client.calls.stopSpeakingText(uuid);
    await pause(700);
    await client.calls.stopRecording(uuid);
    const wav = readWav((await audioOf(started.url)).octets);
    const ours = wav.samples[1] ?? new Int16Array();
    const loud = ours.filter((sample) => Math.abs(sample) > 500).length;
    assert.ok(loud > wav.rate * 0.1, `${loud} loud samples of ${ours.length}`);
    assert.ok(
      ours.subarray(ours.length - 0.3 * wav.rate).every((sample) => Math.abs(sample) < 50),
      'silence after the stop',
    );
    assert.match((await refusal(client.calls.speakText(uuid, 'Hi', { language: 'xx-YY' }))).message, /parameter/);
    assert.match((await refusal(client.calls.playMusic(uuid, 'file:///etc/passwd'))).message, /urls parameter/);
    await client.calls.hangup(uuid);
    assert.equal((await refusal(client.calls.playMusic(uuid, receiver.url('/tone.wav')))).status, 404);
    assert.equal((await refusal(client.calls.record(uuid))).status, 404);
  });

  it('plays over what the document plays, which goes on to its end', async () => {
    const uuid = await connected(FAR.answers, '/music');
    const recorded = await client.calls.record(uuid, { fileFormat: 'wav', recordChannelType: 'stereo', timeLimit: 30 });
    await client.calls.playMusic(uuid, receiver.url('/tone.wav'), { loop: true, mix: true, length: 1 });
    const made = await ended(uuid);
    assert.deepEqual([made.hangupCauseCode, made.hangupSource, made.billDuration], [4010, 'Plivo', 4]);
    const wav = readWav((await audioOf(recorded.url)).octets);
    const told = wav.samples[1] ?? new Int16Array();
    const part = (hz: number, from: number, to: number) => shareOf(hz, told.subarray(from * wav.rate, to * wav.rate), wav.rate);
    assert.ok(part(OWN_HZ, 0.4, 0.8) > 0.2 && part(MUSIC_HZ, 0.4, 0.8) > 0.2, 'both are heard');
    assert.ok(part(MUSIC_HZ, 1.8, 2.2) > MOST && part(OWN_HZ, 1.8, 2.2) < HARDLY, 'then the document alone');
  });

  it('plays to the leg that is meant, and no longer than it is told', async () => {
    const { aLeg, bLeg } = await bridged(FAR.answers, FAR.listens);
    for (const [legs, onA, onB] of [
      ['aleg', true, false],
      ['bleg', false, true],
      ['both', true, true],
    ] as const) {
      const recordings: SdkObject[] = [];
      for (const uuid of [aLeg, bLeg]) {
        recordings.push(await client.calls.record(uuid, { fileFormat: 'wav', recordChannelType: 'stereo', timeLimit: 2 }));
      }
      await client.calls.playMusic(aLeg, receiver.url('/tone.wav'), { legs, loop: true, length: 1 });
      for (const [index, heard] of [onA, onB].entries()) {
        const wav = readWav((await audioOf(recordings[index]?.url)).octets);
        const told = wav.samples[1] ?? new Int16Array();
        const part = (from: number, to: number) => shareOf(OWN_HZ, told.subarray(from * wav.rate, to * wav.rate), wav.rate);
        assert.equal(part(0.4, 0.8) > MOST, heard, `${legs}: ${index === 0 ? 'A' : 'B'} hears it`);
        assert.ok(part(1.4, 1.8) < HARDLY, `${legs}: it is over after a second`);
      }
    }
    await client.calls.hangup(aLeg);
  });

  it('works asynchronously with a callback URL', async () => {
    const fired = await client.calls.create(OWN_NUMBER, FAR.answers, receiver.url('/stay'), {
      callbackUrl: receiver.url('/async'),
    });
    assert.equal(fired.message, 'async api spawned');
    const reply = await receiver.waitFor('the reply', (got) => got.path === '/async');
    assert.deepEqual([reply.params.api_id, reply.params.status_code], [fired.apiId, '201']);
    const body = record(JSON.parse(String(reply.params.response)));
    assert.deepEqual([body.message, body.api_id], ['call fired', fired.apiId]);
    assert.deepEqual(checkSignatures(reply, target.authToken, target.authToken), allSignaturesValid);
    await eventually('the call', async () => ((await isLive(String(body.request_uuid))) ? true : undefined));
    const spoken = await client.calls.speakText(String(body.request_uuid), 'Hi', { callbackUrl: receiver.url('/async-speak') });
    assert.equal(spoken.message, 'async api spawned');
    await receiver.waitFor('the reply', (got) => got.path === '/async-speak');
    await client.calls.hangup(String(body.request_uuid));
  });

  it('ends a bridged call from either side', async () => {
    const first = await bridged(FAR.answers, FAR.listens);
    await client.calls.hangup(first.bLeg);
    const action = await receiver.waitFor('action', (got) => got.path === '/dialled' && got.params.CallUUID === first.aLeg);
    assert.deepEqual(
      [action.params.DialStatus, action.params.DialBLegUUID, action.params.DialALegUUID, action.params.DialRingStatus],
      ['completed', first.bLeg, first.aLeg, 'true'],
    );
    await client.calls.hangup(first.aLeg);
    const second = await bridged(FAR.answers, FAR.listens);
    await client.calls.hangup(second.aLeg);
    await ended(second.bLeg);
    assert.equal((await call(target, 'Call/', { method: 'DELETE' })).status, 204);
  });
});
