/** Documents that the XML builders of the Java SDK write, served as they are: calls run them, and every attribute is taken. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StreamApp } from '../testkit/stream-app.ts';
import { list, operator, record } from './api.ts';
import { javaClassPath } from './java.ts';
import { keysOf, loudMs, msOf, phoneAnswers, phoneCall } from './phones.ts';
import { causeOf, OWN, type Scene, Stage } from './stage.ts';
import { sine, wavOf } from './tones.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';

const run = promisify(execFile);
const HOLD_HZ = 500;
const ASK_HZ = 620;
const NEXT_HZ = 700;
const GUEST_HZ = 1_000;
const NAMES = ['conference', 'multiparty', 'stream', 'input', 'digits', 'dial', 'record', 'speech', 'small'] as const;
const TONES = [
  ['ask', ASK_HZ],
  ['next', NEXT_HZ],
  ['hold', HOLD_HZ],
] as const;
type Name = (typeof NAMES)[number];

describe('documents of the Java SDK’s builders', { concurrency: 4 }, () => {
  let stage: Stage;
  let stream: StreamApp;
  let scenes: ReadonlyMap<Name, Scene>;

  const sceneOf = (name: Name): Scene => {
    const scene = scenes.get(name);
    assert.ok(scene);
    return scene;
  };
  before(async () => {
    const classPath = await javaClassPath('sdk-java', fileURLToPath(new URL('sdk-java/', import.meta.url)));
    stream = await StreamApp.start();
    stage = await Stage.start('sdk-java-xml', { numbers: NAMES.length });
    scenes = new Map(NAMES.map((name) => [name, stage.scene()]));
    const wanted = [...scenes].map(([name, scene]) => `${name}=${scene.app}`);
    const command = ['-cp', classPath, 'Documents', stream.url('/ws'), OWN, sceneOf('dial').callee, ...wanted];
    const { stdout } = await run('java', command);
    // Before it the SDK prints the languages that it has checked.
    const documents = record(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    for (const [name, scene] of scenes) {
      scene.on('/answer', String(documents[name]));
      for (const [file, hz] of TONES) scene.on(`/${file}.wav`, { body: wavOf(sine(hz, 1_000)), contentType: 'audio/wav' });
    }
  });
  after(async () => {
    await stage?.dispose();
    await stream?.stop();
  });

  /** Everything the script of the caller waits for has come, and the call ended in a regular way. */
  async function endedWell(scene: Scene, cause: string) {
    const ended = await scene.ended();
    assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, cause], JSON.stringify(ended.phone.heard));
    return ended;
  }
  const heardNext = { do: 'hear', tone: NEXT_HZ, ms: 500, within_ms: 20_000 } as const;

  it('Conference: music until it begins, digits are told, star leaves, and the action goes on', async () => {
    const scene = sceneOf('conference');
    scene.on('/hold', xml(`<Play>${scene.url('/hold.wav')}</Play>`));
    scene.on('/left', xml(`<Play>${scene.url('/next.wav')}</Play>`));
    await scene.dial([
      { do: 'hear', tone: HOLD_HZ, ms: 300, within_ms: 15_000 },
      { do: 'press', digits: '42' },
      { do: 'wait', ms: 1_000 },
      { do: 'press', digits: '*' },
      heardNext,
    ]);
    await endedWell(scene, '4010 Plivo');
    const told = scene.received('/room').map(({ params }) => params.ConferenceAction);
    for (const action of ['enter', 'digits', 'exit']) assert.ok(told.includes(action), `${action} in ${told}`);
    const digits = scene.received('/room').find(({ params }) => params.ConferenceAction === 'digits');
    assert.equal(digits?.params.ConferenceDigitsMatch, '42');
    assert.equal(scene.received('/left')[0]?.params.ConferenceName, 'java standup');
  });

  it('MultiPartyCall: an agent joins and leaves, with what is told of it', async () => {
    const scene = sceneOf('multiparty');
    scene.on('/hold', xml(`<Play>${scene.url('/hold.wav')}</Play>`));
    await scene.dial([{ do: 'wait', ms: 3_000 }, { do: 'press', digits: '7' }, { do: 'wait', ms: 1_500 }, { do: 'hang_up' }]);
    await scene.ended();
    const told = () => scene.received('/status').map(({ params }) => params.EventName);
    for (const event of ['MPCInitialized', 'ParticipantJoin', 'MPCStart', 'ParticipantDigitInput', 'ParticipantExit', 'MPCEnd']) {
      await eventually(event, () => told().includes(event) || undefined).catch(() => assert.fail(`${event} is not in ${told()}`));
    }
    const joined = scene.received('/status').find(({ params }) => params.EventName === 'ParticipantJoin');
    assert.deepEqual([joined?.params.MPCName, joined?.params.ParticipantRole], ['java meeting', 'agent']);
    await scene.request('/recording');
  });

  it('Stream: audio and headers reach the application, and the document goes on when it closes', async () => {
    const scene = sceneOf('stream');
    await scene.dial([{ do: 'tone', hz: GUEST_HZ, ms: 1_000 }, heardNext]);
    const id = String((await scene.request('/answer')).params.CallUUID);
    const { messages, socket } = await eventually('the socket', () =>
      stream.connections.find((one) => record(one.messages[0]?.start).callId === id),
    );
    await eventually('audio', () => messages.filter(({ event }) => event === 'media').length > 40 || undefined);
    const start = record(messages[0]?.start);
    assert.deepEqual([start.tracks, record(start.mediaFormat).encoding], [['inbound'], 'audio/x-mulaw']);
    assert.equal(messages[0]?.extra_headers, 'room=7,floor=2');
    socket.close(1000);
    await endedWell(scene, '4010 Plivo');
    assert.deepEqual(
      scene.received('/stream').map(({ params }) => params.Event),
      ['StartStream', 'StopStream'],
    );
  });

  it('GetInput: prompts are heard, and the keys go to the action', async () => {
    const scene = sceneOf('input');
    scene.on('/said', xml(`<Play>${scene.url('/next.wav')}</Play>`));
    const tone = { do: 'hear', tone: ASK_HZ, ms: 300, within_ms: 20_000 };
    await scene.dial([{ do: 'hear', speech_ms: 300 }, tone, { do: 'press', digits: '12#' }, heardNext]);
    await endedWell(scene, '4010 Plivo');
    const said = scene.received('/said');
    assert.deepEqual([said.length, said[0]?.params.Digits, said[0]?.params.InputType], [1, '12', 'dtmf']);
  });

  it('GetDigits: two valid keys go to the action by GET', async () => {
    const scene = sceneOf('digits');
    scene.on('/menu', xml(`<Play>${scene.url('/next.wav')}</Play>`));
    const tone = { do: 'hear', tone: ASK_HZ, ms: 300, within_ms: 20_000 };
    await scene.dial([tone, { do: 'press', digits: '31' }, heardNext]);
    await endedWell(scene, '4010 Plivo');
    assert.deepEqual([scene.received('/menu')[0]?.method, scene.received('/menu')[0]?.params.Digits], ['GET', '31']);
  });

  it('Dial: who answers confirms, gets its digits, and is heard', async () => {
    const scene = sceneOf('dial');
    scene.on('/confirm', xml(`<Play>${scene.url('/ask.wav')}</Play>`));
    scene.on('/done', xml(`<Play>${scene.url('/next.wav')}</Play>`));
    await phoneAnswers(stage.server, scene.callee, [
      { do: 'answer' },
      { do: 'hear', tone: ASK_HZ, ms: 300, within_ms: 15_000 },
      { do: 'press', digits: '5' },
      { do: 'wait', ms: 1_000 },
      { do: 'tone', hz: GUEST_HZ, ms: 1_500 },
      { do: 'press', digits: '99' },
      { do: 'wait', ms: 500 },
      { do: 'hang_up' },
    ]);
    await scene.dial([{ do: 'hear', tone: GUEST_HZ, ms: 500, within_ms: 20_000 }, heardNext]);
    await endedWell(scene, '4010 Plivo');
    const leg = await phoneCall(stage.server, scene.callee, ({ state }) => state === 'ended');
    assert.deepEqual([leg.from.replace('+', ''), leg.scriptError, keysOf(leg)], [OWN, undefined, '42']);
    const told = scene.received('/legs').map(({ params }) => params.DialAction ?? params.Event);
    for (const action of ['answer', 'digits', 'hangup']) assert.ok(told.includes(action), `${action} in ${told}`);
    assert.equal(scene.received('/done')[0]?.params.DialStatus, 'completed');
  });

  it('Record: a beep, the voice until the key, and the file is told', async () => {
    const scene = sceneOf('record');
    await scene.dial([
      { do: 'wait', ms: 1_500 },
      { do: 'tone', hz: GUEST_HZ, ms: 1_500 },
      { do: 'press', digits: '*' },
      heardNext,
    ]);
    await endedWell(scene, '4010 Plivo');
    const recorded = (await scene.request('/recorded')).params;
    assert.match(String(recorded.RecordUrl), /\.wav$/);
    assert.equal((await scene.request('/file')).params.RecordUrl, recorded.RecordUrl);
  });

  it('PreAnswer and Speak with its markup: both are spoken', async () => {
    const scene = sceneOf('speech');
    const ended = await scene.play();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.ok(loudMs(ended.phone) > 2_500, `${loudMs(ended.phone)} ms were heard`);
    assert.ok((ended.phone.answeredAt ?? 0) - ended.phone.startedAt > 1_000, 'the first words came before the answer');
  });

  it('Wait, Message, DTMF, Hangup with a schedule and Redirect: one after the other', async () => {
    const scene = sceneOf('small');
    scene.on('/next', xml(`<Play>${scene.url('/next.wav')}</Play>`));
    await scene.dial([{ do: 'hear', digits: '42', within_ms: 15_000 }, heardNext]);
    const ended = await endedWell(scene, '4010 Plivo');
    assert.ok(msOf(ended.phone, 'tone', NEXT_HZ) > 800);
    assert.equal(scene.received('/next')[0]?.method, 'POST');
    const inbox = list((await operator(stage.server, `phones/${sceneOf('dial').callee}/messages`)).json.messages);
    assert.deepEqual(
      inbox.map(({ text }) => text),
      ['Your ticket is open'],
    );
    await scene.request('/delivery');
  });
});
