import { createHmac } from 'node:crypto';
import type { Random } from '../../runtime/random.ts';

/**
 * Signatures of the requests sent to a customer's URLs (voice-xml.md §4, messaging.md §12). The customer recomputes them with
 * the auth token to know that a request is genuine.
 */

/** Form or query parameters; a repeated key has its values in an array. */
export type SignedParams = Readonly<Record<string, string | readonly string[]>>;

export interface SignatureInput {
  /** The URL as it is requested: with its own query, without fragment, without the parameters in `params`. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** What is sent along: form fields of a POST, query parameters added to a GET. */
  readonly params: SignedParams;
  /** Active tokens of the account or subaccount that owns the number, the newest first. */
  readonly ownerTokens: readonly string[];
  /** Active tokens of the main account, the newest first. */
  readonly mainTokens: readonly string[];
  /** Any digits, see `createNonce`; the same one serves both versions. */
  readonly nonce: string;
}

const NONCE_DIGITS = 20; // the length that documentation and SDK fixtures show

/** 20 random decimal digits. */
export function createNonce(random: Random): string {
  const bytes = random.bytes(NONCE_DIGITS);
  let nonce = '';
  for (const byte of bytes) nonce += String(byte % 10);
  return nonce;
}

/**
 * All six signature headers. V3 lists one signature a token, joined by a comma, which every SDK splits; V2 validators compare
 * for plain equality, so V2 carries the newest token's signature alone.
 */
export function signatureHeaders(input: SignatureInput): Record<string, string> {
  const canonicalV3 = canonicalUrlV3(input.method, input.url, input.params);
  const v3 = (tokens: readonly string[]) => tokens.map((token) => hmacSha256(token, `${canonicalV3}.${input.nonce}`)).join(',');
  const v2 = (tokens: readonly string[]) => signatureV2(tokens[0] ?? '', input.url, input.nonce);
  return {
    'X-Plivo-Signature-V2': v2(input.ownerTokens),
    'X-Plivo-Signature-Ma-V2': v2(input.mainTokens),
    'X-Plivo-Signature-V2-Nonce': input.nonce,
    'X-Plivo-Signature-V3': v3(input.ownerTokens),
    'X-Plivo-Signature-Ma-V3': v3(input.mainTokens),
    'X-Plivo-Signature-V3-Nonce': input.nonce,
  };
}

/** V3: HMAC-SHA256 over the canonical URL, a dot and the nonce, in base64. */
export function signatureV3(token: string, method: 'GET' | 'POST', url: string, params: SignedParams, nonce: string): string {
  return hmacSha256(token, `${canonicalUrlV3(method, url, params)}.${nonce}`);
}

/** V2: HMAC-SHA256 over the URL without its query followed by the nonce. Parameters are not covered. */
export function signatureV2(token: string, url: string, nonce: string): string {
  return hmacSha256(token, splitUrl(url).base + nonce);
}

/** The text that V3 signs, before `.nonce` is added (voice-xml.md §4.1). */
export function canonicalUrlV3(method: 'GET' | 'POST', url: string, params: SignedParams): string {
  const { base, query } = splitUrl(url);
  const own: [string, string][] = query === '' ? [] : [...new URLSearchParams(query)];
  if (method === 'GET') {
    const all = joinSorted([...own, ...toPairs(params)], '=', '&');
    return all === '' ? base : `${base}?${all}`;
  }
  const queryPart = joinSorted(own, '=', '&');
  const bodyPart = joinSorted(toPairs(params), '', '');
  // A body without a query still gets the question mark, and no dot: every official validator expects it.
  if (bodyPart === '') return queryPart === '' ? base : `${base}?${queryPart}`;
  return queryPart === '' ? `${base}?${bodyPart}` : `${base}?${queryPart}.${bodyPart}`;
}

function splitUrl(url: string): { base: string; query: string } {
  const hash = url.indexOf('#');
  const whole = hash === -1 ? url : url.slice(0, hash);
  const mark = whole.indexOf('?');
  return mark === -1 ? { base: whole, query: '' } : { base: whole.slice(0, mark), query: whole.slice(mark + 1) };
}

function toPairs(params: SignedParams): [string, string][] {
  const pairs: [string, string][] = [];
  for (const [key, value] of Object.entries(params)) {
    if (typeof value === 'string') pairs.push([key, value]);
    else for (const item of value) pairs.push([key, item]);
  }
  return pairs;
}

/** Sorted by key, then by value, in code-unit order. */
function joinSorted(pairs: [string, string][], between: string, separator: string): string {
  return pairs
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([key, value]) => key + between + value)
    .join(separator);
}

function hmacSha256(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}
