import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly method: string;
  /** Path and query as they came. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The parameters of a form or, for GET, of the query. */
  readonly params: Readonly<Record<string, string>>;
  readonly at: number;
}

export type WebhookResponder = (request: ReceivedWebhook, response: ServerResponse, socket: IncomingMessage['socket']) => void;

/** A customer's server for tests: collects what it gets and answers as told, 200 and empty by default. */
export class WebhookTarget {
  readonly received: ReceivedWebhook[] = [];
  readonly #server: Server;
  readonly #scheme: string;
  respond: WebhookResponder = (_, response) => response.end();

  private constructor(tls?: { key: string; cert: string }) {
    const listener: RequestListener = (request, response) => this.#receive(request, response);
    this.#server = tls ? createSecureServer(tls, listener) : createServer(listener);
    this.#scheme = tls ? 'https' : 'http';
  }

  static async start(tls?: { key: string; cert: string }): Promise<WebhookTarget> {
    const target = new WebhookTarget(tls);
    await new Promise<void>((resolve) => target.#server.listen(0, '127.0.0.1', resolve));
    return target;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  url(path = '/', host = '127.0.0.1'): string {
    return `${this.#scheme}://${host}:${this.port}${path}`;
  }

  /** Resolves once `count` requests have come in all; rejects after `timeoutMs`. */
  async receive(count: number, timeoutMs = 10_000): Promise<readonly ReceivedWebhook[]> {
    const end = Date.now() + timeoutMs;
    while (this.received.length < count) {
      if (Date.now() > end) throw new Error(`${this.received.length} of ${count} requests came within ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.received;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const path = request.url ?? '';
      const encoded = request.method === 'GET' ? (path.split('?')[1] ?? '') : body;
      const received = {
        method: request.method ?? '',
        path,
        headers: request.headers,
        body,
        params: Object.fromEntries(new URLSearchParams(encoded)),
        at: Date.now(),
      };
      this.received.push(received);
      this.respond(received, response, request.socket);
    });
  }
}
