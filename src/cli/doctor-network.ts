import { createSocket } from 'node:dgram';
import net from 'node:net';

/** A carrier that does not take a connection within this is not reachable for practical purposes. */
const CONNECT_TIMEOUT_MS = 3_000;
const HEALTH_TIMEOUT_MS = 3_000;

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : error.message);

/** `free`, or the code of the error that listening ends with (`EADDRINUSE`, `EACCES`, ...). */
export function tcpPortState(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen(port, host, () => server.close(() => resolve('free')));
  });
}

export function udpPortState(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket(net.isIP(host) === 6 ? 'udp6' : 'udp4');
    socket.once('error', (error) => {
      socket.close();
      resolve(codeOf(error));
    });
    socket.bind(port, host, () => socket.close(() => resolve('free')));
  });
}

/** Whether a server of ours answers under this URL. */
export async function answersHealth(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const reply = await fetch(`${url}/healthz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(HEALTH_TIMEOUT_MS)]) });
    const body: unknown = await reply.json();
    return typeof body === 'object' && body !== null && 'status' in body && 'database' in body;
  } catch {
    return false;
  }
}

/** Undefined when a TCP connection comes about, else why it does not. */
export function connects(host: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, signal });
    const settle = (reason: string | undefined) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => settle(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`));
    socket.once('connect', () => settle(undefined));
    socket.once('error', (error) => settle(codeOf(error)));
  });
}
