/** Conformance documents 11 and 12, with the others that they need: a moderator, and an application at the end of a stream. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StreamApp } from '../testkit/stream-app.ts';
import { conformanceDocuments } from '../testkit/voice-documents.ts';
import { call, record } from './api.ts';
import { validateV3Signature } from './sdk.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually, pause } from './wait.ts';

const HOLD_HZ = 620;
const NEXT_HZ = 700;
const MODERATOR_HZ = 1_000;

describe('conformance documents of rooms and streams', () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.start('voice-conformance-rooms', { numbers: 5 });
  });
  after(() => stage?.dispose());

  it('11: the room begins with its moderator and ends with it, and the action says which room it was', async () => {
    const [guest, moderator] = [stage.scene(), stage.scene()];
    const room = conformanceDocuments({ app: guest.app, files: guest.app, stream: '' }).roomAndTimer.replace('600', '60');
    guest.on('/answer', room);
    guest.on('/hold', xml(`<Play>${guest.tone(HOLD_HZ, 1000)}</Play>`));
    guest.on('/left', xml(`<Play>${guest.tone(NEXT_HZ, 1000)}</Play>`));
    moderator.on(
      '/answer',
      room.replace('startConferenceOnEnter="false"', 'startConferenceOnEnter="true" endConferenceOnExit="true"'),
    );
    await guest.dial([
      { do: 'hear', tone: HOLD_HZ, ms: 500 },
      { do: 'hear', tone: MODERATOR_HZ, ms: 500, within_ms: 15_000 },
      { do: 'hear', tone: NEXT_HZ, ms: 500, within_ms: 15_000 },
    ]);
    await eventually('the guest waits', () => guest.received('/hold')[0]);
    await pause(2_000);
    await moderator.dial([{ do: 'wait', ms: 1_500 }, { do: 'tone', hz: MODERATOR_HZ, ms: 2_000 }, { do: 'hang_up' }]);
    const ended = await guest.ended();
    assert.equal(ended.phone.scriptError, undefined, JSON.stringify(ended.phone.heard));
    assert.equal(causeOf(ended), '4010 Plivo');
    await eventually('four callbacks', () => (guest.received('/room').length >= 4 ? true : undefined));
    const told = (action: string) =>
      guest
        .received('/room')
        .filter(({ params }) => params.ConferenceAction === action)
        .map(({ params }) => params.ConferenceMemberID)
        .sort();
    assert.deepEqual(
      [told('enter'), told('exit')],
      [
        ['1', '2'],
        ['1', '2'],
      ],
    );
    const left = guest.received('/left').find(({ params }) => params.CallUUID === ended.id);
    assert.deepEqual([left?.params.ConferenceName, left?.params.ConferenceMemberID], ['standup', '1']);
  });

  describe('12: a stream and then a survey', () => {
    let app: StreamApp;
    before(async () => {
      app = await StreamApp.start();
    });
    after(() => app?.stop());
    const survey = (scene: Scene, more: (document: string) => string = (document) => document) => {
      scene.on('/answer', more(conformanceDocuments({ app: scene.app, files: scene.app, stream: app.url('') }).streamThenSurvey));
      scene.on('/score', xml('<Hangup/>'));
    };
    const connectionOf = (id: string) =>
      eventually('the socket', () => app.connections.find(({ messages }) => record(messages[0]?.start).callId === id));

    it('the upgrade is signed, and the survey begins when the socket is closed', async () => {
      const scene = stage.scene();
      survey(scene);
      await scene.dial([
        { do: 'hear', silence_ms: 1_500 },
        { do: 'hear', speech_ms: 300, within_ms: 15_000 },
        { do: 'press', digits: '4' },
      ]);
      const id = String((await scene.request('/answer')).params.CallUUID);
      const { request, messages, socket } = await connectionOf(id);
      assert.equal(request.url, '/ws?room=7');
      const header = (name: string) => String(request.headers[name] ?? '');
      for (const name of ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3']) {
        const url = `http://${request.headers.host}/ws?room=7`;
        const nonce = header('x-plivo-signature-v3-nonce');
        assert.ok(validateV3Signature('GET', url, nonce, stage.server.authToken, header(name), {}), name);
      }
      assert.equal(messages[0]?.extra_headers, 'room=7');
      await pause(2_000);
      assert.equal(scene.received('/score').length, 0);
      socket.close(1000);
      const ended = await scene.ended();
      assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4000 Answer XML']);
      assert.deepEqual(
        scene.received('/score').map(({ params }) => params.Digits),
        ['4'],
      );
      assert.deepEqual(
        scene.received('/stream').map(({ params }) => params.Event),
        ['StartStream', 'StopStream'],
      );
    });

    it('without keepCallAlive the survey begins at once, and the stream runs beside it', async () => {
      const scene = stage.scene();
      survey(scene, (document) => document.replace(' keepCallAlive="true"', ''));
      const ended = await scene.play([
        { do: 'hear', speech_ms: 300 },
        { do: 'wait', ms: 1_000 },
        { do: 'press', digits: '4' },
      ]);
      assert.equal(causeOf(ended), '4000 Answer XML');
      const { messages } = await connectionOf(ended.id);
      assert.ok(messages.filter(({ event }) => event === 'media').length > 25);
      assert.deepEqual(
        messages.filter(({ event }) => event === 'dtmf').map(({ dtmf }) => record(dtmf).digit),
        ['4'],
      );
    });

    it('a transfer before the socket closes wins over the survey', async () => {
      const scene = stage.scene();
      survey(scene);
      scene.on('/moved', xml(`<Play>${scene.tone(NEXT_HZ, 1000)}</Play>`));
      await scene.dial([{ do: 'hear', tone: NEXT_HZ, ms: 500, within_ms: 15_000 }]);
      const id = String((await scene.request('/answer')).params.CallUUID);
      const { socket } = await connectionOf(id);
      const answer = await call(stage.server, `Call/${id}/`, { body: { legs: 'aleg', aleg_url: scene.url('/moved') } });
      assert.equal(answer.status, 202);
      await pause(1_000);
      assert.equal(scene.received('/moved').length, 0, 'it waits for the stream');
      socket.close(1000);
      const ended = await scene.ended();
      assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4010 Plivo']);
      assert.equal(scene.received('/score').length, 0);
    });
  });
});
