import { parseCSeq } from './cseq.ts';
import type { SipHeaders } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { parseNameAddress } from './name-address.ts';
import { parseDecimal } from './scan.ts';
import { tokenList } from './token-list.ts';
import { isUri, parseSipUri, uriScheme } from './uri.ts';
import { parseVia } from './via.ts';

/** What to do with a request that was parsed. */
export type RequestVerdict =
  | { readonly kind: 'ok' }
  /** `reason` is the reason phrase; 420 has the option tags for `Unsupported`. It goes to where the request came from. */
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
const ONCE: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type']);

const MANDATORY = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const;

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
    const answerable = request.method !== 'ACK' && request.headers.has('Via');
    return answerable ? { kind: 'answer', status: 400, reason: fault } : { kind: 'drop', reason: fault };
  }
  // ACK and CANCEL require nothing: what they refer to was accepted or refused already (§8.2.2.3).
  if (request.method === 'ACK' || request.method === 'CANCEL') return OK;
  const scheme = uriScheme(request.uri);
  if (scheme === undefined || !SCHEMES.has(scheme)) return { kind: 'answer', status: 416, reason: 'Unsupported URI Scheme' };
  const unsupported = tokenList(request.headers, 'Require').filter((tag) => !supported.has(tag.toLowerCase()));
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
  if (parseCSeq(headers.get('CSeq') ?? '')?.method !== method) return 'CSeq method does not match';
  const scheme = uriScheme(uri);
  if (scheme === undefined) return 'Malformed Request-URI';
  // Headers belong into URIs that requests are made from, never into the request's own (§19.1.1).
  const hasHeaders = uri.includes('?') && (parseSipUri(uri)?.headers.length ?? 0) > 0;
  return SCHEMES.has(scheme) && (hasHeaders || !isUri(uri)) ? 'Malformed Request-URI' : undefined;
}

/** What is wrong with the headers that requests and responses share. */
function commonFault(headers: SipHeaders): string | undefined {
  const seen = new Set<string>();
  let fault: string | undefined;
  for (const [name, value] of headers) {
    const isReadable = READABLE.get(name);
    if (isReadable !== undefined && !isReadable(value)) fault ??= `Malformed ${name}`;
    if (ONCE.has(name) && seen.has(name)) fault ??= `More than one ${name}`;
    seen.add(name);
  }
  return MANDATORY.reduce<string | undefined>((found, name) => found ?? (seen.has(name) ? undefined : `Missing ${name}`), fault);
}

/** A name-addr whose URI is readable if it is of a scheme known here. */
function isAddress(value: string): boolean {
  const address = parseNameAddress(value);
  return address !== undefined && (isUri(address.uri) || !SCHEMES.has(uriScheme(address.uri) ?? ''));
}

/** Headers whose every value must be readable, for dialogs and transactions are made of them. */
const READABLE: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['Via', (value) => parseVia(value) !== undefined],
  ['From', isAddress],
  ['To', isAddress],
  // Visible ASCII: it is sent back, so what the decoding of other bytes may have changed would not be recognized.
  ['Call-ID', (value) => /^[\x21-\x7e]+$/.test(value)],
  ['CSeq', (value) => parseCSeq(value) !== undefined],
  ['Route', isAddress],
  ['Record-Route', isAddress],
]);

/** The header may be missing: elements older than RFC 3261 do not send it (RFC 4475 §3.4.1). */
function maxForwardsFault(headers: SipHeaders): string | undefined {
  const value = headers.get('Max-Forwards');
  return value === undefined || parseDecimal(value, MAX_MAX_FORWARDS) !== undefined ? undefined : 'Malformed Max-Forwards';
}

/**
 * An INVITE names one place its dialog is reached at (§8.1.1.8); that it names none is for the dialog to judge, as elements older than
 * RFC 3261 do so (RFC 4475 §3.4.1). Only a REGISTER may mean all its contacts by `*`.
 */
function contactFault(method: string, headers: SipHeaders): string | undefined {
  const contacts = headers.all('Contact');
  if (method === 'INVITE' && contacts.length > 1) return 'More than one Contact';
  const isReadable = (value: string) => (value === '*' ? method === 'REGISTER' && contacts.length === 1 : isAddress(value));
  return contacts.every(isReadable) ? undefined : 'Malformed Contact';
}
