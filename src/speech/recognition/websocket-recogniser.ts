import type { OpenWebSocket, WebSocketRequest } from '../../delivery/websocket-client.ts';
import {
  cancelled,
  type RecognisedSpeech,
  type Recogniser,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
  type SpeechModel,
} from './recogniser.ts';
import { dialects, type Fields, type SpeechDialect, type SpeechDialectName } from './speech-dialect.ts';
import { octetsOf } from './wav-utterance.ts';

/** What is used of a WebSocket. It comes paused. */
export type RecogniserSocket = Pick<OpenWebSocket, 'send' | 'resume' | 'close' | 'terminate' | 'bufferedBytes'>;

export interface WebSocketRecogniserOptions {
  readonly url: string;
  readonly dialect: SpeechDialectName;
  readonly apiKey?: string | undefined;
  /** The server's names of models; what is not named has that of `default`, or the server's own choice. */
  readonly models: Readonly<Partial<Record<SpeechModel, string>>>;
  readonly open: (request: WebSocketRequest) => Promise<RecogniserSocket>;
}

/** Audio that the server has not taken: 30 s at 16 kHz. Who is further behind gives no result in time. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Text of one utterance; two minutes of speech have some 2,000 characters. */
const MAX_TEXT = 20_000;
const MAX_SENTENCES = 1_000;
/** Orderly closes (RFC 6455 §7.4.1). */
const ORDERLY = new Set([1000, 1001, 1005]);

/** A server that hears the audio as it comes and tells what it understands meanwhile, over one WebSocket an utterance. */
export class WebSocketRecogniser implements Recogniser {
  readonly name = 'websocket';
  readonly #options: WebSocketRecogniserOptions;
  readonly #under = new Set<Session>();

  constructor(options: WebSocketRecogniserOptions) {
    this.#options = options;
  }

  recognise(request: RecognitionRequest): Recognition {
    const session = new Session(request, this.#options, () => this.#under.delete(session));
    this.#under.add(session);
    session.begin();
    return session;
  }

  async close(): Promise<void> {
    for (const session of this.#under) session.cancel();
  }
}

class Session implements Recognition {
  readonly result: Promise<RecognisedSpeech>;
  readonly #request: RecognitionRequest;
  readonly #options: WebSocketRecogniserOptions;
  readonly #dialect: SpeechDialect;
  readonly #over = new AbortController();
  readonly #resolve: (speech: RecognisedSpeech) => void;
  readonly #reject: (error: RecognitionError) => void;
  readonly #onOver: () => void;
  /** Until the socket stands. */
  #waiting: Int16Array[] = [];
  #socket: RecogniserSocket | undefined;
  #isEnded = false;
  #sentences: { readonly text: string; readonly confidence: number | undefined }[] = [];

  constructor(request: RecognitionRequest, options: WebSocketRecogniserOptions, onOver: () => void) {
    const { promise, resolve, reject } = Promise.withResolvers<RecognisedSpeech>();
    promise.catch(() => undefined);
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#request = request;
    this.#options = options;
    this.#dialect = dialects[options.dialect];
    this.#onOver = onOver;
  }

  begin(): void {
    this.#open().catch((error: unknown) => this.#fail(error instanceof Error ? error.message : String(error)));
  }

  push(pcm: Int16Array): void {
    if (this.#isEnded || this.#over.signal.aborted) return;
    if (!this.#socket) {
      this.#waiting.push(pcm);
      return;
    }
    this.#socket.send(octetsOf(pcm));
    if (this.#socket.bufferedBytes > MAX_UNSENT_BYTES) this.#fail('the server does not take the audio as fast as it comes');
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#socket?.send(this.#dialect.farewell);
  }

  cancel(): void {
    this.#finish(() => this.#reject(cancelled()), true);
  }

  async #open(): Promise<void> {
    const { url, apiKey, models, open } = this.#options;
    const model = models[this.#request.model] ?? models.default;
    const socket = await open({
      url: this.#dialect.url(url, this.#request, model).href,
      headers: this.#dialect.headers(apiKey),
      signal: this.#over.signal,
      events: {
        message: (text) => this.#take(text),
        binary: () => undefined,
        pong: () => undefined,
        closed: (code) => this.#closed(code),
      },
    });
    if (this.#over.signal.aborted) {
      socket.terminate();
      return;
    }
    this.#socket = socket;
    socket.resume();
    const greeting = this.#dialect.greeting(this.#request);
    if (greeting !== undefined) socket.send(greeting);
    for (const pcm of this.#waiting.splice(0)) socket.send(octetsOf(pcm));
    if (this.#isEnded) socket.send(this.#dialect.farewell);
  }

  #take(text: string): void {
    if (this.#over.signal.aborted) return;
    const understood = this.#dialect.read(fieldsOf(text));
    switch (understood.kind) {
      case 'interim':
        this.#request.interim?.({ ...understood.result, stable: this.#text });
        return;
      case 'sentence':
        if (understood.text === '' || this.#sentences.length >= MAX_SENTENCES) return;
        this.#sentences.push({ text: understood.text.trim(), confidence: understood.confidence });
        this.#request.interim?.({ stable: this.#text, unstable: '', stability: 1 });
        return;
      case 'end':
        this.#complete();
        return;
      case 'failed':
        this.#fail(understood.reason);
        return;
      case 'ignored':
        return;
    }
  }

  #closed(code: number): void {
    if (this.#isEnded && ORDERLY.has(code)) this.#complete();
    else this.#fail(`the socket was closed with ${code}`);
  }

  #complete(): void {
    const known = this.#sentences.flatMap(({ text, confidence }) => (confidence === undefined ? [] : [{ text, confidence }]));
    const characters = known.reduce((sum, { text }) => sum + text.length, 0);
    const confidence = known.reduce((sum, each) => sum + each.confidence * each.text.length, 0) / characters;
    this.#finish(() => this.#resolve({ text: this.#text, confidence: characters === 0 ? undefined : confidence }), false);
  }

  #fail(reason: string): void {
    this.#finish(() => this.#reject(new RecognitionError('engine failed', `websocket: ${reason}`)), true);
  }

  #finish(settle: () => void, atOnce: boolean): void {
    if (this.#over.signal.aborted) return;
    settle();
    this.#isEnded = true;
    this.#over.abort();
    this.#waiting = [];
    // A server that has told everything and does not answer the close is not waited for either.
    if (atOnce) this.#socket?.terminate();
    else this.#socket?.close();
    this.#onOver();
  }

  get #text(): string {
    return this.#sentences
      .map(({ text }) => text)
      .join(' ')
      .slice(0, MAX_TEXT);
  }
}

function fieldsOf(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
