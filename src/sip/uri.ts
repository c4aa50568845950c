import { isIPv6 } from 'node:net';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';
import { parseDecimal } from './scan.ts';
import { decodeEscapes, encodeEscapes, normalizeEscapes } from './uri-escapes.ts';

/** A SIP or SIPS URI (RFC 3261 §19.1), escapes resolved. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Absent when the URI names a host only. May hold any character, NUL included, once its escapes are resolved. */
  readonly user?: string;
  readonly password?: string;
  /** Lower case; an IPv6 address in its brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: Parameters;
  /** `?name=value` headers for the request to be made, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A telephone number as URI (RFC 3966). */
export interface TelUri {
  readonly scheme: 'tel';
  /** Without visual separators: `+14155550100`, or digits, `*` and `#` of a local number. */
  readonly number: string;
  readonly parameters: Parameters;
}

export type Uri = SipUri | TelUri;

/** Longest host name of the DNS (RFC 1035 §2.3.4). */
const MAX_HOST_CHARS = 255;
const MAX_PORT = 65_535;

// unreserved and the characters each part allows besides (RFC 3261 §25.1).
const UNRESERVED = "a-zA-Z0-9\\-_.!~*'()";
// A bare # is no URI character, yet phones dial service codes with it.
const USER = new RegExp(`^[${UNRESERVED}&=+$,;?/%#]*$`);
const PASSWORD = new RegExp(`^[${UNRESERVED}&=+$,%]*$`);
const PARAMETER = new RegExp(`^[${UNRESERVED}[\\]/:&+$%]+$`);
const HEADER = new RegExp(`^[${UNRESERVED}[\\]/?:+$%]*$`);
/** `user` characters that stay as they are when written. */
const USER_PLAIN = new RegExp(`[${UNRESERVED}&=+$,;?/]`);
const PASSWORD_PLAIN = new RegExp(`[${UNRESERVED}&=+$,]`);
const PARAMETER_PLAIN = new RegExp(`[${UNRESERVED}[\\]/:&+$]`);
const HEADER_PLAIN = new RegExp(`[${UNRESERVED}[\\]/?:+$]`);

/** The scheme in lower case, or undefined if the text does not begin like a URI: how an unknown scheme is told from a broken URI. */
export function uriScheme(text: string): string | undefined {
  return /^([a-z][a-z0-9+.-]{0,63}):/i.exec(text)?.[1]?.toLowerCase();
}

/** Reads a SIP, SIPS or tel URI; undefined if it is another one or malformed. */
export function parseUri(text: string): Uri | undefined {
  const scheme = uriScheme(text);
  if (scheme === 'tel') return parseTelUri(text.slice(4));
  if (scheme !== 'sip' && scheme !== 'sips') return undefined;
  const parts = splitSipUri(text.slice(scheme.length + 1));
  if (!parts) return undefined;
  const { user, password, host, port } = parts;
  return {
    scheme,
    ...(user === undefined ? {} : { user: decodeEscapes(user) }),
    ...(password === undefined ? {} : { password: decodeEscapes(password) }),
    host,
    ...(port === undefined ? {} : { port }),
    parameters: mapParameters(parts.parameters, decodeEscapes),
    headers: parts.headers.map(([name, value]) => [decodeEscapes(name), decodeEscapes(value)]),
  };
}

