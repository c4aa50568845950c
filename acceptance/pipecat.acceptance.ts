/** A bot of Pipecat, with its own serializer for this protocol, talks with a caller through a stream. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { record } from './api.ts';
import { msOf } from './phones.ts';
import { pythonWith } from './python.ts';
import { causeOf, Stage } from './stage.ts';
import { xml } from './voice.ts';
import { eventually } from './wait.ts';

/** What the caller says, and what the bot says on key 1. */
const CALLER_HZ = 700;
const BOT_HZ = 900;
/** The interpreter imports a hundred megabytes first. */
const READY_MS = 60_000;

describe('a Pipecat bot', () => {
  let stage: Stage;
  let bot: ChildProcess;
  let url: string;
  const told: Record<string, unknown>[] = [];
  before(async () => {
    const binary = await pythonWith('venv-pipecat', 'pipecat/requirements.txt');
    bot = spawn(binary, ['-B', fileURLToPath(new URL('pipecat/bot.py', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH ?? '' },
    });
    assert.ok(bot.stdout);
    createInterface(bot.stdout).on('line', (line) => {
      if (line.startsWith('{')) told.push(record(JSON.parse(line)));
    });
    const port = await eventually('the port of the bot', () => told.find((each) => each.port !== undefined)?.port, READY_MS);
    url = `ws://127.0.0.1:${port}/ws`;
    stage = await Stage.start('pipecat', { numbers: 2 });
  });
  after(async () => {
    await stage?.dispose();
    if (bot?.kill()) await once(bot, 'exit');
  });

  const tellsOf = (name: string) => told.filter((each) => each[name] !== undefined).map((each) => each[name]);

  it('says back what the caller says, hears keys, is interrupted, and lets the document go on', async () => {
    const scene = stage.scene();
    scene.on(
      '/answer',
      xml(
        `<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000" statusCallbackUrl="${scene.url('/stream')}">${url}</Stream><Play>${scene.tone(500, 1_000)}</Play>`,
      ),
    );
    const ended = await scene.play([
      { do: 'wait', ms: 1_500 },
      { do: 'tone', hz: CALLER_HZ, ms: 1_500 },
      { do: 'hear', tone: CALLER_HZ, ms: 500, within_ms: 5_000 },
      { do: 'press', digits: '1' },
      { do: 'hear', tone: BOT_HZ, ms: 1_000, within_ms: 5_000 },
      { do: 'press', digits: '2' },
      { do: 'hear', silence_ms: 1_000, within_ms: 5_000 },
      { do: 'press', digits: '3' },
      { do: 'hear', tone: 500, ms: 500, within_ms: 10_000 },
    ]);
    assert.equal(ended.phone.scriptError, undefined, JSON.stringify([ended.phone.heard, told]));
    assert.equal(causeOf(ended), '4010 Plivo');
    assert.deepEqual([tellsOf('kind'), tellsOf('call_id')], [['plivo'], [ended.id]]);
    assert.deepEqual(tellsOf('digit'), ['1', '2', '3']);
    assert.deepEqual(tellsOf('interrupted'), [true]);
    assert.ok(msOf(ended.phone, 'tone', CALLER_HZ) >= 1_000, JSON.stringify(ended.phone.heard));
    assert.ok(msOf(ended.phone, 'tone', BOT_HZ) < 8_000, 'the rest of the tone is never heard');
    await eventually('StopStream', () => (scene.received('/stream').length === 2 ? true : undefined));
    assert.deepEqual(
      scene.received('/stream').map(({ params }) => params.Event),
      ['StartStream', 'StopStream'],
    );
  });

  it('knows when the caller hangs up', async () => {
    const scene = stage.scene();
    scene.on(
      '/answer',
      xml(`<Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000">${url}</Stream>`),
    );
    const before = tellsOf('disconnected').length;
    await scene.play([{ do: 'tone', hz: CALLER_HZ, ms: 1_000 }, { do: 'hang_up' }]);
    await eventually('the end', () => (tellsOf('disconnected').length > before ? true : undefined));
  });
});
