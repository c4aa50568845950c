import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** A TCP port of the loopback interface that was free a moment ago, for programs that cannot be told port 0. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port to be had');
  return address.port;
}

/** The same for UDP. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** State of a listening TCP socket in /proc/net/tcp. */
const LISTEN = '0A';

/** Whether some program of this machine has the port open: UDP bound, TCP listening. */
export async function isOpen(transport: 'udp' | 'tcp', port: number): Promise<boolean> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = await readFile(`/proc/net/${transport}`, 'latin1');
  return table.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    return local.endsWith(wanted) && (transport === 'udp' || state === LISTEN);
  });
}

/** Below the ports that systems give to clients (from 32768) and the RTP ports of the suites: none is taken while a server starts. */
const FIRST_SERVER_PORT = 10_000;
const SERVER_PORTS = 9_000;
/** More tries than a few mean that something else is wrong. */
const SERVER_PORT_TRIES = 100;

/** A port on which a server may listen seconds from now: free over UDP and TCP, and so is the next one, for SIP over TLS. */
export async function freeServerPort(): Promise<number> {
  for (let tries = 0; tries < SERVER_PORT_TRIES; tries++) {
    const port = FIRST_SERVER_PORT + 2 * Math.floor(Math.random() * (SERVER_PORTS / 2));
    const taken = [await isOpen('udp', port), await isOpen('tcp', port), await isOpen('tcp', port + 1)];
    if (!taken.includes(true)) return port;
  }
  throw new Error('no port to be had for a server');
}
