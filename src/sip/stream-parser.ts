import type { SipMessage } from './message.ts';
import type { SipParseError } from './parse-error.ts';
import { type Fault, MAX_MESSAGE_BYTES, type MessageHead, messageOf, parseError, parseHead } from './parser.ts';

/** Room for an INVITE with its SDP before the buffer of a connection has to grow. */
const INITIAL_BUFFER_BYTES = 4096;

const CR = 13;
const LF = 10;
const HEADERS_END = Buffer.from('\r\n\r\n');

const EMPTY = Buffer.alloc(0);

/** What a stream carries besides messages. */
export interface StreamParserEvents {
  /** The peer keeps the connection alive with CRLF CRLF and expects a CRLF back (RFC 5626 §3.5.1). */
  ping(): void;
  /** The CRLF that answers a ping of ours. */
  pong(): void;
  /** A message that was no valid one. Where the next one begins is still known, unless the parser is `broken` afterwards. */
  malformed(error: SipParseError): void;
}

/** A head whose body has not arrived in full. */
interface PendingBody {
  readonly head: MessageHead;
  readonly length: number;
}

/**
 * Cuts the byte stream of one TCP or TLS connection into messages by their `Content-Length` (RFC 3261 §18.3) and recognizes
 * keep-alives between them. (A WebSocket frames its messages itself: those go to `parseMessage`, RFC 7118 §5.)
 */
export class SipStreamParser {
  readonly #events: StreamParserEvents;
  #buffer: Buffer = EMPTY;
  /** Whether the buffer is our own; else it is the chunk that came last, which is only read. */
  #owned = false;
  #start = 0;
  #end = 0;
  /** Up to where the buffer is known to hold no end of headers. */
  #searched = 0;
  #pending: PendingBody | undefined;
  #halfPing = false;
  #broken = false;

  constructor(events: StreamParserEvents) {
    this.#events = events;
  }

  /** Where messages begin can no longer be told: everything further is ignored and the connection must be closed. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Takes the next bytes; answers the messages they complete, in order. Never throws. */
  push(chunk: Buffer): SipMessage[] {
    const messages: SipMessage[] = [];
    if (this.#broken) return messages;
    this.#append(chunk);
    while (!this.#broken && this.#step(messages));
    if (this.#start === this.#end || this.#broken) this.#release();
    return messages;
  }

  /** Does one thing with the buffer; false when that takes more bytes. */
  #step(messages: SipMessage[]): boolean {
    if (this.#pending) return this.#takeBody(this.#pending, messages);
    const ended = this.#skipKeepAlives();
    return ended ? false : this.#takeHead();
  }

  /** Reports keep-alives at the front; true if nothing else is there yet. */
  #skipKeepAlives(): boolean {
    const bytes = this.#buffer;
    while (this.#start < this.#end) {
      if (bytes[this.#start] !== CR) break;
      if (this.#start + 1 === this.#end) return true;
      if (bytes[this.#start + 1] !== LF) break;
      this.#skip(2);
      // A ping may be cut between its two line ends: the first half has then been taken for a pong.
      if (this.#halfPing || this.#isLineEndNext()) {
        if (!this.#halfPing) this.#skip(2);
        this.#halfPing = false;
        this.#events.ping();
      } else if (this.#end - this.#start === 1 && bytes[this.#start] === CR) {
        this.#start -= 2;
        return true;
      } else {
        this.#halfPing = this.#start === this.#end;
        this.#events.pong();
      }
    }
    return this.#start === this.#end;
  }

  #isLineEndNext(): boolean {
    return this.#end - this.#start >= 2 && this.#buffer[this.#start] === CR && this.#buffer[this.#start + 1] === LF;
  }

  #skip(length: number): void {
    this.#start += length;
    this.#searched = this.#start;
  }

  #takeHead(): boolean {
    this.#halfPing = false;
    const from = Math.max(this.#start, this.#searched - HEADERS_END.length + 1);
    const found = this.#buffer.subarray(from, this.#end).indexOf(HEADERS_END);
    if (found === -1) {
      this.#searched = this.#end;
      if (this.#end - this.#start > MAX_MESSAGE_BYTES) this.#break(this.#headText(this.#end), TOO_LARGE);
      return false;
    }
    const head = this.#headText(from + found);
    const headLength = from + found + HEADERS_END.length - this.#start;
    const { contentLength } = head;
    if (contentLength === 'unreadable') return this.#break(head, head.fault ?? bad('Content-Length is not one number'));
    if (contentLength === undefined && head.fields.some(([name]) => name === 'Content-Type')) {
      return this.#break(head, head.fault ?? bad('Content-Length is missing'));
    }
    // Something that is not SIP at all: what it calls headers says nothing about where a message could begin.
    if (head.start.kind === undefined) return this.#break(head, head.fault ?? bad('The start line is malformed'));
    const length = contentLength ?? 0;
    if (headLength + length > MAX_MESSAGE_BYTES) return this.#break(head, TOO_LARGE);
    this.#skip(headLength);
    this.#pending = { head, length };
    return true;
  }

  #headText(end: number): MessageHead {
    return parseHead(this.#buffer.toString('utf8', this.#start, end));
  }

  #takeBody({ head, length }: PendingBody, messages: SipMessage[]): boolean {
    if (this.#end - this.#start < length) return false;
    this.#pending = undefined;
    // A copy: the buffer is used again for what follows.
    const body = Buffer.from(this.#buffer.subarray(this.#start, this.#start + length));
    this.#skip(length);
    if (head.fault) this.#events.malformed(parseError(head, head.fault));
    else messages.push(messageOf(head, body));
    return true;
  }

  #break(head: MessageHead, fault: Fault): false {
    this.#broken = true;
    this.#events.malformed(parseError(head, fault));
    return false;
  }

  /** Appends to the unread bytes, moving them to the front or doubling the buffer when there is no room behind them. */
  #append(chunk: Buffer): void {
    const unread = this.#end - this.#start;
    if (unread === 0) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#searched = 0;
      this.#owned = false;
      return;
    }
    const needed = unread + chunk.length;
    if (!this.#owned || this.#end + chunk.length > this.#buffer.length) {
      const room = this.#owned && needed <= this.#buffer.length / 2 ? this.#buffer : Buffer.alloc(roomFor(needed));
      this.#buffer.copy(room, 0, this.#start, this.#end);
      this.#buffer = room;
      this.#owned = true;
      this.#searched -= this.#start;
      this.#start = 0;
      this.#end = unread;
    }
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** Holds no memory while the connection is idle. */
  #release(): void {
    this.#buffer = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#searched = 0;
    this.#owned = false;
  }
}

const TOO_LARGE: Fault = { text: 'Message too large', status: 513 };
const bad = (text: string): Fault => ({ text, status: 400 });
const roomFor = (needed: number): number => Math.max(INITIAL_BUFFER_BYTES, 2 ** Math.ceil(Math.log2(needed)));

/** A keep-alive that is a datagram or WebSocket message of its own: `ping` is CRLF CRLF, `pong` CRLF, anything else undefined. */
export function keepAliveOf(bytes: Buffer): 'ping' | 'pong' | undefined {
  if (bytes.length === 4) return bytes.equals(HEADERS_END) ? 'ping' : undefined;
  return bytes.length === 2 && bytes[0] === CR && bytes[1] === LF ? 'pong' : undefined;
}
