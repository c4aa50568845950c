/**
 * Debian's drive_smpp (package kannel-extras), a small SMSC for testing, behind a relay that takes down what is submitted to it: its log
 * prints a text only up to the first NUL octet. It ends by itself as soon as one of its connections does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.ts';
import { eventually } from './wait.ts';

const PROGRAM = '/usr/lib/kannel/test/drive_smpp';
/** Fixed in the program: it connects there as a smsbox when its first client came. */
const SMSBOX_PORT = 13_001;

export interface DriveSmpp {
  /** Port of the relay in front of it. */
  readonly port: number;
  /** PDUs from the client in order, as octets. */
  readonly fromClient: Buffer[];
  /** PDUs from drive_smpp in order, as octets. */
  readonly fromSmsc: Buffer[];
  log(): Promise<Buffer>;
  stop(): Promise<void>;
}

function cut(into: Buffer[]): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 16 && pending.length >= pending.readUInt32BE(0)) {
      const length = pending.readUInt32BE(0);
      into.push(Buffer.from(pending.subarray(0, length)));
      pending = pending.subarray(length);
    }
  };
}

const listen = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

/** `messages` is how many mobile-originated messages it sends, from 456 to 123, each with its number as text. */
export async function startDriveSmpp(messages: number): Promise<DriveSmpp> {
  const folder = await mkdtemp(join(tmpdir(), 'ringdown-drive-smpp-'));
  const logFile = join(folder, 'drive_smpp.log');
  const port = await freePort();
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };

  const smsbox = createServer((socket) => {
    keep(socket);
    socket.resume();
  });
  await listen(smsbox, SMSBOX_PORT);

  const config = fileURLToPath(new URL('peers/drive_smpp.conf', import.meta.url));
  const child: ChildProcess = spawn(
    PROGRAM,
    ['-v', '4', '-l', logFile, '-p', String(port), '-m', String(messages), '-c', config],
    {
      stdio: 'ignore',
    },
  );
  await eventually('drive_smpp listening', async () => {
    const text = await readFile(logFile, 'latin1').catch(() => '');
    return text.includes('accept_thread') ? true : undefined;
  });

  const fromClient: Buffer[] = [];
  const fromSmsc: Buffer[] = [];
  const relay = createServer((client) => {
    const smsc = connect(port, '127.0.0.1');
    keep(client);
    keep(smsc);
    client.on('data', cut(fromClient));
    smsc.on('data', cut(fromSmsc));
    client.pipe(smsc).pipe(client);
  });
  await listen(relay, 0);
  const address = relay.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    fromClient,
    fromSmsc,
    log: () => readFile(logFile),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      for (const server of [relay, smsbox]) await new Promise((resolve) => server.close(resolve));
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}
