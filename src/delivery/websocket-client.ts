import { WebSocket } from 'ws';
import type { Clock } from '../runtime/clock.ts';
import type { TargetGuard } from './target-guard.ts';

/** From the first packet to the answer of the upgrade: who is slower is no real-time application. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Largest message that is taken: 20 seconds of the largest format, for applications that send whole sentences. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

export interface WebSocketClientOptions {
  readonly guard: TargetGuard;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Certificates to trust besides the system's. */
  readonly ca?: string | undefined;
}

export interface WebSocketEvents {
  message(text: string): void;
  binary(): void;
  pong(content: string): void;
  closed(code: number): void;
}

export interface WebSocketRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: WebSocketEvents;
  readonly signal: AbortSignal;
}

/** Opens WebSockets to customers' servers (RFC 6455): to permitted addresses only, with certificates verified, no redirects followed. */
export class WebSocketClient {
  readonly #options: WebSocketClientOptions;

  constructor(options: WebSocketClientOptions) {
    this.#options = options;
  }

  /**
   * One attempt. The socket comes paused. Rejects with what went wrong.
   *
   * @throws TargetRefused for an address that is not permitted
   */
  async open({ url, headers, events, signal }: WebSocketRequest): Promise<OpenWebSocket> {
    const { guard, clock, userAgent, ca } = this.#options;
    const target = new URL(url);
    target.hash = '';
    // The guard speaks of http: the same addresses, the same rules.
    guard.check(new URL(target.href.replace(/^ws/i, 'http')));
    signal.throwIfAborted();
    const socket = new WebSocket(target, {
      headers: { 'User-Agent': userAgent, ...headers },
      lookup: guard.lookup,
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    const opened = Promise.withResolvers<void>();
    let failure: Error | undefined;
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, () => {
      failure = new Error(`no answer to the upgrade within ${CONNECT_TIMEOUT_MS} ms`);
      socket.terminate();
    });
    const onAbort = () => socket.terminate();
    signal.addEventListener('abort', onAbort, { once: true });
    let isOpen = false;
    socket.on('open', () => {
      isOpen = true;
      socket.pause();
      opened.resolve();
    });
    // An error after the opening is followed by `close`, which tells.
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('close', (code) => {
      if (isOpen) events.closed(code);
      else opened.reject(failure ?? new Error(`closed with ${code} before it was open`));
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) events.binary();
      else events.message(String(data));
    });
    socket.on('pong', (content) => events.pong(content.toString('utf8')));
    try {
      await opened.promise;
    } finally {
      cancelTimeout();
      signal.removeEventListener('abort', onAbort);
    }
    return new OpenWebSocket(socket);
  }
}

export class OpenWebSocket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Text goes as a text message, octets as a binary one. */
  send(message: string | Uint8Array): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(message, ignore);
  }

  ping(content: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(content, true, ignore);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    // A paused socket would never read the answer to its close.
    this.#socket.resume();
    this.#socket.close(1000);
  }

  terminate(): void {
    this.#socket.resume();
    this.#socket.terminate();
  }
}

/** A message that could not be sent: the close that follows tells. */
function ignore(): void {
  // See above.
}
