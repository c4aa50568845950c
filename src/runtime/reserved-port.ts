import { createServer } from 'node:net';

/**
 * Below the ports that systems give to clients (Linux from 32768, others from 49152): no connection of another program takes it in the
 * moment between `release` and the listening.
 */
const FIRST_PORT = 10_000;
const PORTS = 22_768;
/** Nearly all are free: when so many are taken something else is wrong. */
const MAX_TRIES = 64;

export interface ReservedPort {
  readonly port: number;
  /** To be called just before somebody else listens on it. Again it does nothing. */
  release(): Promise<void>;
}

/** Holds a TCP port of the address that nobody listens on. @throws Error when none is to be had, or the address is none of this machine */
export async function reservePort(host: string): Promise<ReservedPort> {
  for (let tries = 1; ; tries++) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      return await hold(host, port);
    } catch (error) {
      if (tries >= MAX_TRIES || !isTaken(error)) throw error;
    }
  }
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

function hold(host: string, port: number): Promise<ReservedPort> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(port, host, () =>
      resolve({ port, release: () => new Promise<void>((released) => server.close(() => released())) }),
    );
  });
}
