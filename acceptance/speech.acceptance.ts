/**
 * Speech to text with a real recogniser: pocketsphinx behind the command-line engine understands what a virtual phone says over G.711.
 * What breaks it: an engine that dies, one that hangs, a server that is killed.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { call } from './api.ts';
import { pythonWith } from './python.ts';
import { AUTH_TOKEN } from './server.ts';
import { causeOf, type Scene, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { allSignaturesValid, checkSignatures } from './webhook-receiver.ts';

const SENTENCES = ['go forward ten meters', 'good morning everybody', 'i want to pay my bill', 'open the window'];
/** The engine loads its model for each utterance, on a machine that does other things. */
const UNDERSTOOD_MS = 30_000;
const recognise = fileURLToPath(new URL('recognise.py', import.meta.url));
const sdk = fileURLToPath(new URL('transcription_sdk.py', import.meta.url));
const run = promisify(execFile);

const sdkEnvironment = ({ server }: Stage) => ({
  PATH: process.env.PATH ?? '',
  RINGDOWN_URL: server.url,
  RINGDOWN_AUTH_ID: server.authId,
  RINGDOWN_AUTH_TOKEN: server.authToken,
});

const say = (text: string) => [
  { do: 'wait', ms: 700 },
  { do: 'say', text },
];
const getInput = (scene: Scene, attributes: string, inner = '') =>
  xml(
    `<GetInput action="${scene.url('/said')}" inputType="dtmf speech" hints="${SENTENCES.join(', ')}" ${attributes}>${inner}</GetInput>` +
      `<Play>${scene.tone(880, 400)}</Play>`,
  );

describe('speech to text', () => {
  let stage: Stage;
  let binary: string;
  before(async () => {
    binary = await pythonWith('venv', 'requirements.txt');
    const recognition = { engines: ['command'], command: { run: [binary, recognise, ...SENTENCES] } };
    stage = await Stage.start('speech', { numbers: 10, more: { recognition } });
  });
  after(() => stage?.dispose());

  it('GetInput tells its action what the caller said', async () => {
    const scene = stage.scene();
    scene.on('/answer', getInput(scene, `interimSpeechResultsCallback="${scene.url('/interim')}" speechModel="phone_call"`));
    scene.on('/said', xml('<Hangup/>'));
    await scene.dial(say('go forward ten meters'));
    const said = await scene.request('/said', UNDERSTOOD_MS);
    const { InputType, Speech, SpeechConfidenceScore, Digits, BilledAmount } = said.params;
    assert.deepEqual(
      { InputType, Speech, SpeechConfidenceScore, Digits, BilledAmount },
      {
        InputType: 'speech',
        Speech: 'go forward ten meters',
        SpeechConfidenceScore: '0.75',
        Digits: '',
        BilledAmount: '0.00000',
      },
    );
    assert.deepEqual(checkSignatures(said, AUTH_TOKEN, AUTH_TOKEN), allSignaturesValid);
    const interim = await scene.request('/interim');
    assert.deepEqual(
      [interim.params.StableSpeech, interim.params.UnstableSpeech, interim.params.Stability, interim.params.SequenceNumber],
      ['go forward ten meters', '', '1.0', '1'],
    );
    assert.equal(causeOf(await scene.ended()), '4000 Answer XML');
  });

  it('a caller who speaks stops the prompt; with log="false" no log knows what was said', async () => {
    const scene = stage.scene();
    const prompt = `<Play loop="0">${scene.tone(440, 1000)}</Play>`;
    scene.on('/answer', getInput(scene, 'log="false" redirect="false"', prompt));
    await scene.dial(say('good morning everybody'));
    const said = await scene.request('/said', UNDERSTOOD_MS);
    assert.equal(said.params.Speech, 'good morning everybody');
    const ended = await scene.ended();
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.doesNotMatch(JSON.stringify(ended.steps), /good morning/);
    assert.doesNotMatch(await stage.server.logText(), /good morning/);
  });

  it('keys win where both are taken, and silence is no input', async () => {
    const keys = stage.scene();
    keys.on('/answer', getInput(keys, 'numDigits="2" redirect="false"'));
    const silent = stage.scene();
    silent.on('/answer', getInput(silent, 'executionTimeout="5"'));
    await Promise.all([
      keys.dial([
        { do: 'wait', ms: 500 },
        { do: 'press', digits: '42' },
      ]),
      silent.dial(),
    ]);
    const said = await keys.request('/said', UNDERSTOOD_MS);
    assert.deepEqual([said.params.InputType, said.params.Digits, said.params.Speech], ['dtmf', '42', '']);
    assert.equal(causeOf(await silent.ended()), '4010 Plivo');
    assert.equal(silent.received('/said').length, 0);
  });

  it('a recording is transcribed, told and kept until it is deleted', async () => {
    const scene = stage.scene();
    scene.on(
      '/answer',
      xml(
        `<Record action="${scene.url('/vm')}" redirect="false" timeout="2" maxLength="20" playBeep="false" fileFormat="mp3" ` +
          `transcriptionType="auto" transcriptionUrl="${scene.url('/text')}"/>`,
      ),
    );
    await scene.dial([...say('i want to pay my bill'), { do: 'wait', ms: 1_200 }, { do: 'say', text: 'open the window' }]);
    const { params } = await scene.request('/text', UNDERSTOOD_MS);
    const vm = await scene.request('/vm');
    assert.deepEqual(
      { ...params, duration: '' },
      {
        transcription: 'i want to pay my bill open the window',
        transcription_charge: '0.00000',
        transcription_rate: '0.00000',
        duration: '',
        call_uuid: vm.params.CallUUID,
        recording_id: vm.params.RecordingID,
        error: '',
      },
    );
    assert.equal(params.duration, vm.params.RecordingDuration);
    const path = `Transcription/${vm.params.RecordingID}/`;
    const found = await call(stage.server, path);
    assert.deepEqual(
      [found.status, found.json.status, found.json.transcription],
      [200, 'success', 'i want to pay my bill open the window'],
    );
    const full = await call(stage.server, `${path}?type=full`);
    assert.equal(Array.isArray(full.json.transcription) && full.json.transcription.length, 2);
    const { stdout } = await run(binary, ['-B', sdk], {
      env: { ...sdkEnvironment(stage), RECORDING: String(vm.params.RecordingID) },
    });
    assert.equal(stdout.trim(), 'success i want to pay my bill open the window 2 transcription in progress');
    // Asked for again, it is told again.
    const again = await call(stage.server, path, { body: { transcription_callback_url: scene.url('/again') } });
    assert.deepEqual([again.status, again.json.message], [202, 'transcription in progress']);
    assert.equal((await scene.request('/again', UNDERSTOOD_MS)).params.transcription, params.transcription);
    const deleted = await call(stage.server, path, { method: 'DELETE' });
    assert.deepEqual([deleted.status, deleted.json.message], [202, 'request accepted']);
    assert.equal((await call(stage.server, path)).status, 404);
    assert.equal((await call(stage.server, `Recording/${vm.params.RecordingID}/`)).status, 200);
  });
});

