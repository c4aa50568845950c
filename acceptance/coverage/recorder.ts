/** A reverse proxy between `ringdown run` and the server: passes everything on as it is, and notes what the SDKs requested. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { isSdkHost, routeOf } from './routes.ts';

export interface Seen {
  /** `GET /v1/Call/…`: the request itself. */
  readonly request: string;
  /** Key of the route, undefined when the SDKs' list has none like it. */
  readonly route: string | undefined;
  readonly status: number;
}

/** No route takes longer; an SDK has given up before. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Of a program; one that sends more than this goes round in circles. */
const MAX_SEEN = 10_000;

export class Recorder {
  readonly #server = http.createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  readonly #target: URL;
  #seen: Seen[] = [];
  #port = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  /** @param target base URL of the server, without slash at the end */
  static async start(target: string): Promise<Recorder> {
    const recorder = new Recorder(target);
    await new Promise<void>((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
    const address = recorder.#server.address();
    if (address !== null && typeof address === 'object') recorder.#port = address.port;
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What came since the last time. */
  take(): readonly Seen[] {
    const seen = this.#seen;
    this.#seen = [];
    return seen;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url = '/', headers, rawHeaders } = incoming;
    const host = (headers.host ?? '').replace(/:\d+$/, '');
    const secure = this.#target.protocol === 'https:';
    const forwarded = (secure ? https : http).request({
      host: this.#target.hostname.replace(/^\[|\]$/g, ''),
      port: this.#target.port,
      method,
      path: this.#target.pathname.replace(/\/$/, '') + url,
      headers: this.#isHere() ? rawHeaders : withHost(rawHeaders, this.#target.host),
      timeout: ANSWER_TIMEOUT_MS,
      agent: false,
    });
    const note = (status: number) => {
      if (isSdkHost(host) && this.#seen.length < MAX_SEEN) {
        this.#seen.push({ request: `${method} ${url}`, route: routeOf(method, host, url)?.key, status });
      }
    };
    forwarded.once('response', (answer) => {
      note(answer.statusCode ?? 0);
      outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.once('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    forwarded.once('timeout', () => forwarded.destroy(new Error('no answer in time')));
    forwarded.once('error', (error) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      note(502);
      outgoing
        .writeHead(502, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: `recorder: ${error.message}` }));
    });
    outgoing.once('close', () => forwarded.destroy());
    incoming.once('error', () => forwarded.destroy());
    incoming.pipe(forwarded);
  }

  #isHere(): boolean {
    return /^(127\.|localhost$|\[::1\]$)/.test(this.#target.hostname);
  }
}

/** A server elsewhere may stand behind a proxy that goes by Host; the name that the SDK wrote is in X-Forwarded-Host. */
function withHost(rawHeaders: readonly string[], host: string): string[] {
  return rawHeaders.map((value, at) => (at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host' ? host : value));
}
