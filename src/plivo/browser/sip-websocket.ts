import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Endpoint } from '../../sip/network.ts';
import type { SipStack } from '../../sip/sip-stack.ts';

/** RFC 7118 §4.1: who asks for another subprotocol, or for none, does not speak SIP. */
const SUBPROTOCOL = 'sip';
/** As the limit of SIP messages over other connections: an INVITE of a browser with all its candidates has some 5 kB. */
const MAX_MESSAGE_BYTES = 65_535;
/** What may wait for a browser that does not read, before it is given up. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** Whom a close frame has not reached by then is cut off. */
const CLOSE_MS = 2_000;

type AcceptWebSocket = SipStack['acceptWebSocket'];

/**
 * SIP over WebSocket on the HTTP port (RFC 7118). Any path is taken, because the Browser SDK's own differs from version to version and
 * applications choose theirs (browser-sdk.md §1); the subprotocol tells what the socket is for.
 */
export class SipWebSockets {
  readonly #accept: AcceptWebSocket;
  readonly #server: WebSocketServer;

  constructor(accept: AcceptWebSocket) {
    this.#accept = accept;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  /** Sockets that are open. */
  get size(): number {
    return this.#server.clients.size;
  }

  attach(http: FastifyInstance): void {
    http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => this.#upgrade(request, socket, head));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const asked = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!asked.includes(SUBPROTOCOL)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const { remote, isSecure } = sourceOf(request.socket, request.headers);
    this.#server.handleUpgrade(request, socket, head, (accepted) => this.#accept(webSocketLike(accepted), remote, isSecure));
  }
}

function webSocketLike(socket: WebSocket): Parameters<AcceptWebSocket>[0] {
  // A frame that breaks the protocol is followed by `close`.
  socket.on('error', () => undefined);
  return {
    send(text) {
      if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
      else if (socket.readyState === socket.OPEN) socket.send(text, () => undefined);
    },
    onMessage: (handler) => void socket.on('message', (data) => handler(bufferOf(data))),
    onClose: (handler) => void socket.once('close', handler),
    close() {
      socket.close();
      const cut = setTimeout(() => socket.terminate(), CLOSE_MS);
      socket.once('close', () => clearTimeout(cut));
    },
  };
}

interface Source {
  readonly remote: Endpoint;
  /** TLS all the way to the one who ends it for us. */
  readonly isSecure: boolean;
}

/** A proxy beside the server, which ends the TLS that browsers need, says who is behind it. Nobody else is believed. */
export function sourceOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>, headers: IncomingHttpHeaders): Source {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const port = socket.remotePort ?? 0;
  const isProxy = address === '::1' || address.startsWith('127.');
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return {
    remote: { address: isProxy && forwarded ? forwarded : address, port },
    isSecure: isProxy && headers['x-forwarded-proto'] === 'https',
  };
}

const bufferOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);
