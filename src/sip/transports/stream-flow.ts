import type { Clock } from '../../runtime/clock.ts';
import type { SipMessage } from '../message.ts';
import type { Endpoint, StreamConnection } from '../network.ts';
import type { SipParseError } from '../parse-error.ts';
import { SipStreamParser } from '../stream-parser.ts';
import type { Flow } from './flow.ts';
import { IdleWatch } from './idle-watch.ts';
import type { TransportLimits } from './limits.ts';

export interface FlowEvents {
  onMessage(message: SipMessage, flow: Flow): void;
  onMalformed(error: SipParseError, flow: Flow): void;
  /** The connection has ended or never came about; called once. */
  onClosed(): void;
}

interface Unsent {
  readonly data: Buffer;
  readonly onError: (error: Error) => void;
}

const PONG = Buffer.from('\r\n');
const PING = Buffer.from('\r\n\r\n');
/** Below the two minutes after which NATs and firewalls forget a connection (RFC 5626 §4.4.1). */
const PING_MS = 95_000;
/** Messages that may wait for a connection being opened: one target's transactions of a few seconds. */
const MOST_WAITING = 256;

/** One TCP or TLS connection, accepted or being opened. Messages sent before it stands wait for it. */
export class StreamFlow implements Flow {
  readonly transport: 'tcp' | 'tls';
  readonly remote: Endpoint;
  readonly isReliable = true;
  readonly #clock: Clock;
  readonly #limits: TransportLimits;
  readonly #events: FlowEvents;
  readonly #parser: SipStreamParser;
  #connection: StreamConnection | undefined;
  #waiting: Unsent[] = [];
  #idle: IdleWatch | undefined;
  #stopMessageTimer: (() => void) | undefined;
  #stopPing: (() => void) | undefined;
  /** What came last ended something: no message is being waited for. */
  #isBetweenMessages = false;
  #closed = false;

  constructor(transport: 'tcp' | 'tls', remote: Endpoint, clock: Clock, limits: TransportLimits, events: FlowEvents) {
    this.transport = transport;
    this.remote = remote;
    this.#clock = clock;
    this.#limits = limits;
    this.#events = events;
    this.#parser = new SipStreamParser({
      ping: () => {
        this.#isBetweenMessages = true;
        this.#idle?.touch();
        this.#connection?.write(PONG);
      },
      pong: () => {
        this.#isBetweenMessages = true;
      },
      malformed: (error) => {
        this.#isBetweenMessages = true;
        events.onMalformed(error, this);
      },
    });
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** The connection stands. One that was accepted has to show its first message soon. */
  attach(connection: StreamConnection, wasAccepted: boolean): void {
    if (this.#closed) {
      connection.destroy();
      return;
    }
    this.#connection = connection;
    this.#idle = new IdleWatch(this.#clock, this.#limits.idleMs, () => this.close());
    if (wasAccepted) this.#expectMessage();
    else this.#schedulePing(connection);
    connection.onData((data) => this.#receive(data));
    connection.onClose((error) => this.fail(error ?? new Error('the connection was closed')));
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { data, onError } of waiting) this.send(data, onError);
  }

  send(data: Buffer, onError: (error: Error) => void): void {
    if (this.#closed) {
      onError(new Error('the connection is closed'));
      return;
    }
    const connection = this.#connection;
    if (connection === undefined) {
      if (this.#waiting.length >= MOST_WAITING) {
        onError(new Error('too many messages wait for the connection'));
        return;
      }
      this.#waiting.push({ data, onError });
      return;
    }
    if (connection.bufferedBytes > this.#limits.unsentBytes) {
      onError(new Error('the peer does not read'));
      this.close();
      return;
    }
    this.#idle?.touch();
    connection.write(data);
  }

  /** The connection is lost, or could not be opened. */
  fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#idle?.stop();
    this.#stopPing?.();
    this.#stopMessageTimer?.();
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#events.onClosed();
    for (const { onError } of waiting) onError(error);
  }

  close(): void {
    this.#connection?.destroy();
    this.fail(new Error('the connection was closed here'));
  }

  #receive(data: Buffer): void {
    if (this.#closed) return;
    this.#isBetweenMessages = false;
    const messages = this.#parser.push(data);
    if (messages.length > 0) this.#idle?.touch();
    if (messages.length > 0 || this.#isBetweenMessages) {
      this.#stopMessageTimer?.();
      this.#stopMessageTimer = undefined;
    } else {
      this.#expectMessage();
    }
    for (const message of messages) this.#events.onMessage(message, this);
    // The answer to what broke the framing has been written and goes out before the end.
    if (this.#parser.broken) {
      this.#connection?.end();
      this.fail(new Error('the peer does not speak SIP'));
    }
  }

  /** Who opened the connection keeps it open on the way; here that is no use of it that keeps it from being closed as idle. */
  #schedulePing(connection: StreamConnection): void {
    this.#stopPing = this.#clock.after(PING_MS, () => {
      connection.write(PING);
      this.#schedulePing(connection);
    });
  }

  #expectMessage(): void {
    this.#stopMessageTimer ??= this.#clock.after(this.#limits.messageMs, () => this.close());
  }
}
