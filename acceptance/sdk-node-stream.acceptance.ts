import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { StreamApp, type StreamConnection, type StreamMessage } from '../testkit/stream-app.ts';
import { call, list, record } from './api.ts';
import { assertParams, CallWebhookSuite, NUMBER, SECONDS, UUID } from './call-webhook-suite.ts';
import { OWN_NUMBER } from './fixture.ts';
import { refusal, validateV3Signature } from './sdk.ts';
import { fromMulaw, mulawOf, SAMPLE_RATE, shareOf, sine } from './tones.ts';
import { FAR } from './voice-fixture.ts';
import { eventually } from './wait.ts';

/** What the far end `plays`. */
const FAR_HZ = 700;
const MOST = 0.6;
const MULAW = 'audio/x-mulaw;rate=8000';
const STATUS = {
  Event: /^(?:StartStream|StopStream|DroppedStream|DegradedStream)$/,
  CallUUID: UUID,
  StreamID: UUID,
  ServiceURL: /^ws:\/\//,
  Timestamp: SECONDS,
  From: NUMBER,
  To: NUMBER,
  Direction: /^outbound$/,
  ParentAuthID: /^MA[A-Z0-9]{18}$/,
  bidirectional: /^(?:true|false)$/,
  audioTrack: /^(?:inbound|outbound|both)$/,
  streamTimeout: NUMBER,
  contentType: /^audio\/x-/,
  keepCallAlive: /^(?:true|false)$/,
  status_callback_url: /^http:\/\//,
  status_callback_method: /^(?:GET|POST)$/,
};
const RECORD_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/;

