import { canonicalHeaderName, isListHeader, usualHeaderName } from './header-names.ts';
import { SipHeaders } from './headers.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { SipParseError } from './parse-error.ts';
import { codes, indexOutside, isBlank, isToken, parseDecimal, trimBlanks } from './scan.ts';

/** Nothing larger fits a UDP datagram, and SIP over streams has no use for more: bodies are SDP and small documents. */
export const MAX_MESSAGE_BYTES = 65_535;
/** An ordinary INVITE has about 30 entries; a message through a dozen proxies with long `Allow` lists stays below 100. */
export const MAX_HEADER_ENTRIES = 256;
/** An `Identity` header (RFC 8224) with a certificate reference is the longest met in practice, about 2 KB. */
export const MAX_HEADER_CHARS = 8192;
/** A Request-URI with every parameter in use stays below 1 KB. */
export const MAX_START_LINE_CHARS = 4096;

const LINE_END = '\r\n';
const HEADERS_END = Buffer.from('\r\n\r\n');
const NO_BODY = Buffer.alloc(0);
const CR = 13;
const LF = 10;
const VERSION = 'SIP/2.0';

type Field = readonly [name: string, value: string];

/** What is wrong with a message; the first thing found is the one reported. */
export interface Fault {
  readonly text: string;
  readonly status: 400 | 505 | 513;
}

interface StartLine {
  /** Undefined when not even that much can be told. */
  readonly kind: 'request' | 'response' | undefined;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly reason: string;
}

/** The part before the body of a message, with its faults collected: whether they matter depends on who asks. */
export interface MessageHead {
  readonly start: StartLine;
  readonly fields: readonly Field[];
  readonly fault: Fault | undefined;
  /** Undefined when absent; `'unreadable'` when there are several or it is no number: a stream has then lost its framing. */
  readonly contentLength: number | 'unreadable' | undefined;
}

/**
 * Parses one datagram or WebSocket message (RFC 3261 §7, §18.3). Empty lines before it are skipped, bytes after `Content-Length` are
 * cut off, a missing `Content-Length` takes the body to the end. Headers are decoded as UTF-8. The body is a view into `bytes`.
 *
 * @throws {SipParseError} for anything that is no SIP message, and for messages above the limits of this file
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const start = skipEmptyLines(bytes);
  if (start === bytes.length) throw new SipParseError('Empty message');
  const end = bytes.indexOf(HEADERS_END, start);
  // Without the empty line the headers that are there still tell who must hear of it.
  const head = parseHead(bytes.toString('utf8', start, end === -1 ? bytes.length : end));
  if (bytes.length > MAX_MESSAGE_BYTES) throw parseError(head, { text: 'Message too large', status: 513 });
  if (head.fault) throw parseError(head, head.fault);
  if (end === -1) throw parseError(head, bad('No empty line after the headers'));
  const bodyStart = end + HEADERS_END.length;
  const { contentLength } = head;
  if (contentLength === 'unreadable') throw parseError(head, bad('Content-Length is not one number'));
  const bodyEnd = contentLength === undefined ? bytes.length : bodyStart + contentLength;
  if (bodyEnd > bytes.length) throw parseError(head, bad('Content-Length is larger than the message'));
  // A part of length 0 would keep the whole datagram for as long as the transaction lasts.
  return messageOf(head, bodyStart === bodyEnd ? NO_BODY : bytes.subarray(bodyStart, bodyEnd));
}

/** Index of the first byte that is not part of leading empty lines (RFC 3261 §7.5). */
function skipEmptyLines(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
  return at;
}

/** Parses start line and headers; `text` ends before the empty line. */
export function parseHead(text: string): MessageHead {
  const fields: Field[] = [];
  const lineEnd = text.indexOf(LINE_END);
  const firstLine = lineEnd === -1 ? text : text.slice(0, lineEnd);
  const [start, startFault] = parseStartLine(firstLine);
  let fault = startFault;
  let at = lineEnd === -1 ? text.length : lineEnd + 2;
  if (isBlank(text.charCodeAt(at))) fault ??= bad('The start line is folded');
  while (at < text.length) {
    let end = endOfLine(text, at);
    let line = text.slice(at, end);
    if (isBlank(text.charCodeAt(end + 2))) {
      end = endOfFolded(text, end);
      line = unfold(text.slice(at, end));
    }
    const found = addField(fields, line);
    fault ??= found;
    if (fields.length > MAX_HEADER_ENTRIES) {
      fields.length = MAX_HEADER_ENTRIES;
      fault ??= bad('Too many headers');
      break;
    }
    at = end + 2;
  }
  return { start, fields, fault, contentLength: contentLengthOf(fields) };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf(LINE_END, from);
  return end === -1 ? text.length : end;
}

/** The end of a header that continues on lines beginning with a blank; `end` is the end of its first line. */
function endOfFolded(text: string, end: number): number {
  let last = end;
  while (last < text.length && isBlank(text.charCodeAt(last + 2))) last = endOfLine(text, last + 2);
  return last;
}

