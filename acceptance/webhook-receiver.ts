/** A customer's web server: records what arrives, answers as scripted, and checks signatures with the SDK's own validators. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { validateSignature, validateV3Signature } from './sdk.ts';
import { eventually } from './wait.ts';

export interface Received {
  readonly method: string;
  /** The URL as it was requested, with scheme, host and query. */
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Parameters of the query and of a form body. */
  readonly params: Readonly<Record<string, string>>;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export type Answer =
  | { status?: number; body?: string | Uint8Array; contentType?: string; location?: string; afterMs?: number }
  | 'hang'
  | 'reset';
export type Script = (request: Received, count: number) => Answer;

const FORM = 'application/x-www-form-urlencoded';
const OK: Answer = { status: 200 };

export interface SignatureCheck {
  readonly v2: boolean;
  readonly maV2: boolean;
  readonly v3: boolean;
  readonly maV3: boolean;
}

export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #script: Script = () => OK;
  #port = 0;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    const address = receiver.#server.address();
    if (address !== null && typeof address === 'object') receiver.#port = address.port;
    return receiver;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** What to answer from now on; `count` is how many requests that path has had, this one included. */
  answer(script: Script): void {
    this.#script = script;
  }

  on(path: string): Received[] {
    return this.received.filter((request) => request.path === path);
  }

  async waitFor(what: string, wanted: (request: Received) => boolean, timeoutMs?: number): Promise<Received> {
    return await eventually(`webhook: ${what}`, () => this.received.find(wanted), timeoutMs);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
    } catch {
      return; // the sender went away in the middle
    }
    const body = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`);
    const form = (request.headers['content-type'] ?? '').startsWith(FORM);
    const received: Received = {
      method: request.method ?? '',
      url: `http://${request.headers.host ?? ''}${request.url ?? ''}`,
      path: url.pathname,
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      body,
      params: { ...Object.fromEntries(url.searchParams), ...(form ? Object.fromEntries(new URLSearchParams(body)) : {}) },
      at: performance.now(),
    };
    this.received.push(received);
    const answer = this.#script(received, this.on(received.path).length);
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (answer.afterMs !== undefined) await sleep(answer.afterMs);
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.contentType ?? 'text/plain',
      'content-length': Buffer.byteLength(answer.body ?? ''),
      ...(answer.location === undefined ? {} : { location: answer.location }),
    });
    response.end(answer.body ?? '');
  }
}

/** `token` is that of the account or subaccount that owns the number or message, `mainToken` that of the main account. */
export function checkSignatures(request: Received, token: string, mainToken: string): SignatureCheck {
  const header = (name: string) => request.headers[name] ?? '';
  // Only form parameters are part of what V3 signs; a JSON body (asynchronous replies) is not.
  const isForm = (request.headers['content-type'] ?? '').startsWith(FORM);
  const form = isForm ? Object.fromEntries(new URLSearchParams(request.body)) : {};
  const v2 = (name: string, key: string) =>
    header(name) !== '' && Boolean(validateSignature(request.url, header('x-plivo-signature-v2-nonce'), header(name), key));
  const v3 = (name: string, key: string) =>
    header(name) !== '' &&
    Boolean(validateV3Signature(request.method, request.url, header('x-plivo-signature-v3-nonce'), key, header(name), form));
  return {
    v2: v2('x-plivo-signature-v2', token),
    maV2: v2('x-plivo-signature-ma-v2', mainToken),
    v3: v3('x-plivo-signature-v3', token),
    maV3: v3('x-plivo-signature-ma-v3', mainToken),
  };
}

export const allSignaturesValid: SignatureCheck = { v2: true, maV2: true, v3: true, maV3: true };
