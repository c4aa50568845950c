import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

/** What a stand-in for a speech service was asked over HTTP. */
export interface TranscriptionRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  /** The WAV file. */
  readonly file: Buffer;
}

/** One session over a WebSocket. */
export interface RecogniserSession {
  readonly socket: WebSocket;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly texts: string[];
  /** Octets of audio. */
  audio: number;
  isClosed: boolean;
}

/** How answers are wrong. */
export type RecogniserFault =
  | { readonly kind: 'silent' }
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  | { readonly kind: 'body'; readonly body: string };

/** A stand-in for speech services: OpenAI's transcriptions over HTTP, Deepgram's and Vosk's sockets. */
export class RecogniserServer {
  readonly requests: TranscriptionRequest[] = [];
  readonly sessions: RecogniserSession[] = [];
  fault: RecogniserFault | undefined;
  /** What is answered over HTTP. */
  answer: unknown = { text: ' Hello there. ' };
  /** What a session does with each text; audio is `undefined`. */
  onMessage: (session: RecogniserSession, text: string | undefined) => void = () => undefined;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      if (this.fault?.kind === 'silent') return;
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#take(opened, request));
    });
  }

  static async start(): Promise<RecogniserServer> {
    const server = new RecogniserServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** `http` or `ws`. */
  url(scheme: 'http' | 'ws', path = ''): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `${scheme}://127.0.0.1:${address.port}${path}`;
  }

  async stop(): Promise<void> {
    for (const { socket } of this.sessions) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { fields, file } = await readForm(request);
    this.requests.push({ path: request.url ?? '', authorization: request.headers.authorization, fields, file });
    const { fault } = this;
    if (fault?.kind === 'silent') return;
    if (fault?.kind === 'status') response.writeHead(fault.status, { 'content-type': 'application/json' }).end(fault.body);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(fault?.body ?? JSON.stringify(this.answer));
  }

  #take(socket: WebSocket, request: IncomingMessage): void {
    const { authorization } = request.headers;
    const session: RecogniserSession = { socket, url: request.url ?? '', authorization, texts: [], audio: 0, isClosed: false };
    this.sessions.push(session);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      session.isClosed = true;
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary && Buffer.isBuffer(data)) session.audio += data.length;
      else session.texts.push(String(data));
      this.onMessage(session, isBinary ? undefined : String(data));
    });
  }
}

/** The parts of a multipart/form-data body (RFC 7578). */
async function readForm(request: IncomingMessage): Promise<Pick<TranscriptionRequest, 'fields' | 'file'>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const form = await new Response(Buffer.concat(chunks), {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }).formData();
  const fields: Record<string, string> = {};
  let file = Buffer.alloc(0);
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else file = Buffer.from(await value.arrayBuffer());
  }
  return { fields, file };
}
