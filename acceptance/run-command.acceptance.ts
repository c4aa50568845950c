/**
 * `ringdown run`: programs with the SDK as it is published, no host changed, send a message, make a call and look a number up. They are
 * started as a user starts them, and know of the server nothing but the environment.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { call, record } from './api.ts';
import { OTHER_PHONE, OWN_NUMBER, PHONE } from './fixture.ts';
import { javaClassPath } from './java.ts';
import { phoneCall } from './phones.ts';
import { pythonWith } from './python.ts';
import { prepareServer, RingdownProcess, workFolder } from './server.ts';
import { openTarget, type Target } from './target.ts';
import { voiceFixture } from './voice-fixture.ts';

const runFile = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const programs = fileURLToPath(new URL('run-command/', import.meta.url));
/** Modules and jars come over the network the first time. */
const BUILD_TIMEOUT_MS = 240_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('ringdown run', () => {
  let target: Target;
  before(async () => {
    target = await openTarget({ name: 'run-command', config: voiceFixture });
  });
  after(() => target.dispose());

  /** What is of the account comes from the environment of the server, as where `ringdown start` runs. */
  const ofServer = () => ({
    RINGDOWN_PUBLIC_URL: target.url,
    RINGDOWN_AUTH_ID: target.authId,
    RINGDOWN_AUTH_TOKEN: target.authToken,
  });

  async function ringdownRun(words: readonly string[], env: Record<string, string> = ofServer()): Promise<Ended> {
    const child = spawn(process.execPath, ['src/cli/ringdown.mjs', 'run', ...words], {
      cwd: root,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        SRC: OWN_NUMBER,
        DST: PHONE,
        CALLEE: OTHER_PHONE,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  /** The last line tells what the program was answered; the server and the called phone have to know of it. */
  async function checkSent({ code, stdout, stderr }: Ended, text: string): Promise<void> {
    assert.equal(code, 0, stdout + stderr);
    const told = record(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    const message = await call(target, `Message/${told.message}/`);
    assert.equal(message.status, 200, message.text);
    assert.equal(message.json.to_number, PHONE, text);
    assert.match(String(told.lookup), new RegExp(OWN_NUMBER));
    assert.ok(typeof told.call === 'string' && told.call !== '');
    await phoneCall(target, OTHER_PHONE);
  }

  it('carries the Node SDK', async () => {
    await checkSent(await ringdownRun(['--', process.execPath, join(programs, 'send.cjs')]), 'from Node');
  });

  it('carries the Python SDK', async () => {
    const python = await pythonWith('venv', 'requirements.txt');
    await checkSent(await ringdownRun(['--', python, '-B', join(programs, 'send.py')]), 'from Python');
  });

  it('carries the Go SDK', async () => {
    await mkdir(workFolder, { recursive: true });
    const binary = join(workFolder, 'run-command-go');
    await runFile('go', ['build', '-o', binary, '.'], { cwd: join(programs, 'go'), timeout: BUILD_TIMEOUT_MS });
    await checkSent(await ringdownRun(['--', binary]), 'from Go');
  });

  it('carries the Java SDK', async () => {
    const classPath = await javaClassPath('run-command-java', join(programs, 'java'));
    await checkSent(await ringdownRun(['--', 'java', '-cp', classPath, 'Send']), 'from Java');
  });

  it('finds the account in the data directory of a server on this machine', async () => {
    if (!(target instanceof RingdownProcess)) return; // one that runs elsewhere has none here
    const env = { RINGDOWN_HTTP_PORT: new URL(target.url).port, RINGDOWN_DATA_DIR: join(target.dataDir, 'data') };
    await checkSent(await ringdownRun(['--', process.execPath, join(programs, 'send.cjs')], env), 'from Node');
  });

  it('refuses other hosts of the hosted service, and lets everything else through', async () => {
    const script = `
      const read = (url) => fetch(url).then(async (answer) => [answer.status, await answer.text()]);
      Promise.all([read('https://media.plivo.com/x'), read('${target.url}/healthz')]).then((all) => console.log(JSON.stringify(all)));`;
    const { code, stdout, stderr } = await ringdownRun([process.execPath, '-e', script]);
    assert.equal(code, 0, stderr);
    const [[refused, reason], [health]] = JSON.parse(stdout);
    assert.deepEqual([refused, health], [400, 200]);
    assert.match(reason, /media\.plivo\.com is not served by Ringdown/);
    assert.match(stderr, /refused GET media\.plivo\.com/);
  });

  it('starts a server of its own and leaves nothing of it', async () => {
    const wanted = await prepareServer({ name: 'run-command-own', config: voiceFixture });
    try {
      const configFile = join(wanted.dataDir, 'ringdown.yaml');
      await access(configFile);
      const temporary = join(wanted.dataDir, 'tmp');
      await mkdir(temporary);
      const script = `node "${join(programs, 'send.cjs')}" && exit 7`;
      const ended = await ringdownRun(['--start', '--', 'sh', '-c', script], {
        TMPDIR: temporary,
        RINGDOWN_CONFIG: configFile,
        RINGDOWN_AUTH_ID: wanted.authId,
        RINGDOWN_AUTH_TOKEN: wanted.authToken,
      });
      assert.equal(ended.code, 7, ended.stderr);
      assert.match(ended.stdout, /"message":/);
      assert.deepEqual(await readdir(temporary), []);
    } finally {
      await wanted.dispose();
    }
  });
});