/** One line of a folded header: each fold with the blanks around it is one space (RFC 3261 §7.3.1). */
const unfold = (folded: string): string => folded.split(LINE_END).map(trimBlanks).join(' ');

/** Appends the header's values; answers what is wrong with it. */
function addField(fields: Field[], line: string): Fault | undefined {
  if (line.length > MAX_HEADER_CHARS) return bad('A header is too long');
  const colon = line.indexOf(':');
  if (colon === -1) return bad('A header line has no colon');
  const written = line.slice(0, colon);
  let name = usualHeaderName(written);
  if (name === undefined) {
    const trimmed = trimBlanks(written);
    if (!isToken(trimmed)) return bad('A header name is not a token');
    name = canonicalHeaderName(trimmed);
  }
  const value = trimBlanks(line.slice(colon + 1));
  if (value.includes('\r') || value.includes('\n')) return bad('A header contains a bare CR or LF');
  if (!isListHeader(name) || !value.includes(',')) {
    fields.push([name, value]);
    return undefined;
  }
  let from = 0;
  while (fields.length <= MAX_HEADER_ENTRIES) {
    const comma = indexOutside(value, codes.comma, from);
    fields.push([name, trimBlanks(comma === -1 ? value.slice(from) : value.slice(from, comma))]);
    if (comma === -1) break;
    from = comma + 1;
  }
  return undefined;
}

function parseStartLine(line: string): readonly [StartLine, Fault | undefined] {
  const nothing: StartLine = { kind: undefined, method: '', uri: '', status: 0, reason: '' };
  if (line.length > MAX_START_LINE_CHARS) return [nothing, bad('The start line is too long')];
  return line.startsWith('SIP/') ? parseStatusLine(line, nothing) : parseRequestLine(line, nothing);
}

/** `SIP/2.0 200 OK`; the reason may be empty (RFC 4475 §3.1.1.13), then some peers leave out its space too. */
function parseStatusLine(line: string, nothing: StartLine): readonly [StartLine, Fault | undefined] {
  const match = /^SIP\/2\.0 ([1-6][0-9]{2})(?: ([^\r\n]*))?$/.exec(line);
  if (!match) return [{ ...nothing, kind: 'response' }, bad('The status line is malformed')];
  return [{ ...nothing, kind: 'response', status: Number(match[1]), reason: match[2] ?? '' }, undefined];
}

/** `INVITE sip:user@host SIP/2.0`, single spaces and nothing else between and around (RFC 3261 §7.1). */
function parseRequestLine(line: string, nothing: StartLine): readonly [StartLine, Fault | undefined] {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  const method = line.slice(0, Math.max(0, first));
  if (!isToken(method) || !/ SIP\//i.test(line)) return [nothing, bad('The start line is malformed')];
  const uri = line.slice(first + 1, Math.max(first + 1, last));
  const version = line.slice(last + 1);
  if (!isUriText(uri)) return [{ ...nothing, kind: 'request', method }, bad('The request line is malformed')];
  const start: StartLine = { ...nothing, kind: 'request', method, uri };
  if (version === VERSION || version.toUpperCase() === VERSION) return [start, undefined];
  if (/^SIP\/[0-9]{1,10}\.[0-9]{1,10}$/i.test(version)) return [start, { text: 'Version not supported', status: 505 }];
  return [start, bad('The request line is malformed')];
}

/** Visible characters only, and no angle brackets or quotes, which no URI contains (RFC 3986 §2). */
const isUriText = (text: string): boolean => /^[^\0-\x20"<>\x7f]+$/.test(text);

function contentLengthOf(fields: readonly Field[]): number | 'unreadable' | undefined {
  let length: number | undefined;
  for (const [name, value] of fields) {
    if (name !== 'Content-Length') continue;
    if (length !== undefined) return 'unreadable';
    length = parseDecimal(value, Number.MAX_SAFE_INTEGER);
    if (length === undefined) return 'unreadable';
  }
  return length;
}

const bad = (text: string): Fault => ({ text, status: 400 });

/** The error for a message of which only the head is known, with an answer if it can have one. */
export function parseError(head: MessageHead, fault: Fault): SipParseError {
  const { start } = head;
  const answerable = start.kind === 'request' && start.method !== 'ACK' && head.fields.some(([name]) => name === 'Via');
  if (!answerable) return new SipParseError(fault.text);
  const request: SipRequest = {
    kind: 'request',
    method: start.method,
    uri: start.uri,
    headers: new SipHeaders(head.fields),
    body: Buffer.alloc(0),
  };
  return new SipParseError(fault.text, { status: fault.status, request });
}

/** The message of a head without fault. */
export function messageOf(head: MessageHead, body: Buffer): SipMessage {
  const headers = new SipHeaders(head.fields);
  const { kind, method, uri, status, reason } = head.start;
  return kind === 'request' ? { kind, method, uri, headers, body } : { kind: 'response', status, reason, headers, body };
}