/** The shape of nearly every URI there is: no escapes, no password, no address in brackets, no headers. Runs in linear time. */
const PLAIN_SIP_URI = /^sips?:(?:[\w+.*#-]+@)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,4})?(?:;[\w-]+(?:=[\w.+-]+)?)*$/i;

/** Whether the text is a SIP, SIPS or tel URI: quicker than reading it. */
export const isUri = (text: string): boolean =>
  (text.length <= MAX_HOST_CHARS && PLAIN_SIP_URI.test(text)) || parseUri(text) !== undefined;

/** Whether requests to this URI go over TLS wherever its name leads. */
export function isTlsUri(text: string): boolean {
  const uri = parseSipUri(text);
  return uri !== undefined && (uri.scheme === 'sips' || uri.parameters.get('transport')?.toLowerCase() === 'tls');
}

/** Reads a SIP or SIPS URI; undefined if it is another one or malformed. */
export function parseSipUri(text: string): SipUri | undefined {
  const uri = parseUri(text);
  return uri?.scheme === 'tel' ? undefined : uri;
}

/** The parts of a URI with their escapes as written. */
interface RawSipUri {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

function splitSipUri(text: string): RawSipUri | undefined {
  // The user part may hold ; and ? of its own: it ends at the @, which nothing behind it may contain unescaped.
  const at = text.lastIndexOf('@');
  const userinfo = at === -1 ? undefined : splitUserinfo(text.slice(0, at));
  if (at !== -1 && !userinfo) return undefined;
  const rest = text.slice(at + 1);
  const match = /^([^;?]*)(;[^?]*)?(\?.*)?$/s.exec(rest);
  if (!match) return undefined;
  const hostPort = parseHostPort(match[1] ?? '');
  const parameters = splitParameters(match[2] ?? '');
  const headers = splitHeaders(match[3]);
  if (!hostPort || !parameters || !headers) return undefined;
  return { user: userinfo?.user, password: userinfo?.password, ...hostPort, parameters, headers };
}

function splitUserinfo(text: string): { readonly user: string | undefined; readonly password: string | undefined } | undefined {
  // `sip:@host` is what some gateways make of a caller without number.
  if (text === '') return { user: undefined, password: undefined };
  const colon = text.indexOf(':');
  const user = colon === -1 ? text : text.slice(0, colon);
  const password = colon === -1 ? undefined : text.slice(colon + 1);
  if (user === '' || !USER.test(user) || !hasValidEscapes(user)) return undefined;
  if (password !== undefined && (!PASSWORD.test(password) || !hasValidEscapes(password))) return undefined;
  return { user, password };
}

/** Reads `host[:port]` (RFC 3261 §25.1 hostport): the host in lower case, an IPv6 address in brackets. Undefined if malformed. */
export function parseHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.indexOf(':');
  const host = (end === -1 ? text : text.slice(0, end)).toLowerCase();
  if (!isHost(host)) return undefined;
  if (host.length === text.length) return { host, port: undefined };
  const port = text[host.length] === ':' ? parseDecimal(text.slice(host.length + 1), MAX_PORT) : undefined;
  return port === undefined ? undefined : { host, port };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIPv6(host.slice(1, -1)) && !host.includes('%');
  // Underscores are no host name characters, but private DNS zones of carriers have them.
  return host.length <= MAX_HOST_CHARS && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?$/.test(host);
}

function splitParameters(text: string): Parameters | undefined {
  if (text === '') return NO_PARAMETERS;
  const parameters = new Map<string, string>();
  for (const part of text.slice(1).split(';')) {
    const equals = part.indexOf('=');
    const name = equals === -1 ? part : part.slice(0, equals);
    const value = equals === -1 ? '' : part.slice(equals + 1);
    if (!PARAMETER.test(name) || (equals !== -1 && !PARAMETER.test(value)) || !hasValidEscapes(part)) return undefined;
    const key = normalizeEscapes(name).toLowerCase();
    if (!parameters.has(key)) parameters.set(key, value);
  }
  return parameters;
}

function splitHeaders(text: string | undefined): (readonly [string, string])[] | undefined {
  if (text === undefined) return [];
  const headers: (readonly [string, string])[] = [];
  for (const part of text.slice(1).split('&')) {
    const equals = part.indexOf('=');
    if (equals < 1) return undefined;
    const name = part.slice(0, equals);
    const value = part.slice(equals + 1);
    if (!HEADER.test(name) || !HEADER.test(value) || !hasValidEscapes(part)) return undefined;
    headers.push([name, value]);
  }
  return headers;
}

const hasValidEscapes = (text: string): boolean => !/%(?![0-9a-fA-F]{2})/.test(text);

function mapParameters(parameters: Parameters, change: (text: string) => string): Parameters {
  if (parameters.size === 0) return NO_PARAMETERS;
  return new Map([...parameters].map(([name, value]) => [change(name), change(value)]));
}

function parseTelUri(text: string): TelUri | undefined {
  const semicolon = text.indexOf(';');
  const written = semicolon === -1 ? text : text.slice(0, semicolon);
  // Digits with visual separators; local numbers may have the letters of a keypad's hexadecimal digits, * and # (RFC 3966 §3).
  if (!/^\+?[0-9a-fA-F*#.()-]{1,64}$/.test(written)) return undefined;
  const number = written.replace(/[.()-]/g, '');
  if (!/^(?:\+[0-9]+|[0-9a-fA-F*#]+)$/.test(number)) return undefined;
  const parameters = splitParameters(semicolon === -1 ? '' : text.slice(semicolon));
  return parameters && { scheme: 'tel', number, parameters: mapParameters(parameters, decodeEscapes) };
}

/** Writes a URI, escaping what its parts may not contain. */
export function formatUri(uri: Uri): string {
  const parameters = formatUriParameters(uri.parameters);
  if (uri.scheme === 'tel') return `tel:${uri.number}${parameters}`;
  const password = uri.password === undefined ? '' : `:${encodeEscapes(uri.password, PASSWORD_PLAIN)}`;
  const user = uri.user === undefined ? '' : `${encodeEscapes(uri.user, USER_PLAIN)}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers.map(
    ([name, value]) => `${encodeEscapes(name, HEADER_PLAIN)}=${encodeEscapes(value, HEADER_PLAIN)}`,
  );
  return `${uri.scheme}:${user}${uri.host}${port}${parameters}${headers.length > 0 ? `?${headers.join('&')}` : ''}`;
}

function formatUriParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) {
    text += `;${encodeEscapes(name, PARAMETER_PLAIN)}${value === '' ? '' : `=${encodeEscapes(value, PARAMETER_PLAIN)}`}`;
  }
  return text;
}

/** Parameters that make a difference when only one of two URIs has them (RFC 3261 §19.1.4). */
const DECISIVE = ['user', 'ttl', 'method', 'maddr', 'transport'] as const;

/**
 * Whether two URIs are equal by RFC 3261 §19.1.4 (SIP, SIPS) or RFC 3966 §4 (tel). URIs that cannot be read are equal when their
 * text is.
 */
export function equalUris(one: string, other: string): boolean {
  if (one === other) return true;
  const scheme = uriScheme(one);
  if (scheme !== uriScheme(other)) return false;
  if (scheme === 'tel') return equalTelUris(parseTelUri(one.slice(4)), parseTelUri(other.slice(4)));
  if (scheme !== 'sip' && scheme !== 'sips') return false;
  const a = splitSipUri(one.slice(scheme.length + 1));
  const b = splitSipUri(other.slice(scheme.length + 1));
  if (!a || !b) return false;
  if (a.host !== b.host || a.port !== b.port) return false;
  if (!equalText(a.user, b.user) || !equalText(a.password, b.password)) return false;
  return equalParameters(a.parameters, b.parameters) && equalHeaders(a.headers, b.headers);
}

/** Compared with regard to case, an escape being the same as its character unless that is a reserved one. */
function equalText(one: string | undefined, other: string | undefined): boolean {
  return (one && normalizeEscapes(one)) === (other && normalizeEscapes(other));
}

function equalParameters(one: Parameters, other: Parameters): boolean {
  for (const name of DECISIVE) if (one.has(name) !== other.has(name)) return false;
  for (const [name, value] of one) {
    const counterpart = other.get(name);
    if (counterpart === undefined) continue;
    if (normalizeEscapes(value).toLowerCase() !== normalizeEscapes(counterpart).toLowerCase()) return false;
  }
  return true;
}

function equalHeaders(one: RawSipUri['headers'], other: RawSipUri['headers']): boolean {
  if (one.length !== other.length) return false;
  const canonical = (headers: RawSipUri['headers']) =>
    headers.map(([name, value]) => `${normalizeEscapes(name).toLowerCase()}=${normalizeEscapes(value)}`).sort();
  const expected = canonical(other);
  return canonical(one).every((header, index) => header === expected[index]);
}

function equalTelUris(one: TelUri | undefined, other: TelUri | undefined): boolean {
  if (!one || !other) return false;
  if (one.number.toLowerCase() !== other.number.toLowerCase() || one.parameters.size !== other.parameters.size) return false;
  return [...one.parameters].every(([name, value]) => other.parameters.get(name)?.toLowerCase() === value.toLowerCase());
}
