import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { apply } from './apply.ts';
import { runCommandLine } from './command-line.ts';
import { doctor } from './doctor.ts';

const ACCOUNT = 'MACOMMANDLINE0000001';
const KEY = 'ab'.repeat(32);
let folder: string;
let database: TestDatabase;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ringdown-cli-'));
  database = await createTestDatabase();
});
after(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

function terminal() {
  const written = { stdout: '', stderr: '' };
  return {
    written,
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  };
}

const environment = (more: Record<string, string> = {}) => ({
  DATABASE_URL: database.url,
  RINGDOWN_DATA_DIR: path.join(folder, 'data'),
  RINGDOWN_INSTANCE_KEY: KEY,
  RINGDOWN_HTTP_PORT: '0',
  RINGDOWN_SIP_PORT: '0',
  ...more,
});

async function write(name: string, text: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  return file;
}

async function listen(): Promise<{ port: number; close(): Promise<void> }> {
  const server = net.createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { port: address.port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

test('help lists the commands, an unknown one exits 2, a failing one tells its reason in a line and exits 1', async () => {
  const commands = {
    sing: { summary: 'make a sound', load: async () => async (args: readonly string[]) => args.length },
    fail: {
      summary: 'go wrong',
      load: async () => async () => {
        throw new Error('no voice');
      },
    },
  };
  const help = terminal();
  assert.equal(await runCommandLine(commands, ['--help'], help), 0);
  assert.match(help.written.stdout, /sing {2}make a sound/);
  assert.equal(await runCommandLine(commands, [], help), 2);
  for (const name of ['dance', 'toString', '__proto__']) {
    const unknown = terminal();
    assert.equal(await runCommandLine(commands, [name], unknown), 2);
    assert.match(unknown.written.stderr, new RegExp(`no command "${name}"`));
  }
  assert.equal(await runCommandLine(commands, ['sing', 'a', 'b', 'c'], help), 3);
  const failing = terminal();
  assert.equal(await runCommandLine(commands, ['fail'], failing), 1);
  assert.equal(failing.written.stderr, 'no voice\n');
});

test('apply tells what changed, then that there is nothing to change', async () => {
  const file = await write('good.yaml', `accounts: [{ auth_id: ${ACCOUNT}, auth_token: ${'t'.repeat(40)} }]`);
  const first = terminal();
  assert.equal(await apply([file], first, environment()), 0);
  assert.equal(first.written.stdout, `added account ${ACCOUNT}\n`);
  const second = terminal();
  assert.equal(await apply([], second, environment({ RINGDOWN_CONFIG: file })), 0);
  assert.equal(second.written.stdout, 'nothing to change\n');
  assert.equal(await apply([], second, environment()), 2);
  assert.equal(await apply([file, file], second, environment()), 2);
  const wrong = await write('wrong.yaml', 'acounts: []');
  await assert.rejects(apply([wrong], second, environment()), { message: `${wrong}:1: acounts: unknown key` });
});

test('apply starts the embedded database when nothing runs, and stops what it started', async () => {
  const dataDir = path.join(folder, 'embedded');
  await mkdir(dataDir);
  const file = await write('embedded.yaml', `accounts: [{ auth_id: ${ACCOUNT}, auth_token: ${'t'.repeat(40)} }]`);
  const { startEmbeddedPostgres, findRunningPostgres } = await import('../storage/embedded-postgres.ts');
  const variables = environment({ DATABASE_URL: '', RINGDOWN_DATA_DIR: dataDir });
  try {
    const first = terminal();
    assert.equal(await apply([file], first, variables), 0);
    assert.equal(first.written.stdout, `added account ${ACCOUNT}\n`);
    assert.equal(await findRunningPostgres(dataDir), undefined);

    const running = await startEmbeddedPostgres({ dataDir, durable: false });
    const second = terminal();
    assert.equal(await apply([file], second, variables), 0);
    assert.equal(second.written.stdout, 'nothing to change\n');
    assert.equal((await findRunningPostgres(dataDir))?.pid, running.pid, 'a database in use is left running');
    const examined = terminal();
    await doctor([], examined, variables);
    assert.match(examined.written.stdout, /database: reachable and migrated \(embedded\)/);
    await running.stop();
  } finally {
    const { readFile } = await import('node:fs/promises');
    const outside = await readFile(path.join(dataDir, 'postgres.location'), 'utf8').catch(() => '');
    if (outside) await rm(path.dirname(outside.trim()), { recursive: true, force: true });
  }
});

test('doctor is content with a sound installation', async () => {
  const smsc = await listen();
  try {
    const file = await write(
      'sound.yaml',
      `carriers:
  - { name: smsc, kind: smpp, url: "smpp://a:b@127.0.0.1:${smsc.port}" }
  - { name: udp, kind: sip, url: "sip:127.0.0.1;transport=udp" }
  - { name: tcp, kind: sip, url: "sip:127.0.0.1:${smsc.port};transport=tcp" }`,
    );
    assert.equal(await apply([file], terminal(), environment()), 0);
    const examined = terminal();
    assert.equal(await doctor([], examined, environment({ RINGDOWN_CONFIG: file })), 0, examined.written.stdout);
    for (const line of [
      'environment: every',
      'data directory:',
      'HTTP port: 0 is free',
      'RTP ports: ',
      'RTP sockets: read and written by calls of the C library',
      'configuration file:',
      'database: reachable and migrated',
      'clock: agrees',
      'instance key: opens',
      `carrier smsc: 127.0.0.1:${smsc.port} takes connections`,
      'carrier udp: speaks UDP',
      `carrier tcp: 127.0.0.1:${smsc.port} takes connections`,
      'webhooks: may go to every address',
    ]) {
      assert.ok(examined.written.stdout.includes(`ok    ${line}`), `${line}\n${examined.written.stdout}`);
    }
  } finally {
    await smsc.close();
  }
});

test('doctor names what is wrong and the one setting to change, and exits 1', async () => {
  const taken = await listen();
  const smsc = await listen();
  await smsc.close(); // nobody listens there any more
  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  try {
    const file = await write(
      'unsound.yaml',
      `accounts: [{ auth_id: ${ACCOUNT}, auth_token: ${'t'.repeat(40)} }]
applications: [{ name: inside, account: ${ACCOUNT}, answer_url: "http://10.0.0.1/", message_url: "http://[::1]:80/" }]
carriers:
  - { name: smsc, kind: smpp, url: "smpp://a:b@127.0.0.1:${smsc.port}" }
  - { name: exposed, kind: sip, url: "sip:127.0.0.1;transport=udp", srtp: required }
  - { name: secret, kind: sip, url: "sip:127.0.0.1:${smsc.port};transport=tls", srtp: required }`,
    );
    assert.equal(await apply([file], terminal(), environment()), 0);
    const examine = async (more: Record<string, string>) => {
      const examined = terminal();
      assert.equal(await doctor([], examined, environment(more)), 1, examined.written.stdout);
      return examined.written.stdout;
    };
    const text = await examine({
      RINGDOWN_HTTP_PORT: String(taken.port),
      RINGDOWN_SIP_PORT: String(udp.address().port),
      RINGDOWN_ALLOW_PRIVATE_WEBHOOKS: 'false',
      RINGDOWN_CONFIG: path.join(folder, 'none.yaml'),
    });
    assert.match(text, /FAIL {2}HTTP port: \d+ is taken by another program\n +-> set RINGDOWN_HTTP_PORT/);
    assert.match(text, /FAIL {2}SIP port, UDP: \d+ is taken by another program\n +-> set RINGDOWN_SIP_PORT/);
    assert.match(text, /FAIL {2}configuration file: .*none\.yaml.*\n +-> correct the file/);
    assert.match(text, /FAIL {2}carrier smsc: 127\.0\.0\.1:\d+: ECONNREFUSED\n +-> correct url/);
    assert.match(text, /carrier exposed: the keys of its audio go out in clear\n +-> put transport=tls/);
    assert.doesNotMatch(text, /carrier secret: the keys/);
    assert.match(text, /FAIL {2}webhooks: (10\.0\.0\.1, ::1|::1, 10\.0\.0\.1) .*\n +-> set RINGDOWN_ALLOW_PRIVATE_WEBHOOKS=true/);
    assert.match(await examine({ RINGDOWN_HTTP_PORT: 'x' }), /FAIL {2}environment: RINGDOWN_HTTP_PORT: a port/);
    assert.match(await examine({ RINGDOWN_BIND: '192.0.2.1' }), /EADDRNOTAVAIL\n +-> set RINGDOWN_BIND/);
    assert.match(await examine({ RINGDOWN_INSTANCE_KEY: 'cd'.repeat(32) }), /FAIL {2}instance key: does not open/);
    const plain = await write('plain', '');
    assert.match(await examine({ RINGDOWN_DATA_DIR: plain }), /FAIL {2}data directory: .*\n +-> set RINGDOWN_DATA_DIR/);
    assert.match(
      await examine({ DATABASE_URL: `postgres://u:p@127.0.0.1:${smsc.port}/x` }),
      /FAIL {2}database: .*ECONNREFUSED.*\n +-> correct DATABASE_URL/,
    );
  } finally {
    await taken.close();
    await new Promise<void>((resolve) => udp.close(resolve));
  }
});
