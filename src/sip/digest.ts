import { createHash } from 'node:crypto';
import { isBlank, isToken, quote, trimBlanks } from './scan.ts';

/** What both sides of SIP digest authentication share (RFC 7616, RFC 8760, RFC 3261 §22): its hashes and its header syntax. */

export type DigestAlgorithm = 'MD5' | 'SHA-256';
export type DigestQop = 'auth' | 'auth-int';

/** `H(username:realm:password)` in hexadecimal, lower case, by each algorithm: what is stored in place of a password. */
export interface Ha1 {
  readonly md5?: string;
  readonly sha256?: string;
}

/** A challenge or credentials have about ten parameters. */
const MAX_PARAMETERS = 32;

export function digestHash(algorithm: DigestAlgorithm, text: string | Buffer): string {
  return createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text)
    .digest('hex');
}

/** The stored form of a password. A realm must not change afterwards. */
export function ha1Of(username: string, realm: string, password: string): Required<Ha1> {
  const text = `${username}:${realm}:${password}`;
  return { md5: digestHash('MD5', text), sha256: digestHash('SHA-256', text) };
}

export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  /** By the same algorithm. */
  readonly ha1: string;
  /** The `-sess` variants bind HA1 to this nonce and cnonce (RFC 7616 §3.4.2). */
  readonly isSession: boolean;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Undefined for peers older than RFC 2617; then `cnonce` and `nonceCount` do not count. */
  readonly qop: DigestQop | undefined;
  readonly cnonce: string;
  /** Eight hexadecimal digits. */
  readonly nonceCount: string;
  /** Hashed for `auth-int` only. */
  readonly body: Buffer;
}

/** The `response` parameter (RFC 7616 §3.4.1), or `rspauth` when `method` is ''. */
export function digestResponse(input: DigestInput): string {
  const { algorithm, nonce, qop, cnonce, nonceCount } = input;
  const hash = (text: string) => digestHash(algorithm, text);
  const ha1 = input.isSession ? hash(`${input.ha1}:${nonce}:${cnonce}`) : input.ha1;
  const entity = qop === 'auth-int' ? `:${digestHash(algorithm, input.body)}` : '';
  const ha2 = hash(`${input.method}:${input.uri}${entity}`);
  return qop === undefined ? hash(`${ha1}:${nonce}:${ha2}`) : hash(`${ha1}:${nonce}:${nonceCount}:${cnonce}:${qop}:${ha2}`);
}

/** The parameters of a challenge or of credentials, names in lower case, quotes removed. */
export type AuthParameters = ReadonlyMap<string, string>;

/** Reads a header value of the scheme Digest; undefined if it is of another one or malformed (a parameter given twice is). */
export function parseDigest(value: string): AuthParameters | undefined {
  return /^digest[ \t]/i.test(value) ? parseAuthParameters(value.slice('digest'.length)) : undefined;
}

/** Reads `name=value, name="value"`, as also `Authentication-Info` has it. */
export function parseAuthParameters(text: string): AuthParameters | undefined {
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf('=', at);
    if (equals === -1) return trimBlanks(text.slice(at)) === '' ? parameters : undefined;
    const name = trimBlanks(text.slice(at, equals)).toLowerCase();
    let start = equals + 1;
    while (isBlank(text.charCodeAt(start))) start++;
    const parsed = text[start] === '"' ? readQuoted(text, start) : readPlain(text, start);
    if (!parsed || !isToken(name) || parameters.has(name) || parameters.size === MAX_PARAMETERS) return undefined;
    parameters.set(name, parsed.value);
    at = parsed.end;
  }
  return parameters;
}

/** A quoted value and what follows it up to the next parameter; `end` is behind the comma. */
function readQuoted(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') value += text[++at] ?? '';
    else if (character !== '"') value += character;
    else {
      const comma = text.indexOf(',', at);
      const end = comma === -1 ? text.length : comma;
      return trimBlanks(text.slice(at + 1, end)) === '' ? { value, end: end + 1 } : undefined;
    }
  }
  return undefined;
}

function readPlain(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  const value = trimBlanks(text.slice(start, end));
  return value === '' || /[\s"]/.test(value) ? undefined : { value, end: end + 1 };
}

/** Parameters whose values are not quoted (RFC 7616 §3.4, RFC 3261 §25.1). */
const UNQUOTED: ReadonlySet<string> = new Set(['algorithm', 'nc', 'stale']);

/** Writes `Digest name="value", ...`; `qop` is quoted as a list in a challenge and plain as a choice in credentials. */
export function formatDigest(
  kind: 'challenge' | 'credentials',
  parameters: Iterable<readonly [name: string, value: string]>,
): string {
  const written: string[] = [];
  for (const [name, value] of parameters) {
    const plain = UNQUOTED.has(name) || (name === 'qop' && kind === 'credentials');
    written.push(`${name}=${plain ? value : quote(value)}`);
  }
  return `Digest ${written.join(', ')}`;
}
