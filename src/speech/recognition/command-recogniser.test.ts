import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../testkit/rtp-peer.ts';
import { systemClock } from '../../runtime/clock.ts';
import { CommandRecogniser, type CommandRecogniserOptions } from './command-recogniser.ts';
import { RecognitionError, type RecognitionRequest } from './recogniser.ts';

/** Programs are small scripts of this runtime. */
describe('the command-line engine', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-recogniser-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  let scripts = 0;
  const engine = async (script: string, more: Partial<CommandRecogniserOptions> = {}, ...args: string[]) => {
    const file = path.join(folder, `${scripts++}.mjs`);
    await writeFile(file, script);
    return new CommandRecogniser({
      clock: systemClock,
      run: [process.execPath, file, ...args],
      processes: 2,
      timeoutMs: 10_000,
      ...more,
    });
  };
  const request: RecognitionRequest = {
    sampleRate: 16_000,
    language: 'en-US',
    hints: ['sales', 'two\nlines'],
    model: 'phone_call',
    profanityFilter: true,
    resultWithinMs: 10_000,
  };
  const spoken = (recogniser: CommandRecogniser) => {
    const recognition = recogniser.recognise(request);
    recognition.push(new Int16Array(160));
    recognition.end();
    return recognition;
  };
  const READ = `import { readFileSync } from 'node:fs'; const wav = readFileSync(process.argv[2] ?? 0);`;
  const isRunning = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('gives the program a WAV file and takes the text that it prints', async () => {
    const held = await engine(`${READ} console.log(wav.toString('latin1', 0, 4), wav.length, '\\n end');`);
    assert.deepEqual(await spoken(held).result, { text: 'RIFF 364 end', confidence: undefined });
  });

  it('takes JSON too, and tells language, hints and model by the environment, and no secret of ours', async () => {
    process.env.SPEECH_TEST_SECRET = 'secret';
    const held = await engine(`const { env } = process; console.log(JSON.stringify({ confidence: 0.8, text: JSON.stringify([
      env.SPEECH_LANGUAGE, env.SPEECH_HINTS, env.SPEECH_MODEL, env.SPEECH_PROFANITY_FILTER,
      env.SPEECH_TEST_SECRET ?? null]) }));`);
    const { text, confidence } = await spoken(held).result;
    delete process.env.SPEECH_TEST_SECRET;
    assert.deepEqual(JSON.parse(text), ['en-US', 'sales\ntwo lines', 'phone_call', 'true', null]);
    assert.equal(confidence, 0.8);
  });

  it('gives a file in place of {file}, which is removed afterwards', async () => {
    const held = await engine(`${READ} console.log(process.argv[2], wav.length);`, {}, '{file}');
    const { text } = await spoken(held).result;
    const [file = '', length] = text.split(' ');
    assert.equal(length, '364');
    await assert.rejects(readFile(file), { code: 'ENOENT' });
    assert.equal((await readdir(os.tmpdir())).includes(path.basename(path.dirname(file))), false);
  });

  it('survives a program that dies, is missing, or prints too much', async () => {
    const failed = (recogniser: CommandRecogniser, text: RegExp) =>
      assert.rejects(
        spoken(recogniser).result,
        (error: unknown) => error instanceof RecognitionError && text.test(error.message),
      );
    await failed(await engine(`console.error('no model'); process.exit(3);`), /ended with code 3: no model/);
    await failed(await engine(`process.kill(process.pid, 'SIGKILL');`), /ended by SIGKILL/);
    await failed(await engine(`process.stdout.write('x'.repeat(600000));`), /printed more than/);
    await failed(await engine('', { run: [path.join(folder, 'nothing')] }), /ENOENT/);
  });

  it('kills a program that does not end, and what it has started', async () => {
    const pids = path.join(folder, 'pids');
    const held = await engine(
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
       const helper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
       writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + helper.pid); setTimeout(() => {}, 60000);`,
      { timeoutMs: 1_500 },
    );
    await assert.rejects(
      spoken(held).result,
      (error: unknown) => error instanceof RecognitionError && error.kind === 'timed out',
    );
    const [own = 0, helper = 0] = (await readFile(pids, 'utf8')).split(' ').map(Number);
    await until(() => !isRunning(own) && !isRunning(helper), 'the end of both processes');
  });

  it('does not wait for a helper that has left and holds the output', async () => {
    const pids = path.join(folder, 'left');
    const held = await engine(
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
       const helper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit', detached: true });
       writeFileSync(${JSON.stringify(pids)}, String(helper.pid)); helper.unref();`,
      { timeoutMs: 1_500 },
    );
    await assert.rejects(spoken(held).result, { kind: 'timed out' });
    process.kill(Number(await readFile(pids, 'utf8')), 'SIGKILL');
  });

  it('runs no more programs at once than it may; others wait, and leave when nobody wants them', async () => {
    const held = await engine(`${READ} setTimeout(() => console.log('done'), 150);`, { processes: 1 });
    const first = spoken(held);
    const second = spoken(held);
    const third = spoken(held);
    let order = '';
    void first.result.then(() => (order += '1'));
    third.cancel();
    await second.result.then(() => (order += '2'));
    assert.equal(order, '12');
    await assert.rejects(third.result, { kind: 'cancelled' });
    const many = Array.from({ length: 34 }, () => spoken(held));
    await assert.rejects(many.at(-1)?.result ?? Promise.resolve(), { kind: 'busy' });
    await held.close();
    const ends = await Promise.allSettled(many.map(({ result }) => result));
    assert.ok(ends.every(({ status }) => status === 'rejected'));
  });
});
