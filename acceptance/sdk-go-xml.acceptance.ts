/** Documents that the XML builders of the Go SDK write, run as calls. coverage/go/documents writes them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StreamApp } from '../testkit/stream-app.ts';
import { call, list, record } from './api.ts';
import { type PhoneScript, phoneAnswers, phoneCall } from './phones.ts';
import { workFolder } from './server.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';

const runFile = promisify(execFile);
const module = fileURLToPath(new URL('coverage/go/', import.meta.url));
/** Modules come over the network the first time. */
const BUILD_TIMEOUT_MS = 240_000;

const HOLD_HZ = 620;
const NEXT_HZ = 700;
const OTHER_HZ = 1_000;
const ASKED_HZ = 1_300;
const TONE_SLACK_HZ = 15;
const STEADY_MS = 500;

describe('Go SDK: documents of its XML builders', () => {
  let stage: Stage;
  let app: StreamApp;
  const binary = join(workFolder, 'sdk-go-documents');
  before(async () => {
    await mkdir(workFolder, { recursive: true });
    await runFile('go', ['build', '-o', binary, './documents'], { cwd: module, timeout: BUILD_TIMEOUT_MS });
    app = await StreamApp.start();
    stage = await Stage.start('sdk-go-xml', { numbers: 8 });
  });
  after(async () => {
    await stage?.dispose();
    await app?.stop();
  });

  /** Documents whose URLs lead to the scene. */
  async function documentsFor(scene: Scene): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await runFile(binary, [scene.app, app.url('/ws'), scene.callee]);
    return Object.fromEntries(Object.entries(record(JSON.parse(stdout))).map(([name, text]) => [name, String(text)]));
  }
  const ask = (scene: Scene, document: string | undefined) => {
    assert.ok(document !== undefined);
    assert.match(document, /^<Response>/);
    scene.on('/answer', document);
  };
  /** The caller of the scene has heard half a second of this tone. */
  const heardTone = (scene: Scene, tone: number) =>
    phoneCall(scene.server, scene.caller, ({ heard }) =>
      heard.some(({ kind, hz, ms }) => kind === 'tone' && Math.abs((hz ?? 0) - tone) < TONE_SLACK_HZ && ms >= STEADY_MS),
    );
  const hears = (tone: number): PhoneScript[number] => ({ do: 'hear', tone, ms: STEADY_MS, within_ms: 15_000 });

  it('Conference: a guest waits for the moderator, and goes on when the moderator leaves', async () => {
    const [guest, moderator] = [stage.scene(), stage.scene()];
    const documents = await documentsFor(guest);
    ask(guest, documents.guest);
    ask(moderator, documents.moderator);
    guest.on('/hold', xml(`<Play>${guest.tone(HOLD_HZ, 1_000)}</Play>`));
    guest.on('/left', xml(`<Play>${guest.tone(NEXT_HZ, 1_000)}</Play>`));
    await guest.dial([hears(HOLD_HZ), hears(OTHER_HZ), hears(NEXT_HZ)]);
    await heardTone(guest, HOLD_HZ);
    await moderator.dial([
      { do: 'wait', ms: 1_500 },
      { do: 'tone', hz: OTHER_HZ, ms: 1_500 },
      { do: 'press', digits: '42' },
      { do: 'wait', ms: 500 },
      { do: 'hang_up' },
    ]);
    const ended = await guest.ended();
    assert.deepEqual([ended.phone.scriptError, causeOf(ended)], [undefined, '4010 Plivo'], JSON.stringify(ended.phone.heard));
    const digits = await eventually('the keys', () =>
      guest.received('/room').find(({ params }) => params.ConferenceAction === 'digits'),
    );
    assert.deepEqual([digits.params.ConferenceName, digits.params.ConferenceDigitsMatch], ['standup', '42']);
  });

  it('MultiPartyCall: a customer and an agent hear each other, and on hold the agent hears the music', async () => {
    const [customer, agent] = [stage.scene(), stage.scene()];
    const documents = await documentsFor(customer);
    ask(customer, documents.customer);
    ask(agent, documents.agent);
    customer.on('/music', xml(`<Play>${customer.tone(HOLD_HZ, 1_000)}</Play>`));
    customer.on('/left', xml('<Hangup/>'));
    const talk = { do: 'repeat', times: 10, steps: [{ do: 'tone', hz: OTHER_HZ, ms: 10_000 }] };
    await customer.dial([talk]);
    await customer.request('/meeting');
    await agent.dial([hears(OTHER_HZ), hears(HOLD_HZ), { do: 'hang_up' }]);
    const path = 'MultiPartyCall/name_support/';
    await heardTone(agent, OTHER_HZ);
    const { json } = await call(agent.server, `${path}Participant/`);
    const member = list(json.objects).find(({ role }) => role === 'agent')?.member_id;
    const held = await call(agent.server, `${path}Participant/${String(member)}/`, { body: { hold: true } });
    assert.equal(held.status, 202, held.text);
    const ended = await agent.ended();
    assert.equal(ended.phone.scriptError, undefined, JSON.stringify(ended.phone.heard));
    await call(agent.server, path, { method: 'DELETE' });
    const left = await customer.request('/left');
    assert.equal(left.params.MPCFriendlyName ?? left.params.MPCName, 'support');
    await customer.ended();
  });

  it('Stream: both ways, and the next element when the socket is closed', async () => {
    const scene = stage.scene();
    ask(scene, (await documentsFor(scene)).stream);
    scene.on('/after', xml('<Hangup/>'));
    await scene.dial();
    const connection = await app.connection();
    await eventually('audio', () =>
      connection.messages.filter(({ event }) => event === 'media').length > 25 ? true : undefined,
    );
    const [start] = connection.messages;
    assert.deepEqual(record(start?.start).mediaFormat, { encoding: 'audio/x-l16', sampleRate: 16_000 });
    assert.equal(start?.extra_headers, 'room=7');
    assert.equal(scene.received('/after').length, 0);
    connection.socket.close(1000);
    assert.equal((await scene.request('/after')).method, 'GET');
    const ended = await scene.ended();
    assert.equal(causeOf(ended), '4000 Answer XML');
    assert.deepEqual(
      scene.received('/stream').map(({ params }) => params.Event),
      ['StartStream', 'StopStream'],
    );
  });

  it('GetInput: the prompts sound, and the keys come to the action', async () => {
    const scene = stage.scene();
    ask(scene, (await documentsFor(scene)).input);
    scene.on('/ask.wav', { contentType: 'audio/wav', body: await wavAt(scene.tone(ASKED_HZ, 1_000)) });
    scene.on('/said', xml('<Hangup/>'));
    const ended = await scene.play([{ do: 'hear', speech_ms: 300 }, hears(ASKED_HZ), { do: 'press', digits: '47#' }]);
    assert.deepEqual(
      [ended.phone.scriptError, causeOf(ended)],
      [undefined, '4000 Answer XML'],
      JSON.stringify(ended.phone.heard),
    );
    const said = await scene.request('/said');
    assert.deepEqual([said.params.InputType, said.params.Digits], ['dtmf', '47']);
  });

  it('Speak with markup, Wait and Dial: the other party is called, and keys are pressed', async () => {
    const scene = stage.scene();
    ask(scene, (await documentsFor(scene)).dial);
    scene.on('/dialled', xml('<Hangup/>'));
    await phoneAnswers(scene.server, scene.callee, [
      { do: 'answer' },
      { do: 'hear', digits: '42#' },
      { do: 'tone', hz: OTHER_HZ, ms: 1_000 },
      { do: 'hang_up' },
    ]);
    const ended = await scene.play([{ do: 'hear', speech_ms: 500 }, hears(OTHER_HZ)]);
    assert.deepEqual(
      [ended.phone.scriptError, causeOf(ended)],
      [undefined, '4000 Answer XML'],
      JSON.stringify(ended.phone.heard),
    );
    const callee = await phoneCall(scene.server, scene.callee);
    assert.equal(callee.scriptError, undefined);
    assert.equal((await scene.request('/dialled')).params.DialStatus, 'completed');
  });
});

const wavAt = async (url: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(url)).arrayBuffer());
