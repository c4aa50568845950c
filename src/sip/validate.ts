import { parseContact } from './contact.ts';
import { parseCSeq } from './cseq.ts';
import type { SipHeaders } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseNameAddress } from './name-address.ts';
import { parseDecimal } from './scan.ts';
import { tokenList } from './token-list.ts';
import { parseUri, uriScheme } from './uri.ts';
import { parseVia } from './via.ts';

/** What to do with a request that was parsed. */
export type RequestVerdict =
  | { readonly kind: 'ok' }
  /** `reason` is the reason phrase; 420 has the option tags for `Unsupported`. */
  | {
      readonly kind: 'answer';
      readonly status: 400 | 416 | 420;
      readonly reason: string;
      readonly unsupported?: readonly string[];
    }
  | { readonly kind: 'drop'; readonly reason: string };

export type ResponseVerdict = { readonly kind: 'ok' } | { readonly kind: 'drop'; readonly reason: string };

export interface RequestRules {
  /** Option tags this element understands in `Require`, lower case. */
  readonly supported: ReadonlySet<string>;
}

/** One octet in the grammar of proxies and in RFC 4475 §3.1.2.4. */
const MAX_MAX_FORWARDS = 255;

/** Headers a message has once at most; which of two would count depends on who reads, so neither does. */
const ONCE = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type'] as const;

/** Schemes a Request-URI may have here (RFC 3261 §8.2.2.1). */
const SCHEMES: ReadonlySet<string> = new Set(['sip', 'sips', 'tel']);

const OK = { kind: 'ok' } as const;

/**
 * Checks a parsed request before anything acts on it (RFC 3261 §8.1.1, §8.2, §16.3): the headers that every request has are there,
 * readable and agree with each other; the Request-URI has a scheme known here; nothing is required that is not supported. Whether
 * method, body and addressee suit is the business of those who serve the request. An ACK is never answered, only dropped.
 */
export function validateRequest(request: SipRequest, { supported }: RequestRules): RequestVerdict {
  const fault = requestFault(request);
  if (fault !== undefined) {
    const answerable = request.method !== 'ACK' && topVia(request.headers) !== undefined;
    return answerable ? { kind: 'answer', status: 400, reason: fault } : { kind: 'drop', reason: fault };
  }
  // ACK and CANCEL require nothing: what they refer to was accepted or refused already (§8.2.2.3).
  if (request.method === 'ACK' || request.method === 'CANCEL') return OK;
  const scheme = uriScheme(request.uri);
  if (scheme === undefined || !SCHEMES.has(scheme)) return { kind: 'answer', status: 416, reason: 'Unsupported URI Scheme' };
  const required = [...tokenList(request.headers, 'Require'), ...tokenList(request.headers, 'Proxy-Require')];
  const unsupported = [...new Set(required.filter((tag) => !supported.has(tag)))];
  return unsupported.length === 0 ? OK : { kind: 'answer', status: 420, reason: 'Bad Extension', unsupported };
}

/**
 * Checks a parsed response (RFC 3261 §8.1.3): one that is malformed, or has a second `Via` and so was meant for somebody else
 * (§8.1.3.3), is dropped.
 */
export function validateResponse({ headers }: SipResponse): ResponseVerdict {
  const fault = commonFault(headers) ?? (headers.all('Via').length > 1 ? 'More than one Via' : undefined);
  return fault === undefined ? OK : { kind: 'drop', reason: fault };
}

/** What is wrong with the request, as a reason phrase. */
function requestFault({ method, uri, headers }: SipRequest): string | undefined {
  const fault = commonFault(headers) ?? maxForwardsFault(headers) ?? contactFault(method, headers);
  if (fault !== undefined) return fault;
  const cseq = parseCSeq(headers.get('CSeq') ?? '');
  if (cseq?.method !== method) return 'CSeq method does not match';
  const scheme = uriScheme(uri);
  if (scheme === undefined) return 'Malformed Request-URI';
  if (!SCHEMES.has(scheme)) return undefined;
  const parsed = parseUri(uri);
  // Headers belong into URIs that requests are made from, never into the request's own (§19.1.1).
  return parsed === undefined || (parsed.scheme !== 'tel' && parsed.headers.length > 0) ? 'Malformed Request-URI' : undefined;
}

/** What is wrong with the headers that requests and responses share. */
function commonFault(headers: SipHeaders): string | undefined {
  const vias = headers.all('Via');
  if (vias.length === 0) return 'Missing Via';
  if (vias.some((value) => parseVia(value) === undefined)) return 'Malformed Via';
  for (const name of ONCE) if (headers.all(name).length > 1) return `More than one ${name}`;
  for (const name of ['From', 'To'] as const) {
    const value = headers.get(name);
    if (value === undefined) return `Missing ${name}`;
    if (!isAddress(value)) return `Malformed ${name}`;
  }
  const callId = headers.get('Call-ID');
  if (callId === undefined) return 'Missing Call-ID';
  // Visible ASCII: it is sent back, so what the decoding of other bytes may have changed would not be recognized.
  if (!/^[\x21-\x7e]+$/.test(callId)) return 'Malformed Call-ID';
  const cseq = headers.get('CSeq');
  if (cseq === undefined) return 'Missing CSeq';
  if (parseCSeq(cseq) === undefined) return 'Malformed CSeq';
  for (const name of ['Route', 'Record-Route'] as const) {
    if (headers.all(name).some((value) => !isAddress(value))) return `Malformed ${name}`;
  }
  return undefined;
}

/** A name-addr whose URI is readable if it is of a scheme known here. */
function isAddress(value: string): boolean {
  const address = parseNameAddress(value);
  if (!address) return false;
  const scheme = uriScheme(address.uri) ?? '';
  return !SCHEMES.has(scheme) || parseUri(address.uri) !== undefined;
}

/** The header may be missing: elements older than RFC 3261 do not send it (RFC 4475 §3.4.1). */
function maxForwardsFault(headers: SipHeaders): string | undefined {
  const value = headers.get('Max-Forwards');
  return value === undefined || parseDecimal(value, MAX_MAX_FORWARDS) !== undefined ? undefined : 'Malformed Max-Forwards';
}

/** An INVITE names the one place its dialog is reached at (§8.1.1.8); only a REGISTER may name none of its many by `*`. */
function contactFault(method: string, headers: SipHeaders): string | undefined {
  const contacts = headers.all('Contact');
  if (method === 'INVITE' && contacts.length !== 1) return contacts.length === 0 ? 'Missing Contact' : 'More than one Contact';
  for (const value of contacts) {
    const contact = parseContact(value);
    if (contact === undefined) return 'Malformed Contact';
    if (contact === '*' ? method !== 'REGISTER' || contacts.length > 1 : !isAddress(value)) return 'Malformed Contact';
  }
  return undefined;
}

const topVia = (headers: SipHeaders) => parseVia(headers.get('Via') ?? '');
