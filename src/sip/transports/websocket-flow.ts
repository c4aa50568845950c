import type { Clock } from '../../runtime/clock.ts';
import type { Endpoint } from '../network.ts';
import { SipParseError } from '../parse-error.ts';
import { parseMessage } from '../parser.ts';
import { keepAliveOf } from '../stream-parser.ts';
import type { Flow } from './flow.ts';
import { IdleWatch } from './idle-watch.ts';
import type { TransportLimits } from './limits.ts';
import type { FlowEvents } from './stream-flow.ts';

/** An accepted WebSocket with the subprotocol `sip` (RFC 7118 §4), handed over by the HTTP server. */
export interface WebSocketLike {
  /** One text message. */
  send(data: string): void;
  onMessage(handler: (data: Buffer) => void): void;
  /** Called once, however the socket ends. */
  onClose(handler: () => void): void;
  close(): void;
}

const PONG = '\r\n';

/** One WebSocket: every message is one SIP message (RFC 7118 §5). */
export class WebSocketFlow implements Flow {
  readonly transport: 'ws' | 'wss';
  readonly remote: Endpoint;
  readonly isReliable = true;
  readonly #socket: WebSocketLike;
  readonly #limits: TransportLimits;
  readonly #events: FlowEvents;
  readonly #idle: IdleWatch;
  #closed = false;

  constructor(
    socket: WebSocketLike,
    transport: 'ws' | 'wss',
    remote: Endpoint,
    clock: Clock,
    limits: TransportLimits,
    events: FlowEvents,
  ) {
    this.transport = transport;
    this.remote = remote;
    this.#socket = socket;
    this.#limits = limits;
    this.#events = events;
    this.#idle = new IdleWatch(clock, limits.idleMs, () => this.close());
    socket.onMessage((data) => this.#receive(data));
    socket.onClose(() => this.#ended());
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  send(data: Buffer, onError: (error: Error) => void): void {
    if (this.#closed) {
      onError(new Error('the WebSocket is closed'));
      return;
    }
    this.#idle.touch();
    this.#socket.send(data.toString('utf8'));
  }

  close(): void {
    if (this.#closed) return;
    this.#socket.close();
    this.#ended();
  }

  #ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#idle.stop();
    this.#events.onClosed();
  }

  #receive(data: Buffer): void {
    if (this.#closed) return;
    this.#idle.touch();
    if (data.length > this.#limits.messageBytes) {
      this.close();
      return;
    }
    const keepAlive = keepAliveOf(data);
    if (keepAlive === 'ping') this.#socket.send(PONG);
    if (keepAlive !== undefined) return;
    try {
      this.#events.onMessage(parseMessage(data), this);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      this.#events.onMalformed(error, this);
    }
  }
}
