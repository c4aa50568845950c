import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';

/** TLS of a carrier connection. The peer's certificate is verified unless `rejectUnauthorized` is false. */
export interface SmppTlsOptions {
  /** PEM; the system's roots when left out. */
  readonly ca?: string | readonly string[];
  /** PEM of our own certificate and key, where the SMSC asks for one. */
  readonly cert?: string;
  readonly key?: string;
  /** Name the certificate must be for; the host of the URL when left out. */
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface WireTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: SmppTlsOptions | undefined;
}

/** What a connection tells its link. `closed` comes exactly once, unless the link dropped the connection itself. */
export interface WireEvents {
  connected(): void;
  data(chunk: Buffer): void;
  /** `permanent`: trying again soon cannot help (unknown host, certificate refused). */
  closed(reason: string, permanent: boolean): void;
}

/** One byte stream to an SMSC; the network as it is handed to a link. */
export interface Wire {
  /** Writes all chunks in one go; `written` is called when they have left the process, also when the connection died. */
  write(chunks: readonly Buffer[], written: () => void): void;
  /** Octets accepted by `write` and not yet taken by the kernel. */
  readonly unwritten: number;
  pause(): void;
  resume(): void;
  /** Closes after the written octets are out; no more events. */
  end(): void;
  /** Closes at once; no more events. */
  drop(): void;
}

export type Dial = (target: WireTarget, events: WireEvents) => Wire;

/** A peer that does not close after our FIN is cut off after this; an answered unbind leaves nothing to wait for. */
const LINGER_MS = 1000;

/** Codes of `error` events that more attempts will not cure by themselves. */
const PERMANENT = new Set([
  'ENOTFOUND',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
]);
const PERMANENT_TLS = /^(UNABLE_TO_|CERT_)/;

/** Real connections: TCP without Nagle delay, or TLS over it. */
export const dialSocket: Dial = (target, events) => {
  const { host, port, tls } = target;
  const socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...tlsOptions(tls, host), host, port });
  socket.setNoDelay(true);
  let reason = 'closed by the peer';
  let permanent = false;
  let silent = false;
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    if (!silent) events.connected();
  });
  socket.on('data', (chunk: Buffer) => {
    if (!silent) events.data(chunk);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
    permanent = PERMANENT.has(reason) || PERMANENT_TLS.test(reason);
  });
  socket.on('close', () => {
    if (!silent) events.closed(reason, permanent);
    silent = true;
  });
  return {
    write(chunks, written) {
      writeTogether(socket, chunks, written);
    },
    get unwritten() {
      return socket.writableLength;
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end() {
      silent = true;
      socket.end();
      const cut = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(cut));
      socket.resume();
    },
    drop() {
      silent = true;
      socket.destroy();
    },
  };
};

function writeTogether(socket: Socket, chunks: readonly Buffer[], written: () => void): void {
  const first = chunks[0];
  if (first === undefined) {
    written();
    return;
  }
  if (chunks.length === 1) {
    socket.write(first, written);
    return;
  }
  socket.cork();
  const last = chunks.length - 1;
  chunks.forEach((chunk, index) => {
    if (index === last) socket.write(chunk, written);
    else socket.write(chunk);
  });
  socket.uncork();
}

/** Throws where a certificate or key is no PEM or they do not belong together, so that it is found at start and not at each dial. */
export function checkTls(tls: SmppTlsOptions): void {
  createSecureContext(tlsOptions(tls, ''));
}

function tlsOptions(tls: SmppTlsOptions, host: string) {
  return {
    servername: tls.servername ?? (isAddress(host) ? '' : host),
    rejectUnauthorized: tls.rejectUnauthorized ?? true,
    minVersion: 'TLSv1.2' as const,
    ...(tls.ca === undefined ? {} : { ca: typeof tls.ca === 'string' ? tls.ca : [...tls.ca] }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}

/** Server Name Indication takes no addresses (RFC 6066 §3). */
function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}
