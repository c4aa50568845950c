import { createSocket } from 'node:dgram';
import { lookup, Resolver } from 'node:dns/promises';
import { type AddressInfo, connect as connectTcp, createServer, isIP, isIPv6, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import type { Dns, Endpoint, Listener, Network, StreamConnection, UdpSocket } from './network.ts';

/** What the kernel may hold for us while the event loop is busy: about 3,000 datagrams of usual size. */
const UDP_BUFFER_BYTES = 4 * 1024 * 1024;
/** A client that cannot finish its TLS handshake in this time is not trying. */
const TLS_HANDSHAKE_MS = 10_000;
/** DNS servers get one retry of two seconds: a call should not wait longer for a name. */
const DNS_TIMEOUT_MS = 2000;
const DNS_TRIES = 2;

/** The operating system's sockets and name servers. */
export const systemNetwork: Network = {
  bindUdp,
  async listen(host, port, onConnection, tls) {
    const accept = (socket: Socket) => onConnection(streamConnection(socket));
    const server =
      tls === undefined
        ? createServer({ noDelay: true }, accept)
        : createTlsServer({ ...tls, handshakeTimeout: TLS_HANDSHAKE_MS, noDelay: true, minVersion: 'TLSv1.2' }, accept);
    // A failed handshake concerns its own connection only, which Node has closed already.
    server.on('tlsClientError', () => {});
    await listening(server, host, port);
    return listener(server);
  },
  connect(to, { timeoutMs, tls }) {
    return new Promise((resolve, reject) => {
      const where = { host: to.address, port: to.port };
      const socket =
        tls === undefined
          ? connectTcp({ ...where, noDelay: true })
          : connectTls({
              ...where,
              // An address is no name to be indicated (RFC 6066 §3); the certificate is checked against `host` then.
              ...(isIP(tls.serverName) === 0 ? { servername: tls.serverName } : {}),
              rejectUnauthorized: tls.verify !== false,
              minVersion: 'TLSv1.2',
              ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            });
      const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
      const onError = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      socket.once('error', onError);
      socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
        clearTimeout(timer);
        socket.off('error', onError);
        socket.setNoDelay(true);
        resolve(streamConnection(socket));
      });
    });
  },
  dns: systemDns(),
};

function bindUdp(host: string, port: number): Promise<UdpSocket> {
  return new Promise((resolve, reject) => {
    const family = isIPv6(host) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Addresses are literals: nothing is to be looked up for each datagram.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    let closed = false;
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      // A datagram that met a closed port is the sender's business, which hears of it in `send`.
      socket.on('error', () => {});
      growBuffers(socket);
      const { address, port: bound } = socket.address();
      resolve({
        local: { address, port: bound },
        send(data, to, onError) {
          if (closed) return onError?.(new Error('the socket is closed'));
          socket.send(data, to.port, to.address, (error) => {
            if (error) onError?.(error);
          });
        },
        onMessage(handler) {
          socket.on('message', (data, from) => handler(data, { address: withoutMapping(from.address), port: from.port }));
        },
        close() {
          if (closed) return;
          closed = true;
          socket.close();
        },
      });
    });
  });
}

function growBuffers(socket: ReturnType<typeof createSocket>): void {
  try {
    socket.setRecvBufferSize(UDP_BUFFER_BYTES);
    socket.setSendBufferSize(UDP_BUFFER_BYTES);
  } catch {
    // The system allows less; its own size serves.
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      // Running out of descriptors costs the connection that could not be accepted.
      server.on('error', () => {});
      resolve();
    });
  });
}

function listener(server: Server): Listener {
  const { address, port } = addressOf(server.address());
  return { local: { address, port }, close: () => server.close() };
}

function addressOf(address: string | AddressInfo | null): Endpoint {
  if (address === null || typeof address === 'string') throw new Error('the listener has no address');
  return address;
}

function streamConnection(socket: Socket): StreamConnection {
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  return {
    local: { address: withoutMapping(socket.localAddress ?? ''), port: socket.localPort ?? 0 },
    remote: { address: withoutMapping(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 },
    get bufferedBytes() {
      return socket.writableLength;
    },
    write(data) {
      if (socket.writable) socket.write(data);
    },
    onData(handler) {
      socket.on('data', handler);
    },
    onClose(handler) {
      if (socket.destroyed) queueMicrotask(() => handler(failure));
      else socket.once('close', () => handler(failure));
    },
    end() {
      socket.end();
    },
    destroy() {
      socket.destroy();
    },
  };
}

/** A dual-stack socket shows IPv4 peers as `::ffff:192.0.2.1`. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

function systemDns(): Dns {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: DNS_TRIES });
  return {
    a: async (host) => (await orNone(resolver.resolve4(host))) ?? (await fromHosts(host, 4)),
    aaaa: async (host) => (await orNone(resolver.resolve6(host))) ?? (await fromHosts(host, 6)),
    srv: async (name) => {
      const records = (await orNone(resolver.resolveSrv(name))) ?? [];
      return records.map(({ priority, weight, port, name: target }) => ({ priority, weight, port, target }));
    },
    naptr: async (name) => (await orNone(resolver.resolveNaptr(name))) ?? [],
  };
}

/** What the hosts file knows (`localhost`, container names) no DNS server does. */
async function fromHosts(host: string, family: 4 | 6): Promise<string[]> {
  const found = await orNone(lookup(host, { all: true, family }));
  return (found ?? []).map(({ address }) => address);
}

const ABSENT: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** Undefined when the name or the record type does not exist. */
async function orNone<T>(query: Promise<T[]>): Promise<T[] | undefined> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && ABSENT.has(error.code)) return undefined;
    throw error;
  }
}
