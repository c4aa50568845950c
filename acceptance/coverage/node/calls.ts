import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import { eventually } from '../../wait.ts';
import {
  assertGone,
  assertNotFound,
  authId,
  becomes,
  CALL_TIME,
  client,
  itemsOf,
  MONEY,
  NUMBER,
  PHONE,
  STREAM,
  UUID,
  web,
} from './surroundings.ts';
import { A, given, step } from './walk.ts';

const CALL = `${A}/Call/{call_uuid}`;

/** Calls the phone and waits until it has answered. */
export async function answeredCall(to: string, answerUrl: string): Promise<string> {
  const uuid = String((await client.calls.create(NUMBER, to, answerUrl)).requestUuid);
  await answered(uuid);
  return uuid;
}

async function answered(uuid: string): Promise<void> {
  await eventually('the answer', async () => {
    const live = await client.calls.getLiveCall(uuid).catch(() => undefined);
    return live?.callStatus === 'in-progress' ? true : undefined;
  });
}

/** A call, what can be done to it while it lasts, what remains of it; recordings; queued calls. */
export async function walkCalls(): Promise<void> {
  const uuid = await step(`POST ${A}/Call/`, async () => {
    const fired = await client.calls.create(NUMBER, PHONE, web('/xml/wait'), { answerMethod: 'GET' });
    assert.equal(fired.message, 'call fired');
    assert.match(String(fired.requestUuid), UUID);
    const id = String(fired.requestUuid);
    await answered(id);
    return id;
  });
  const call = () => given(uuid, 'call');
  await step(`GET ${CALL}/?status=live`, async () => {
    const live = await client.calls.getLiveCall(call());
    assert.deepEqual([live.callUuid, live.callStatus, live.direction], [uuid, 'in-progress', 'outbound']);
    assert.deepEqual([live.from, live.to], [NUMBER, PHONE]);
  });
  await step(`GET ${A}/Call/?status=live`, async () => {
    const live = await client.calls.listLiveCalls({ callDirection: 'outbound' });
    assert.ok(JSON.stringify(live).includes(call()), JSON.stringify(live));
  });
  await walkActions(call);
  await walkStreams(call);
  const recording = await walkCallRecording(call);
  await step(`POST ${CALL}/`, async () => {
    const moved = await client.calls.transfer(call(), { legs: 'aleg', alegUrl: web('/xml/record'), alegMethod: 'GET' });
    assert.equal(moved.message, 'call transferred');
  });
  await step(`DELETE ${CALL}/`, async () => {
    assertGone(await client.calls.hangup(call()));
  });
  await walkRecords(call);
  await walkRecordings(recording, call);
  await walkQueue();
}

async function walkActions(call: () => string): Promise<void> {
  await step(`POST ${CALL}/DTMF/`, async () => {
    assert.equal((await client.calls.sendDigits(call(), '12#', { leg: 'aleg' })).message, 'digits sent');
  });
  await step(`POST ${CALL}/Play/`, async () => {
    assert.equal((await client.calls.playMusic(call(), web('/media/tone.wav'), { loop: true })).message, 'play started');
  });
  await step(`DELETE ${CALL}/Play/`, async () => assertGone(await client.calls.stopPlayingMusic(call())));
  await step(`POST ${CALL}/Speak/`, async () => {
    assert.equal((await client.calls.speakText(call(), 'Good morning', { loop: true })).message, 'speak started');
  });
  await step(`DELETE ${CALL}/Speak/`, async () => assertGone(await client.calls.stopSpeakingText(call())));
}

async function walkStreams(call: () => string): Promise<void> {
  const id = await step(`POST ${CALL}/Stream/`, async () => {
    const started = await client.calls.stream(call(), STREAM, { audioTrack: 'inbound' });
    assert.equal(started.message, 'audio streaming started');
    assert.match(String(started.streamId), UUID);
    return String(started.streamId);
  });
  await step(`GET ${CALL}/Stream/{stream_id}/`, async () => {
    const one = await client.calls.getStream(call(), given(id, 'stream'));
    assert.deepEqual([one.streamId, one.callUuid, one.serviceUrl, one.audioTrack], [id, call(), STREAM, 'inbound']);
    assert.deepEqual([one.bidirectional, typeof one.billDuration, one.plivoAuthId], [false, 'number', authId]);
  });
  await step(`GET ${CALL}/Stream/`, async () => {
    const all = list((await client.calls.getAllStream(call())).objects);
    assert.deepEqual(
      all.map((one) => one.streamId ?? one.stream_id),
      [given(id, 'stream')],
    );
  });
  await step(`DELETE ${CALL}/Stream/{stream_id}/`, async () => {
    await client.calls.stopStream(call(), given(id, 'stream'));
    const status = async () => (await client.calls.getStream(call(), given(id, 'stream'))).status;
    await becomes('the stream', 'completed', status);
  });
  await step(`DELETE ${CALL}/Stream/`, async () => {
    const second = String((await client.calls.stream(call(), STREAM)).streamId);
    await client.calls.stopAllStream(call());
    await becomes('the stream', 'completed', async () => (await client.calls.getStream(call(), second)).status);
  });
}

