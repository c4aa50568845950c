import type { IncomingMessage } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { until } from './rtp-peer.ts';

export type StreamMessage = Readonly<Record<string, unknown>>;

/** What came over one socket. */
export interface StreamConnection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly messages: StreamMessage[];
  /** Binary messages, of which there should be none. */
  binary: number;
  closedWith: number | undefined;
}

/** A customer's application for audio streams: a real WebSocket server on loopback. */
export class StreamApp {
  readonly connections: StreamConnection[] = [];
  /** Upgrade requests that are answered with 503, or never. */
  refusing = 0;
  hanging = 0;
  upgrades = 0;
  /** What it does with each message. */
  onMessage: (message: StreamMessage, connection: StreamConnection) => void = () => undefined;
  readonly port: number;
  readonly #scheme: 'ws' | 'wss';
  readonly #server: ReturnType<typeof createHttpServer>;
  readonly #sockets: WebSocketServer;
  readonly #hung = new Set<Duplex>();

  private constructor(server: ReturnType<typeof createHttpServer>, scheme: 'ws' | 'wss') {
    this.#server = server;
    this.#scheme = scheme;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.#sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      this.upgrades++;
      if (this.hanging > 0) {
        this.hanging--;
        this.#hung.add(socket);
        return;
      }
      if (this.refusing > 0) {
        this.refusing--;
        socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#take(opened, request));
    });
  }

  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<StreamApp> {
    const server = tls ? createTlsServer(tls) : createHttpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new StreamApp(server, tls ? 'wss' : 'ws');
  }

  url(path = '/ws', host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  /** The connection of that number, once it stands. */
  async connection(number = 0): Promise<StreamConnection> {
    await until(() => this.connections.length > number, `connection ${number}`);
    const found = this.connections[number];
    if (!found) throw new Error('no such connection');
    return found;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.connections) socket.terminate();
    for (const socket of this.#hung) socket.destroy();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(socket: WebSocket, request: IncomingMessage): void {
    const connection: StreamConnection = { socket, request, messages: [], binary: 0, closedWith: undefined };
    this.connections.push(connection);
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      connection.closedWith = code;
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) {
        connection.binary++;
        return;
      }
      const message: StreamMessage = JSON.parse(String(data));
      connection.messages.push(message);
      this.onMessage(message, connection);
    });
  }
}
