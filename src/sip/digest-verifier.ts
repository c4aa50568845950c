import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import {
  type AuthParameters,
  type DigestAlgorithm,
  digestHash,
  digestResponse,
  formatDigest,
  type Ha1,
  parseDigest,
} from './digest.ts';
import { NonceMemory } from './nonce-memory.ts';
import { equalUris } from './uri.ts';

export interface DigestVerifierOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'bytes'>;
  readonly realm: string;
  /** Signs nonces; nodes that answer for each other share it. By default a fresh one. */
  readonly secret?: Buffer;
  readonly nonceLifetimeMs?: number;
  /** What challenges offer, strongest first (RFC 8760 §2.4); by default all. */
  readonly algorithms?: readonly DigestAlgorithm[];
}

/** The request whose credentials are checked. */
export interface DigestRequest {
  readonly method: string;
  /** The Request-URI. */
  readonly uri: string;
  readonly body: Buffer;
  /** Every value of `Authorization` (or `Proxy-Authorization`). */
  readonly credentials: readonly string[];
}

export type DigestVerdict =
  | { readonly kind: 'ok'; readonly username: string; readonly algorithm: DigestAlgorithm }
  /** Right but for an old, replayed or unknown nonce: `challenge({ stale: true })` gets it again without asking for a password. */
  | { readonly kind: 'stale'; readonly username: string }
  | { readonly kind: 'wrong'; readonly username: string }
  | { readonly kind: 'unknown user'; readonly username: string }
  /** No Digest credentials for this realm: challenge. */
  | { readonly kind: 'absent' }
  /** Credentials for this realm that are incomplete or of a kind never offered: 400. */
  | { readonly kind: 'malformed' };

/** The stored hashes of a user, or undefined if there is none. */
export type Ha1Lookup = (username: string, realm: string) => Promise<Ha1 | undefined> | Ha1 | undefined;

export interface DigestVerifier {
  /** The values of `WWW-Authenticate` (`Proxy-Authenticate`), strongest first (RFC 8760 §2.4). */
  challenge(options?: { readonly stale?: boolean }): readonly string[];
  verify(request: DigestRequest, lookupHa1: Ha1Lookup): Promise<DigestVerdict>;
}

/** Longer than any transaction with its retries, short enough that a captured response is worth little. */
const DEFAULT_NONCE_LIFETIME_MS = 5 * 60_000;
const SECRET_BYTES = 32;
/** Milliseconds since the epoch. */
const TIME_BYTES = 6;
/** Two challenges in one millisecond differ by these. */
const SALT_BYTES = 6;
/** Truncated HMAC-SHA-256: 128 bits cannot be guessed. */
const MAC_BYTES = 16;
const NONCE_BYTES = TIME_BYTES + SALT_BYTES + MAC_BYTES;
const MAX_NONCE_COUNT = 0xffffffff;
const ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];

/** The digest hash that no password has: an unknown user costs the time of a known one. */
const NO_HA1: Required<Ha1> = { md5: '0'.repeat(32), sha256: '0'.repeat(64) };

/**
 * The server side of digest authentication (RFC 7616, RFC 8760). A nonce carries its time and a signature, so that handing one out
 * stores nothing; what has been used is remembered in bounded space, and what no longer fits there becomes stale, never replayable.
 */
