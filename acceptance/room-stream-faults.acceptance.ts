/** Applications at the end of a stream that misbehave, and rooms whose members go in every way: calls go on or end as documented. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StreamApp, type StreamConnection, type StreamMessage } from '../testkit/stream-app.ts';
import { call, record } from './api.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually, pause } from './wait.ts';

const NEXT_HZ = 500;
const TALK_HZ = 700;
/** What the sockets of a stream take at most (docs/audio-streams.md). */
const TOO_LARGE = 1_200_000;
const FLOOD = 5_000;

describe('faults of rooms and streams', { concurrency: 3 }, () => {
  let stage: Stage;
  const apps: StreamApp[] = [];
  before(async () => {
    stage = await Stage.start('room-stream-faults', { numbers: 12 });
  });
  after(async () => {
    await stage?.dispose();
    for (const app of apps) await app.stop();
  });

  async function streamed(scene: Scene, onMessage: (message: StreamMessage, connection: StreamConnection) => void) {
    const app = await StreamApp.start();
    app.onMessage = onMessage;
    apps.push(app);
    scene.on(
      '/answer',
      xml(
        `<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000" statusCallbackUrl="${scene.url('/stream')}">${app.url()}</Stream><Play>${scene.tone(NEXT_HZ, 1_000)}</Play>`,
      ),
    );
    return app;
  }
  const ECHO = (message: StreamMessage, { socket }: StreamConnection) => {
    if (message.event !== 'media') return;
    const { payload } = record(message.media);
    socket.send(JSON.stringify({ event: 'playAudio', media: { contentType: 'audio/x-mulaw', sampleRate: 8_000, payload } }));
  };
  const statusOf = (scene: Scene) => scene.received('/stream').map(({ params }) => [params.Event, params.Error]);
  const DROPPED = ['DroppedStream', 'connection disconnected with the remote service'];

  it('an application that dies: the stream is dropped and the document goes on', async () => {
    const scene = stage.scene();
    await streamed(scene, (message, { socket }) => {
      if (message.event === 'media' && Number(record(message.media).chunk) === 25) socket.terminate();
    });
    const ended = await scene.play([{ do: 'hear', tone: NEXT_HZ, ms: 500, within_ms: 15_000 }]);
    assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4010 Plivo']);
    await eventually('the drop', () => statusOf(scene)[1]);
    assert.deepEqual(statusOf(scene)[1], DROPPED);
  });

  it('bad messages: each is passed over, the timeline says so, and the conversation goes on', async () => {
    const scene = stage.scene();
    await streamed(scene, (message, connection) => {
      const { socket } = connection;
      if (message.event === 'start') {
        socket.send('{"event":"playAudio"');
        socket.send(Buffer.from([1, 2, 3]));
        for (const bad of [
          [],
          {},
          { event: 'nonsense' },
          { event: 'playAudio' },
          { event: 'playAudio', media: { contentType: 'audio/opus', sampleRate: 48_000, payload: 'AAAA' } },
          { event: 'playAudio', media: { contentType: 'wav', payload: 'bm90IGEgZmlsZQ==' } },
          { event: 'checkpoint' },
          { event: 'sendDTMF', dtmf: 'x' },
        ]) {
          socket.send(JSON.stringify(bad));
        }
      }
      ECHO(message, connection);
    });
    const ended = await scene.play([
      { do: 'tone', hz: TALK_HZ, ms: 1_500 },
      { do: 'hear', tone: TALK_HZ, ms: 500, within_ms: 10_000 },
      { do: 'hang_up' },
    ]);
    assert.equal(ended.phone.scriptError, undefined);
    const ignored = ended.steps.filter(({ event }) => event === 'stream_message_ignored');
    assert.ok(ignored.length >= 8, `${ignored.length}`);
  });

  it('a message that is too large ends the stream, and nothing else', async () => {
    const scene = stage.scene();
    await streamed(scene, (message, { socket }) => {
      if (message.event === 'start') socket.send('x'.repeat(TOO_LARGE));
    });
    const ended = await scene.play([{ do: 'hear', tone: NEXT_HZ, ms: 500, within_ms: 15_000 }]);
    assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4010 Plivo']);
    await eventually('the drop', () => statusOf(scene).find(([event]) => event === 'DroppedStream'));
  });

  it('a flood: it is held to its rate, other calls hear no gap', async () => {
    const [scene, other] = [stage.scene(), stage.scene()];
    const app = await streamed(scene, (message, { socket }) => {
      if (message.event === 'start')
        for (let n = 0; n < FLOOD; n++) socket.send(JSON.stringify({ event: 'checkpoint', name: `${n}` }));
    });
    await streamed(other, ECHO);
    const flooded = scene.play([{ do: 'wait', ms: 8_000 }, { do: 'hang_up' }]);
    const talked = await other.play([
      { do: 'wait', ms: 1_000 },
      { do: 'tone', hz: TALK_HZ, ms: 1_500 },
      { do: 'hear', tone: TALK_HZ, ms: 500, within_ms: 10_000 },
      { do: 'hang_up' },
    ]);
    assert.equal(talked.phone.scriptError, undefined);
    const ended = await flooded;
    assert.ok(ended.steps.some(({ event }) => event === 'stream_flooded'));
    const played = app.connections[0]?.messages.filter(({ event }) => event === 'playedStream').length ?? 0;
    // Of more than a thousand that wait at once the newest is dropped.
    assert.ok(played >= 1_000 && played <= FLOOD, `${played} checkpoints are told in the end`);
  });

  it('an application that reads nothing: the caller goes on, and its hangup is not held up', async () => {
    const scene = stage.scene();
    await streamed(scene, (message, { socket }) => {
      if (message.event === 'start') socket.pause();
    });
    const from = performance.now();
    const ended = await scene.play([{ do: 'tone', hz: TALK_HZ, ms: 3_000 }, { do: 'hang_up' }]);
    assert.equal(ended.phone.scriptError, undefined);
    assert.ok(performance.now() - from < 15_000);
    await eventually('StopStream', () => statusOf(scene).find(([event]) => event === 'StopStream'));
  });

  it('members go while they wait, while they talk, by the API and by a transfer; the room goes with the last of them', async () => {
    const room = (attributes: string, scene: Scene) =>
      xml(
        `<Conference ${attributes} callbackUrl="${scene.url('/room')}">faults</Conference><Play>${scene.tone(NEXT_HZ, 1_000)}</Play>`,
      );
    const scenes = [stage.scene(), stage.scene(), stage.scene(), stage.scene()] as const;
    const [waiter, talker, moved, last] = scenes;
    const entered = (scene: Scene) =>
      eventually('the entry', () => scene.received('/room').find(({ params }) => params.ConferenceAction === 'enter'));
    waiter.on('/answer', room('startConferenceOnEnter="false"', waiter));
    await waiter.dial([{ do: 'wait', ms: 60_000 }]);
    const waiting = await entered(waiter);
    assert.equal((await call(stage.server, `Call/${waiting.params.CallUUID}/`, { method: 'DELETE' })).status, 204);
    await waiter.ended();
    await eventually('an empty room', async () =>
      (await call(stage.server, 'Conference/faults/')).status === 404 ? true : undefined,
    );

    for (const scene of [talker, moved, last]) {
      scene.on('/answer', room('', scene));
      await scene.dial(
        scene === talker ? [{ do: 'tone', hz: TALK_HZ, ms: 2_000 }, { do: 'hang_up' }] : [{ do: 'wait', ms: 60_000 }],
      );
      await entered(scene);
    }
    await talker.ended();
    moved.on('/moved', xml(`<Play>${moved.tone(NEXT_HZ, 1_000)}</Play>`));
    const uuid = (await entered(moved)).params.CallUUID;
    assert.equal(
      (await call(stage.server, `Call/${uuid}/`, { body: { legs: 'aleg', aleg_url: moved.url('/moved') } })).status,
      202,
    );
    assert.equal(causeOf(await moved.ended()), '4010 Plivo');
    const { json } = await call(stage.server, 'Conference/faults/');
    assert.equal(json.conference_member_count, '1');
    await call(stage.server, `Call/${(await entered(last)).params.CallUUID}/`, { method: 'DELETE' });
    await last.ended();
    await pause(200);
    assert.equal((await call(stage.server, 'Conference/faults/')).status, 404);
    assert.deepEqual((await call(stage.server, 'Conference/')).json.conferences, []);
  });
});