async function walkCallRecording(call: () => string): Promise<string | undefined> {
  const id = await step(`POST ${CALL}/Record/`, async () => {
    const started = await client.calls.record(call(), { fileFormat: 'wav', timeLimit: 30 });
    assert.equal(started.message, 'call recording started');
    assert.match(String(started.recordingId), UUID);
    assert.match(String(started.url), /^https?:.*\.wav$/);
    return String(started.recordingId);
  });
  await new Promise((resolve) => setTimeout(resolve, RECORDED_MS));
  await step(`DELETE ${CALL}/Record/`, async () => assertGone(await client.calls.stopRecording(call())));
  return id;
}
/** A recording of nothing is none. */
const RECORDED_MS = 1_200;

async function walkRecords(call: () => string): Promise<void> {
  await step(`GET ${CALL}/`, async () => {
    const one = await eventually('the record', () => client.calls.get(call()).catch(() => undefined));
    assert.deepEqual([one.callUuid, one.callDirection, one.callState], [call(), 'outbound', 'ANSWER']);
    assert.deepEqual([one.fromNumber, one.toNumber], [NUMBER, PHONE]);
    assert.deepEqual([one.hangupCauseCode, one.hangupSource], [4000, 'API Request']);
    assert.deepEqual([typeof one.billDuration, one.billedDuration], ['number', 60]);
    for (const time of [one.initiationTime, one.answerTime, one.endTime]) assert.match(String(time), CALL_TIME);
    assert.match(String(one.totalAmount), MONEY);
  });
  await step(`GET ${A}/Call/`, async () => {
    const all = await client.calls.list({ limit: 5, fromNumber: NUMBER, callDirection: 'outbound' });
    assert.ok(all.some((one) => one.callUuid === call()));
    assert.deepEqual([all.meta?.limit, typeof all.meta?.totalCount], [5, 'number']);
  });
  await step('POST /v1/Call/{call_uuid}/Feedback/', async () => {
    // The SDK sends no body, so there is no rating in it.
    const refused: unknown = await client.callFeedback
      .create(call(), '5', ['audio_latency'], 'late')
      .catch((error: unknown) => error);
    assert.equal(record(Object(refused)).status, 422);
  });
}

async function walkRecordings(id: string | undefined, call: () => string): Promise<void> {
  const recording = () => given(id, 'recording');
  await step(`GET ${A}/Recording/{recording_id}/`, async () => {
    const one = await eventually('the recording', () => client.recordings.get(recording()).catch(() => undefined));
    assert.deepEqual([one.recordingId, one.callUuid, one.recordingFormat, one.recordingType], [id, call(), 'wav', 'call']);
    assert.ok(Number(one.recordingDurationMs) > 500, String(one.recordingDurationMs));
    assert.equal(typeof one.recordingDurationMs, 'string');
    const heard = await fetch(String(one.recordingUrl), { headers: { authorization: basic() } });
    assert.equal(heard.status, 200);
    assert.equal(Buffer.from(await heard.arrayBuffer()).toString('latin1', 0, 4), 'RIFF');
  });
  await step(`GET ${A}/Recording/`, async () => {
    const all = await client.recordings.list({ callUuid: call(), limit: 5 });
    // The document that the call was led to at last has recorded as well.
    assert.ok(itemsOf(all).some((one) => one.recordingId === recording()));
    assert.ok(itemsOf(all).every((one) => one.callUuid === call()));
    assert.equal(typeof all.meta?.totalCount, 'number');
  });
  await step(`DELETE ${A}/Recording/{recording_id}/`, async () => {
    assertGone(await client.recordings.delete(recording()));
    await assertNotFound(client.recordings.get(recording()));
  });
}
const basic = () => `Basic ${Buffer.from(`${authId}:${process.env.PLIVO_AUTH_TOKEN}`).toString('base64')}`;

/** More calls than are started at once. */
const WAITING = Array.from({ length: 8 }, (_, n) => PHONE.slice(0, -2) + String(10 + n));

async function walkQueue(): Promise<void> {
  const fired = await client.calls.create(NUMBER, WAITING, web('/xml/wait'));
  const ids: readonly string[] = [fired.requestUuid].flat().map(String);
  const queued = await step(`GET ${A}/Call/?status=queued`, async () => {
    const all = JSON.stringify(await client.calls.listQueuedCalls());
    const waiting = ids.filter((id) => all.includes(id));
    assert.ok(waiting.length >= 3, `${all} of ${ids.length}`);
    return waiting;
  });
  await step(`GET ${CALL}/?status=queued`, async () => {
    const last = given(queued?.at(-1), 'queued call');
    const one = await client.calls.getQueuedCall(last);
    assert.deepEqual([one.callUuid ?? one.requestUuid, one.callStatus, one.direction], [last, 'queued', 'outbound']);
  });
  await step(`DELETE ${A}/Request/{request_uuid}/`, async () => {
    const last = given(queued?.at(-1), 'queued call');
    assertGone(await client.calls.cancel(last));
    await assertNotFound(client.calls.getQueuedCall(last));
  });
  for (const id of ids) await client.calls.cancel(id).catch(() => client.calls.hangup(id).catch(() => undefined));
}
