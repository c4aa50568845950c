import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { exitStatusOf } from './command-process.ts';
import { runCommand } from './run.ts';

const NODE = process.execPath;
const KNOWN = `Basic ${Buffer.from('MAKNOWN:token').toString('base64')}`;
let server: http.Server;
let folder: string;
let port = 0;
const seen: string[] = [];

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-command-'));
  server = http.createServer((request, reply) => {
    const { url = '', headers } = request;
    if (url !== '/healthz') seen.push(`${request.method} ${headers.host} ${url}`);
    reply.statusCode = url === '/healthz' || headers.authorization === KNOWN ? 200 : 401;
    reply.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address) port = address.port;
});
after(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Runs as the CLI does, with signals that the test sends and temporary files in a folder that is looked into. */
async function run(args: readonly string[], more: Record<string, string> = {}, signals = new EventEmitter()) {
  const written = { stdout: '', stderr: '' };
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const end = await runCommand(args, {
      terminal: {
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
      },
      variables: {
        PATH: process.env.PATH,
        RINGDOWN_HTTP_PORT: String(port),
        RINGDOWN_DATA_DIR: path.join(folder, 'none'),
        PLIVO_AUTH_ID: 'MAKNOWN',
        PLIVO_AUTH_TOKEN: 'token',
        ...more,
      },
      folder,
      onTerminal: false,
      signals,
    });
    return { end, told: written.stderr, listeners: signals.eventNames().length };
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

const left = async () => (await readdir(folder)).filter((name) => name.startsWith('ringdown-run'));

test('the status of the command is ours, and no file and no listener is left', async () => {
  const { end, told, listeners } = await run(['--', NODE, '-e', 'process.exit(7)']);
  assert.deepEqual(end, { code: 7, signal: null });
  assert.match(told, /PLIVO_AUTH_ID is MAKNOWN\n$/);
  assert.equal(listeners, 0);
  assert.deepEqual(await left(), []);
});

test('a Node.js program that knows no proxy reaches the server by the names of the hosted service', async () => {
  seen.length = 0;
  const script = `
    const send = (url) => fetch(url, { headers: { authorization: '${KNOWN}' } }).then(async (a) => [a.status, await a.text()]);
    const answers = Promise.all([send('https://api.plivo.com/v1/Account/x/'), send('https://media.plivo.com/y'), send('http://api.plivo.com/plain')]);
    answers.then((all) => require('fs').writeFileSync('answers.json', JSON.stringify(all)));`;
  const { end } = await run([NODE, '-e', script]);
  assert.deepEqual(end, { code: 0, signal: null });
  const answers = JSON.parse(await readFile(path.join(folder, 'answers.json'), 'utf8'));
  assert.deepEqual(
    answers.map(([status]: [number]) => status),
    [200, 400, 200],
  );
  assert.match(answers[1][1], /media\.plivo\.com is not served/);
  assert.deepEqual(seen.slice(1).toSorted(), ['GET api.plivo.com /plain', 'GET api.plivo.com /v1/Account/x/']);
});

test('signals go to the command, and one that ends it is told', async () => {
  const signals = new EventEmitter();
  const script = `process.on('SIGUSR2', () => process.kill(process.pid, 'SIGTERM')); require('fs').writeFileSync('ready', ''); setInterval(() => {}, 1000)`;
  const running = run([NODE, '-e', script], {}, signals);
  while (!(await readdir(folder)).includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
  signals.emit('SIGUSR2', 'SIGUSR2');
  const { end } = await running;
  assert.deepEqual(end, { code: null, signal: 'SIGTERM' });
  assert.equal(exitStatusOf(end), 143);
  assert.deepEqual(await left(), []);
});

test('credentials that the server does not know are not exported, and the command is told', async () => {
  const { end, told } = await run([NODE, '-e', 'process.exit(process.env.PLIVO_AUTH_ID === "MAOTHER" ? 0 : 1)'], {
    PLIVO_AUTH_ID: 'MAOTHER',
  });
  assert.equal(end.code, 0);
  assert.match(told, /no account of it is known here/);
});

test('what cannot be run is told as a shell does', async () => {
  assert.equal((await run(['no-such-program'])).end.code, 127);
  // The system says of a name on this PATH that it may not be run, as it does where a folder may not be entered.
  const closed = path.join(folder, 'closed');
  await mkdir(path.join(closed, 'no-such-program'), { recursive: true });
  assert.equal((await run(['no-such-program'], { PATH: closed })).end.code, 127);
  assert.equal((await run([folder])).end.code, 126);
  for (const args of [[], ['--'], ['--start'], ['--strat', 'x']]) {
    const { end, told } = await run(args);
    assert.equal(end.code, 2);
    assert.match(told, /^Usage: ringdown run/);
  }
  await assert.rejects(
    run(['true'], { RINGDOWN_PUBLIC_URL: 'http://127.0.0.1:1' }),
    /No server answers at http:\/\/127\.0\.0\.1:1\./,
  );
  await assert.rejects(run(['true'], { HTTPS_PROXY: 'socks5://x' }), /HTTPS_PROXY/);
  assert.deepEqual(await left(), []);
});
