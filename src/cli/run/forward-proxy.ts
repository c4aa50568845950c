import http, { type RequestListener, type Server } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { Authority } from './authority.ts';
import { endToEndHeaders } from './end-to-end-headers.ts';
import { isPlivoHost, normalHost, PLIVO_DOMAIN, parseAuthority } from './plivo-hosts.ts';
import { openTunnel, type WayOut } from './way-out.ts';

const LOOPBACK = '127.0.0.1';
/** One command's connections; more would be a leak of it. */
const MAX_CONNECTIONS = 2_000;
/** A tunnel in which nothing has moved for this long is given up: longer than keep-alive of servers, shorter than a night. */
const TUNNEL_IDLE_MS = 3_600_000;
/** SDKs keep connections; one that is closed just as they use it again is an error to them. */
const KEEP_ALIVE_MS = 75_000;
/** A TLS handshake with a client of this machine. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface ForwardProxyOptions {
  readonly authority: Authority;
  /** Answers what was meant for the hosted service. */
  readonly plivo: RequestListener;
  readonly wayOut: WayOut;
}

/** A forward proxy on loopback, and beside it a TLS server that is the hosted service to whoever is led there directly. */
export interface ForwardProxy {
  /** Takes CONNECT, requests with a whole URL, and plain requests for hosts of the hosted service. */
  readonly port: number;
  /** Takes TLS connections for hosts of the hosted service. */
  readonly tlsPort: number;
  /** Breaks off everything. */
  close(): Promise<void>;
}

export async function startForwardProxy({ authority, plivo, wayOut }: ForwardProxyOptions): Promise<ForwardProxy> {
  const sockets = new Set<Duplex>();
  const hold = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    // What breaks is told by the end of both sides.
    return socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
  };

  const front = https.createServer(
    {
      ...authority.identityFor(PLIVO_DOMAIN),
      SNICallback: (name, done) => done(null, authority.contextFor(isPlivoHost(name) ? normalHost(name) : PLIVO_DOMAIN)),
      // Nobody offers HTTP/2: what follows is passed on as HTTP/1.1.
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    },
    plivo,
  );
  const proxy = http.createServer((incoming, outgoing) => {
    const url = incoming.url ?? '';
    if (url.startsWith('/')) return plivo(incoming, outgoing);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return void outgoing.writeHead(400).end();
    return isPlivoHost(new URL(url).hostname) ? plivo(incoming, outgoing) : passOn(new URL(url), wayOut)(incoming, outgoing);
  });

  proxy.on('connect', (request, client: Socket, head) => {
    const place = parseAuthority(request.url ?? '', 443);
    hold(client);
    if (place === undefined) return void client.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    const established = () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) client.unshift(head);
    };
    if (isPlivoHost(place.host)) {
      established();
      front.emit('connection', client);
      return;
    }
    openTunnel(wayOut.upstream('https', place.host, place.port), place.host, place.port).then(
      (server) => {
        hold(server);
        if (client.destroyed) return void server.destroy();
        established();
        join(client, server);
      },
      (error: Error) => {
        client.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${error.message}\n`);
      },
    );
  });
  for (const server of [proxy, front]) {
    server.maxConnections = MAX_CONNECTIONS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on('connection', hold);
    // A client that speaks something else, or breaks off: its connection ends, nothing else.
    server.on('clientError', (_, socket) => socket.destroy());
  }
  front.on('tlsClientError', (_, socket) => socket.destroy());
  const [port, tlsPort] = [await listen(proxy), await listen(front)];
  return {
    port,
    tlsPort,
    async close() {
      const closed = [proxy, front].map((server) => new Promise((resolve) => server.close(resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

function join(client: Socket, server: Socket): void {
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const) {
    one.setTimeout(TUNNEL_IDLE_MS, () => one.destroy());
    one.once('close', () => other.destroy());
    one.pipe(other);
  }
}

/** A request with a whole URL goes to that URL unchanged; some clients send those of https this way too, and trust the proxy with them. */
function passOn(url: URL, wayOut: WayOut): RequestListener {
  const secure = url.protocol === 'https:';
  const place = { host: normalHost(url.hostname), port: url.port === '' ? (secure ? 443 : 80) : Number(url.port) };
  const upstream = wayOut.upstream(secure ? 'https' : 'http', place.host, place.port);
  return (incoming, outgoing) => {
    const options = {
      method: incoming.method,
      path: url.pathname + url.search,
      headers: [...endToEndHeaders(incoming), 'Host', url.host],
    };
    const refuse = (error: Error) => {
      if (outgoing.headersSent) return void outgoing.destroy();
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
    };
    const send = (request: http.ClientRequest) => {
      request.once('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer));
        answer.pipe(outgoing).once('close', () => request.destroy());
      });
      request.once('error', refuse);
      incoming.pipe(request);
    };
    if (secure) {
      openTunnel(upstream, place.host, place.port).then((socket) => {
        const tls = connectTls({ socket, servername: place.host });
        send(http.request({ ...options, createConnection: () => tls }));
      }, refuse);
    } else if (upstream === undefined) {
      send(http.request({ ...options, ...place, agent: false }));
    } else {
      const { host, port, authorization } = upstream;
      const headers = authorization === undefined ? options.headers : [...options.headers, 'Proxy-Authorization', authorization];
      send(http.request({ ...options, host, port, path: url.href, headers, agent: false }));
    }
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      if (typeof address === 'object' && address) resolve(address.port);
    });
  });
}