describe('Node SDK: audio streams', () => {
  let suite: CallWebhookSuite;
  const apps: StreamApp[] = [];
  before(async () => {
    suite = await CallWebhookSuite.start('sdk-node-stream');
  });
  after(async () => {
    await suite?.dispose();
    for (const app of apps) await app.stop();
  });
  beforeEach(() => suite.reset());

  async function application(onMessage: StreamApp['onMessage'] = () => undefined): Promise<StreamApp> {
    const app = await StreamApp.start();
    app.onMessage = onMessage;
    apps.push(app);
    return app;
  }
  /** A call that has been answered and waits. */
  async function connected(to: string): Promise<string> {
    const uuid = await suite.run(to, (response) => response.addWait({ length: 60 }));
    await suite.at('/answer', ({ params }) => params.CallUUID === uuid);
    await eventually('the answer', async () => {
      const live = await suite.client.calls.getLiveCall(uuid).catch(() => undefined);
      return live?.callStatus === 'in-progress' ? true : undefined;
    });
    return uuid;
  }
  const eventsOf = ({ messages }: StreamConnection, event: string) => messages.filter((message) => message.event === event);
  const soundOf = (messages: readonly StreamMessage[]) =>
    Int16Array.from(messages.flatMap(({ media }) => [...Buffer.from(String(record(media).payload), 'base64')].map(fromMulaw)));
  const told = async (event: string, uuid: string) => {
    const found = await suite.at('/stream', ({ params }) => params.Event === event && params.CallUUID === uuid);
    suite.signed(found);
    assertParams(found, STATUS);
    return found;
  };

  it('starts, shows, lists and stops one of a live call', async () => {
    const app = await application();
    const uuid = await connected(FAR.plays);
    const url = app.url('/ws?token=a+b==');
    const started = await suite.client.calls.stream(uuid, url, {
      audioTrack: 'inbound',
      contentType: MULAW,
      streamTimeout: 600,
      statusCallbackUrl: suite.receiver.url('/stream'),
      statusCallbackMethod: 'POST',
      extraHeaders: 'room=7,user=a',
    });
    assert.equal(started.message, 'audio streaming started');
    const id = String(started.streamId);
    assert.match(id, UUID);
    const connection = await app.connection();
    const signature = (name: string) => String(connection.request.headers[name] ?? '');
    for (const name of ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']) {
      const nonce = signature('x-plivo-signature-v3-nonce');
      const signed = `http://${connection.request.headers.host}${connection.request.url}`;
      assert.ok(validateV3Signature('GET', signed, nonce, suite.target.authToken, signature(name), {}), name);
    }
    await eventually('a second of audio', () => (eventsOf(connection, 'media').length > 60 ? true : undefined));
    const [start] = connection.messages;
    assert.deepEqual(record(start?.start), {
      callId: uuid,
      streamId: id,
      accountId: suite.target.authId,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000 },
    });
    assert.equal(start?.extra_headers, 'room=7,user=a');
    assert.ok(shareOf(FAR_HZ, soundOf(eventsOf(connection, 'media').slice(-50)), SAMPLE_RATE) > MOST, 'the tone of the far end');

    const one = await suite.client.calls.getStream(uuid, id);
    assert.deepEqual(
      [one.streamId, one.callUuid, one.serviceUrl, one.audioTrack, one.bidirectional, one.contentType, one.status],
      [id, uuid, url, 'inbound', false, MULAW, 'in-progress'],
    );
    assert.deepEqual([one.plivoAuthId, one.endTime, typeof one.billDuration], [suite.target.authId, null, 'number']);
    assert.match(String(one.startTime), RECORD_TIME);
    assert.match(String(one.createdAt), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    const all = list((await suite.client.calls.getAllStream(uuid)).objects);
    assert.deepEqual(
      all.map((each) => each.stream_id ?? each.streamId),
      [id],
    );
    assert.equal((await refusal(suite.client.calls.stream(uuid, url))).status, 400, 'one stream a call');

    await suite.client.calls.stopStream(uuid, id);
    await eventually('the close', () => connection.closedWith);
    assert.equal(connection.closedWith, 1000);
    const begun = await told('StartStream', uuid);
    assert.deepEqual([begun.params.StreamID, begun.params.ServiceURL, begun.params.extraHeaders], [id, url, 'room=7,user=a']);
    const over = await told('StopStream', uuid);
    assert.deepEqual([over.params.StatusReason, over.params.Error], ['API request', undefined]);
    assert.match(over.params.Duration ?? '', NUMBER);
    const kept = await suite.client.calls.getStream(uuid, id);
    assert.equal(kept.status, 'completed');
    assert.match(String(kept.endTime), RECORD_TIME);
    await suite.client.calls.hangup(uuid);
  });

  it('stops all, also where there is none', async () => {
    const app = await application();
    const uuid = await connected(FAR.answers);
    await suite.client.calls.stream(uuid, app.url(), { contentType: MULAW });
    const connection = await app.connection();
    await suite.client.calls.stopAllStream(uuid);
    await eventually('the close', () => connection.closedWith);
    await suite.client.calls.stopAllStream(uuid);
    await suite.client.calls.hangup(uuid);
    assert.equal((await refusal(suite.client.calls.stream(uuid, app.url()))).status, 404);
  });

  it('refuses what cannot be', async () => {
    const uuid = await connected(FAR.answers);
    for (const [url, params] of [
      ['http://127.0.0.1:1/ws', {}],
      ['nowhere', {}],
      ['ws://127.0.0.1:1/ws', { audioTrack: 'sideways' }],
      ['ws://127.0.0.1:1/ws', { audioTrack: 'both', bidirectional: true }],
      ['ws://127.0.0.1:1/ws', { contentType: 'audio/x-mulaw;rate=16000' }],
      ['ws://127.0.0.1:1/ws', { streamTimeout: -1 }],
      ['ws://127.0.0.1:1/ws', { extraHeaders: `k=${'v'.repeat(600)}` }],
      ['ws://127.0.0.1:1/ws', { statusCallbackUrl: suite.receiver.url('/stream'), statusCallbackMethod: 'PUT' }],
    ] as const) {
      const refused = await refusal(suite.client.calls.stream(uuid, url, { ...params }));
      assert.equal(refused.status, 400, JSON.stringify([url, params]));
    }
    await suite.client.calls.hangup(uuid);
  });

  it('XML of the builder: both ways, with checkpoint, clear and keys, then the next element', async () => {
    const tone = mulawOf(sine(900, 400)).toString('base64');
    const long = mulawOf(sine(900, 10_000)).toString('base64');
    const app = await application((message, { socket }) => {
      const send = (value: unknown) => socket.send(JSON.stringify(value));
      const play = (payload: string) =>
        send({ event: 'playAudio', media: { contentType: 'audio/x-mulaw', sampleRate: 8_000, payload } });
      if (message.event === 'start') {
        play(tone);
        send({ event: 'checkpoint', name: 'one' });
      } else if (message.event === 'playedStream') {
        play(long);
        send({ event: 'checkpoint', name: 'two' });
        send({ event: 'clearAudio' });
      } else if (message.event === 'clearedAudio') send({ event: 'sendDTMF', dtmf: '3591' });
    });
    const uuid = await suite.run(FAR.listens, (response) => {
      response.addStream(app.url(), {
        bidirectional: true,
        keepCallAlive: true,
        contentType: MULAW,
        streamTimeout: 86_400,
        statusCallbackUrl: suite.receiver.url('/stream'),
        statusCallbackMethod: 'POST',
        extraHeaders: 'lang=en',
      });
      response.addRedirect(suite.receiver.url('/after'));
    });
    await eventually('the keys', () => suite.far.requests('heard').find(({ params }) => params.Digits === '3591'));
    const connection = await app.connection();
    assert.deepEqual(
      eventsOf(connection, 'playedStream').map(({ name }) => name),
      ['one'],
    );
    assert.equal(eventsOf(connection, 'clearedAudio').length, 1);
    assert.equal(connection.messages[0]?.extra_headers, 'lang=en');
    const begun = await told('StartStream', uuid);
    assert.deepEqual([begun.params.bidirectional, begun.params.keepCallAlive], ['true', 'true']);
    connection.socket.close(1000);
    await told('StopStream', uuid);
    const next = await suite.at('/after');
    assert.equal(next.params.CallUUID, uuid);
  });

  it('keys of the far end, both tracks, and documents as the builders of Go and Java write them', async () => {
    for (const [path, attributes] of [
      ['/go', 'bidirectional="false" audioTrack="both" streamTimeout="86400" keepCallAlive="true"'],
      ['/java', 'audioTrack="both" statusCallbackMethod="POST" keepCallAlive="true" extraHeaders="a=b"'],
    ] as const) {
      const app = await application();
      const body = `<Response><Stream ${attributes} contentType="${MULAW}" statusCallbackUrl="${suite.receiver.url('/stream')}">${app.url()}</Stream></Response>`;
      suite.answers.set(path, { contentType: 'application/xml', body });
      const made = await call(suite.target, 'Call/', {
        body: { from: OWN_NUMBER, to: FAR.presses, answer_url: suite.receiver.url(path) },
      });
      const uuid = String(made.json.request_uuid);
      const connection = await app.connection();
      await eventually('the keys', () => (eventsOf(connection, 'dtmf').length === 4 ? true : undefined));
      assert.equal(
        eventsOf(connection, 'dtmf')
          .map(({ dtmf }) => record(dtmf).digit)
          .join(''),
        '4711',
      );
      const tracks = new Set(eventsOf(connection, 'media').map(({ media }) => record(media).track));
      assert.deepEqual([...tracks].sort(), ['inbound', 'outbound']);
      await suite.client.calls.hangup(uuid);
      const over = await told('StopStream', uuid);
      assert.equal(over.params.StatusReason, 'Call hangup');
    }
  });

  it('an application that cannot be reached is told of by DroppedStream', async () => {
    const uuid = await suite.run(FAR.answers, (response) => {
      response.addStream('ws://127.0.0.1:1/ws', {
        keepCallAlive: true,
        statusCallbackUrl: suite.receiver.url('/stream'),
        statusCallbackMethod: 'GET',
      });
    });
    const dropped = await told('DroppedStream', uuid);
    assert.deepEqual([dropped.method, dropped.params.Error], ['GET', 'connection_failed']);
    assert.equal((await suite.ended(uuid)).hangupCauseCode, 4010);
  });
});
