import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StreamApp, type StreamConnection, type StreamMessage } from '../testkit/stream-app.ts';
import { call, list, record } from './api.ts';
import { validateV3Signature } from './sdk.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';
import { allSignaturesValid, checkSignatures } from './webhook-receiver.ts';

/** A virtual phone talks through an application at the end of a stream. */

/** Sends back every piece of audio, as a bot would speak. */
function echo(message: StreamMessage, { socket }: StreamConnection): void {
  if (message.event !== 'media') return;
  const { payload } = record(message.media);
  socket.send(JSON.stringify({ event: 'playAudio', media: { contentType: 'audio/x-mulaw', sampleRate: '8000', payload } }));
}

const SAY = { do: 'tone', hz: 700, ms: 1_500 } as const;
const HEAR = { do: 'hear', tone: 700, ms: 500, within_ms: 5_000 } as const;

describe('audio streams', () => {
  let stage: Stage;
  const apps: StreamApp[] = [];
  before(async () => {
    stage = await Stage.start('audio-streams', { numbers: 10 });
  });
  after(async () => {
    await stage?.dispose();
    for (const app of apps) await app.stop();
  });

  async function application(onMessage: StreamApp['onMessage'] = () => undefined): Promise<StreamApp> {
    const app = await StreamApp.start();
    app.onMessage = onMessage;
    apps.push(app);
    return app;
  }
  const streamTo = (scene: Scene, app: StreamApp, attributes = 'bidirectional="true" keepCallAlive="true"', after = '') =>
    xml(
      `<Stream ${attributes} contentType="audio/x-mulaw;rate=8000" extraHeaders="room=7" statusCallbackUrl="${scene.url('/stream')}">
         ${app.url('/ws?room=7&amp;token=a+b==')}
       </Stream>${after}`,
    );
  const eventsOf = (scene: Scene) => scene.received('/stream').map(({ params }) => params.Event);

  it('a caller hears himself through an application that echoes', async () => {
    const scene = stage.scene();
    const app = await application(echo);
    scene.on('/answer', streamTo(scene, app));
    const ended = await scene.play([SAY, HEAR, { do: 'press', digits: '5' }, { do: 'wait', ms: 500 }, { do: 'hang_up' }]);
    assert.equal(ended.phone.scriptError, undefined);
    const [connection] = app.connections;
    assert.ok(connection);
    const { request, messages } = connection;
    const header = (name: string) => String(request.headers[name] ?? '');
    for (const name of ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']) {
      const url = `http://${request.headers.host}${request.url}`;
      const nonce = header('x-plivo-signature-v3-nonce');
      assert.ok(validateV3Signature('GET', url, nonce, stage.server.authToken, header(name), {}), name);
    }
    assert.deepEqual([messages[0]?.event, messages[1]?.event, connection.binary], ['start', 'media', 0]);
    assert.equal(record(messages[0]?.start).callId, ended.id);
    assert.deepEqual(
      messages.map(({ sequenceNumber }) => sequenceNumber),
      messages.map((_, index) => index + 1),
    );
    assert.deepEqual(
      messages.filter(({ event }) => event === 'dtmf').map(({ dtmf }) => record(dtmf).digit),
      ['5'],
    );
    assert.ok(!messages.some(({ event }) => event === 'stop'));
    assert.equal(connection.closedWith, 1000);
    await eventually('StopStream', () => (eventsOf(scene).length === 2 ? true : undefined));
    assert.deepEqual(eventsOf(scene), ['StartStream', 'StopStream']);
    const [first] = scene.received('/stream');
    assert.ok(first);
    assert.deepEqual(checkSignatures(first, stage.server.authToken, stage.server.authToken), allSignaturesValid);
  });

  it('a checkpoint is told when the greeting was heard; then the application closes and the document goes on', async () => {
    const scene = stage.scene();
    const app = await application((message, { socket }) => {
      if (message.event === 'start') {
        const pcm = Buffer.alloc(48_000);
        for (let n = 0; n < 24_000; n++) pcm.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 900 * n) / 24_000)), 2 * n);
        const media = { contentType: 'audio/x-l16', sampleRate: 24_000, payload: pcm.toString('base64') };
        socket.send(JSON.stringify({ event: 'playAudio', media }));
        socket.send(JSON.stringify({ event: 'checkpoint', name: 'greeting' }));
      }
      if (message.event === 'playedStream') socket.close(1000);
    });
    scene.on('/answer', streamTo(scene, app, undefined, `<Play>${scene.tone(500, 1_000)}</Play>`));
    const ended = await scene.play([
      { do: 'hear', tone: 900, ms: 500 },
      { do: 'hear', tone: 500, ms: 500 },
    ]);
    assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4010 Plivo']);
    assert.equal(app.connections[0]?.messages.find(({ event }) => event === 'playedStream')?.name, 'greeting');
  });

  it('an application that refuses is tried three times, and the call ends with 4010', async () => {
    const scene = stage.scene();
    const app = await application();
    app.refusing = 9;
    scene.on('/answer', streamTo(scene, app));
    const ended = await scene.play();
    assert.deepEqual([causeOf(ended), app.upgrades], ['4010 Plivo', 3]);
    const dropped = await scene.request('/stream');
    assert.deepEqual([dropped.params.Event, dropped.params.Error], ['DroppedStream', 'connection_failed']);
  });

  it('the API starts, tells, and stops a stream, and the call goes on', async () => {
    const scene = stage.scene(xml('<DTMF>w</DTMF><Wait length="30"/>'));
    const app = await application(echo);
    await scene.dial([SAY, HEAR, { do: 'wait', ms: 20_000 }]);
    const id = String((await scene.request('/answer')).params.CallUUID);
    const base = `Call/${id}/Stream/`;
    const body = { service_url: app.url(), bidirectional: 'true', content_type: 'audio/x-mulaw;rate=8000' };
    const started = await eventually('the start', async () => {
      const answer = await call(stage.server, base, { body });
      return answer.status === 202 ? answer : undefined;
    });
    const streamId = String(started.json.stream_id);
    assert.equal((await call(stage.server, base, { body })).status, 400, 'one stream a call');
    const connection = await app.connection();
    await eventually('audio', () => (connection.messages.length > 10 ? true : undefined));
    const live = await call(stage.server, `${base}${streamId}`);
    assert.deepEqual([live.json.status, live.json.bidirectional, live.json.end_time], ['in-progress', true, null]);
    assert.equal((await call(stage.server, `${base}${streamId}`, { method: 'DELETE' })).status, 204);
    await eventually('the close', () => connection.closedWith);
    assert.equal(connection.closedWith, 1000);
    const [over] = list((await call(stage.server, base)).json.objects);
    assert.deepEqual([over?.stream_id, over?.status, typeof over?.rounded_bill_duration], [streamId, 'completed', 'string']);
    assert.equal((await call(stage.server, `Call/${id}/?status=live`)).status, 200, 'the call is still up');
    assert.equal((await call(stage.server, base, { method: 'DELETE' })).status, 204, 'nothing to stop is no error');
    await call(stage.server, `Call/${id}/`, { method: 'DELETE' });
    await scene.ended();
  });
});