describe('a recogniser that breaks', () => {
  let stage: Stage;
  before(async () => {
    const binary = await pythonWith('venv', 'requirements.txt');
    const recognition = { engines: ['command'], command: { run: [binary, recognise, '--fault'], timeout_s: 3 } };
    stage = await Stage.start('speech-faults', { numbers: 4, more: { recognition } });
  });
  after(() => stage?.dispose());

  for (const [fault, reason] of [
    ['dies', /ended with code 3.*the model could not be loaded/],
    ['hangs', /did not end within 3000 ms/],
  ] as const) {
    it(`${fault}: speech alone is no input, the call goes on, and no process is left`, async () => {
      const scene = stage.scene();
      scene.on(
        '/answer',
        xml(
          `<GetInput action="${scene.url('/said')}" inputType="speech" hints="${fault.replace(/s$/, '')}"/>` +
            `<Play>${scene.tone(880, 400)}</Play>`,
        ),
      );
      const ended = await scene.play(say('good morning everybody'), UNDERSTOOD_MS);
      assert.equal(causeOf(ended), '4010 Plivo');
      assert.equal(scene.received('/said').length, 0);
      const failed = ended.steps.find(({ event }) => event === 'speech_failed');
      assert.match(String(failed?.detail.reason), reason);
      const { stdout } = await run('ps', ['-eo', 'args']);
      assert.doesNotMatch(stdout, /recognise\.py --fault|sleep 613/);
    });
  }

  it('with keys as well, keys are still taken', async () => {
    const scene = stage.scene();
    scene.on('/answer', `${getInput(scene, 'redirect="false"').replace(SENTENCES.join(', '), 'die')}`);
    await scene.dial([...say('good morning everybody'), { do: 'wait', ms: 5_000 }, { do: 'press', digits: '7#' }]);
    const said = await scene.request('/said', UNDERSTOOD_MS);
    assert.deepEqual([said.params.InputType, said.params.Digits], ['dtmf', '7']);
    await scene.ended();
  });
});

describe('a server that is killed', () => {
  let stage: Stage;
  before(async () => {
    const binary = await pythonWith('venv', 'requirements.txt');
    const recognition = { engines: ['command'], command: { run: [binary, recognise, '--slow', ...SENTENCES] } };
    stage = await Stage.start('speech-killed', { numbers: 2, more: { recognition } });
  });
  after(() => stage?.dispose());

  it('transcribes what it was transcribing, and what it was recording, after its start', async () => {
    const attributes = 'redirect="false" timeout="60" maxLength="60" playBeep="false" transcriptionType="auto"';
    const [ended, cut] = [stage.scene(), stage.scene()];
    ended.on(
      '/answer',
      xml(
        `<Record action="${ended.url('/vm')}" ${attributes} finishOnKey="#" transcriptionUrl="${ended.url('/text')}"/><Wait length="60"/>`,
      ),
    );
    cut.on(
      '/answer',
      xml(`<Record action="${cut.url('/vm')}" ${attributes} fileFormat="wav" transcriptionUrl="${cut.url('/text')}"/>`),
    );
    await Promise.all([
      ended.dial([...say('i want to pay my bill'), { do: 'wait', ms: 500 }, { do: 'press', digits: '#' }]),
      cut.dial(say('open the window')),
    ]);
    await ended.request('/vm', UNDERSTOOD_MS);
    // It has begun to transcribe the one, and records the silence of the other.
    await sleep(1_500);
    await stage.server.kill();
    assert.deepEqual([ended.received('/text').length, cut.received('/vm').length], [0, 0]);
    await stage.server.start();
    const [first, second] = await Promise.all([
      ended.request('/text', UNDERSTOOD_MS * 2),
      cut.request('/text', UNDERSTOOD_MS * 2),
    ]);
    assert.deepEqual(
      [first.params.transcription, second.params.transcription, first.params.error, second.params.error],
      ['i want to pay my bill', 'open the window', '', ''],
    );
    assert.deepEqual([ended.received('/text').length, cut.received('/text').length], [1, 1]);
  });
});