export function createDigestVerifier(options: DigestVerifierOptions): DigestVerifier {
  const { clock, random, realm, nonceLifetimeMs = DEFAULT_NONCE_LIFETIME_MS, algorithms = ALGORITHMS } = options;
  // A copy: the random source may hand out slices of a pool.
  const secret = options.secret ?? Buffer.from(random.bytes(SECRET_BYTES));
  const memory = new NonceMemory(nonceLifetimeMs);

  const sign = (signed: Buffer) => createHmac('sha256', secret).update(signed).update(realm).digest().subarray(0, MAC_BYTES);

  function createNonce(): string {
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeUIntBE(clock.now(), 0, TIME_BYTES);
    random.bytes(SALT_BYTES).copy(nonce, TIME_BYTES);
    sign(nonce.subarray(0, TIME_BYTES + SALT_BYTES)).copy(nonce, TIME_BYTES + SALT_BYTES);
    return nonce.toString('base64url');
  }

  /** When a nonce of ours was made; undefined for any other. */
  function issueTime(text: string): number | undefined {
    const nonce = Buffer.from(text, 'base64url');
    // Decoding forgives much; only the one spelling that was handed out counts, or a nonce could be used once a spelling.
    if (nonce.length !== NONCE_BYTES || nonce.toString('base64url') !== text) return undefined;
    const signedLength = TIME_BYTES + SALT_BYTES;
    const genuine = timingSafeEqual(sign(nonce.subarray(0, signedLength)), nonce.subarray(signedLength));
    return genuine ? nonce.readUIntBE(0, TIME_BYTES) : undefined;
  }

  function isFresh(nonce: string, nonceCount: number): boolean {
    const issuedAt = issueTime(nonce);
    const now = clock.now();
    return issuedAt !== undefined && issuedAt + nonceLifetimeMs > now && memory.use(nonce, issuedAt, nonceCount, now);
  }

  return {
    challenge({ stale = false } = {}) {
      const nonce = createNonce();
      return algorithms.map((algorithm) =>
        formatDigest('challenge', [
          ['realm', realm],
          ['nonce', nonce],
          ['algorithm', algorithm],
          ['qop', 'auth'],
          ...(stale ? [['stale', 'true'] as const] : []),
        ]),
      );
    },

    async verify(request, lookupHa1) {
      const parameters = request.credentials.map(parseDigest).find((candidate) => candidate?.get('realm') === realm);
      if (!parameters) return { kind: 'absent' };
      const claim = readClaim(parameters);
      if (!claim) return { kind: 'malformed' };
      const { username, algorithm, uri, nonce, qop, cnonce, nonceCount } = claim;
      const stored = await lookupHa1(username, realm);
      const ha1 = (algorithm === 'MD5' ? stored?.md5 : stored?.sha256) ?? NO_HA1[algorithm === 'MD5' ? 'md5' : 'sha256'];
      const { method, body } = request;
      const expected = digestResponse({ algorithm, ha1, isSession: false, method, uri, nonce, qop, cnonce, nonceCount, body });
      const matches = equalInConstantTime(expected, claim.response);
      if (!stored) return { kind: 'unknown user', username };
      // The hash covers the `uri` parameter; this ties it to the request it came in.
      if (!matches || !equalUris(uri, request.uri)) return { kind: 'wrong', username };
      return isFresh(nonce, claim.count) ? { kind: 'ok', username, algorithm } : { kind: 'stale', username };
    },
  };
}

interface Claim {
  readonly username: string;
  readonly algorithm: DigestAlgorithm;
  readonly uri: string;
  readonly nonce: string;
  readonly qop: 'auth' | undefined;
  readonly cnonce: string;
  readonly nonceCount: string;
  /** `nonceCount` as number; without qop the nonce is good for one use. */
  readonly count: number;
  readonly response: string;
}

/** Credentials as this verifier can have asked for them, or without qop as clients older than RFC 2617 answer. */
function readClaim(parameters: AuthParameters): Claim | undefined {
  const username = parameters.get('username');
  const uri = parameters.get('uri');
  const nonce = parameters.get('nonce');
  const response = parameters.get('response')?.toLowerCase();
  const algorithm = ALGORITHMS.find((known) => known === (parameters.get('algorithm') ?? 'MD5').toUpperCase());
  if (!username || !uri || !nonce || !response || !algorithm) return undefined;
  const base = { username, algorithm, uri, nonce, response };
  const qop = parameters.get('qop');
  if (qop === undefined) return { ...base, qop, cnonce: '', nonceCount: '', count: MAX_NONCE_COUNT };
  const cnonce = parameters.get('cnonce');
  const nonceCount = parameters.get('nc');
  if (qop.toLowerCase() !== 'auth' || !cnonce || !nonceCount || !/^[0-9a-f]{8}$/i.test(nonceCount)) return undefined;
  return { ...base, qop: 'auth', cnonce, nonceCount, count: Number.parseInt(nonceCount, 16) };
}

/** The texts are hashed first, so that neither where they differ nor how long they are shows in the time taken. */
function equalInConstantTime(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digestHash('SHA-256', one)), Buffer.from(digestHash('SHA-256', other)));
}
