import { isIP, type Socket, connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { buildConnector } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import type { TargetGuard } from './target-guard.ts';

/** Longest connect timeout that a caller may ask for (voice-xml.md §2.3); shorter ones are kept by the request. */
const CONNECT_LIMIT_MS = 10_000;
const TCP_KEEP_ALIVE_MS = 60_000;

/**
 * Makes connections for undici: TCP or TLS, to addresses the guard permits, with certificates always verified. Those that are
 * being made can be ended, which undici's own connector does not offer.
 */
export class Connector {
  readonly #guard: TargetGuard;
  readonly #clock: Clock;
  readonly #ca: string[] | undefined;
  /** Bounded by the connections of all pools. */
  readonly #connecting = new Set<Socket>();

  constructor(guard: TargetGuard, clock: Clock, ca: string | readonly string[] | undefined) {
    this.#guard = guard;
    this.#clock = clock;
    this.#ca = ca === undefined ? undefined : [ca].flat();
  }

  /** The connector of one server; it resumes that server's TLS sessions. */
  forServer(): buildConnector.connector {
    let session: Buffer | undefined;
    return ({ hostname, port, protocol }, callback) => {
      const secure = protocol === 'https:';
      const address = { host: hostname, port: Number(port) || (secure ? 443 : 80), lookup: this.#guard.lookup };
      const socket = secure
        ? tlsConnect({
            ...address,
            ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
            ...(this.#ca === undefined ? {} : { ca: this.#ca }),
            ...(session === undefined ? {} : { session }),
            ALPNProtocols: ['http/1.1'],
            rejectUnauthorized: true, // said aloud, so that no environment variable turns it off
          }).on('session', (fresh) => {
            session = fresh;
          })
        : tcpConnect(address);
      socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
      this.#connecting.add(socket);
      const cancel = this.#clock.after(CONNECT_LIMIT_MS, () =>
        socket.destroy(new Error(`no connection within ${CONNECT_LIMIT_MS} ms`)),
      );
      const settled = () => {
        cancel();
        return this.#connecting.delete(socket);
      };
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        if (settled()) callback(null, socket);
      });
      // Stays for the socket's life: an error after the connection is also an event of undici's.
      socket.on('error', (error) => {
        if (settled()) callback(error, null);
      });
    };
  }

  /** Ends the connections that are being made. */
  abort(reason: Error): void {
    for (const socket of this.#connecting) socket.destroy(reason);
  }
}
