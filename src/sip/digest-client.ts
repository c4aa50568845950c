import type { Random } from '../runtime/random.ts';
import {
  type DigestAlgorithm,
  type DigestQop,
  digestHash,
  digestResponse,
  formatDigest,
  type Ha1,
  parseDigest,
} from './digest.ts';

/** A `WWW-Authenticate` or `Proxy-Authenticate` value that can be answered. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  readonly isSession: boolean;
  /** As spelled by the server: it is sent back. Absent if the challenge had none. */
  readonly algorithmName?: string;
  /** Absent for servers older than RFC 2617. */
  readonly qop?: DigestQop;
  readonly opaque?: string;
  /** The credentials were right, only the nonce is too old. */
  readonly isStale: boolean;
}

/** A password, or its hashes for the realm that asks. */
export type DigestCredentials = { readonly username: string } & ({ readonly password: string } | { readonly ha1: Ha1 });

export interface AuthorizedRequest {
  readonly method: string;
  /** The Request-URI. */
  readonly uri: string;
  readonly body: Buffer;
}

const CNONCE_BYTES = 12;
const STRENGTH: readonly DigestAlgorithm[] = ['MD5', 'SHA-256'];

/** Reads one challenge; undefined if it is not Digest, malformed, or of an algorithm or qop unknown here. */
export function parseChallenge(value: string): DigestChallenge | undefined {
  const parameters = parseDigest(value);
  const realm = parameters?.get('realm');
  const nonce = parameters?.get('nonce');
  if (!parameters || realm === undefined || !nonce) return undefined;
  const algorithmName = parameters.get('algorithm');
  const match = /^(MD5|SHA-256)(-sess)?$/i.exec(algorithmName ?? 'MD5');
  const algorithm = STRENGTH.find((known) => known === match?.[1]?.toUpperCase());
  const offered = parameters
    .get('qop')
    ?.toLowerCase()
    .split(/[, \t]+/);
  // `auth` before `auth-int`: gateways on the way change bodies.
  const qop = (['auth', 'auth-int'] as const).find((known) => offered?.includes(known));
  if (!algorithm || (offered !== undefined && qop === undefined)) return undefined;
  const opaque = parameters.get('opaque');
  return {
    realm,
    nonce,
    algorithm,
    isSession: match?.[2] !== undefined,
    ...(algorithmName === undefined ? {} : { algorithmName }),
    ...(qop === undefined ? {} : { qop }),
    ...(opaque === undefined ? {} : { opaque }),
    isStale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

/** The strongest challenge the credentials suffice for, the first of equals (RFC 8760 §2.4); undefined if there is none. */
export function chooseChallenge(challenges: readonly string[], credentials: DigestCredentials): DigestChallenge | undefined {
  let best: DigestChallenge | undefined;
  for (const value of challenges) {
    const challenge = parseChallenge(value);
    if (!challenge || ha1For(challenge, credentials) === undefined) continue;
    if (!best || STRENGTH.indexOf(challenge.algorithm) > STRENGTH.indexOf(best.algorithm)) best = challenge;
  }
  return best;
}

function ha1For({ algorithm, realm }: DigestChallenge, credentials: DigestCredentials): string | undefined {
  if ('password' in credentials) return digestHash(algorithm, `${credentials.username}:${realm}:${credentials.password}`);
  return algorithm === 'MD5' ? credentials.ha1.md5 : credentials.ha1.sha256;
}

export interface ChallengeAnswerOptions {
  readonly credentials: DigestCredentials;
  readonly request: AuthorizedRequest;
  readonly random: Pick<Random, 'bytes'>;
  /** How often the nonce has been used, this time included. */
  readonly nonceCount: number;
}

/** The answer to one challenge; undefined if the hash it needs is not known. */
export function authorizationFor(challenge: DigestChallenge, options: ChallengeAnswerOptions): string | undefined {
  const { credentials, request, random } = options;
  const { realm, nonce, algorithm, isSession, qop, opaque, algorithmName } = challenge;
  const ha1 = ha1For(challenge, credentials);
  if (ha1 === undefined) return undefined;
  const nonceCount = options.nonceCount.toString(16).padStart(8, '0');
  const cnonce = random.bytes(CNONCE_BYTES).toString('hex');
  const { method, uri, body } = request;
  const response = digestResponse({ algorithm, ha1, isSession, method, uri, nonce, cnonce, nonceCount, body, qop });
  const parameters: (readonly [string, string])[] = [
    ['username', credentials.username],
    ['realm', realm],
    ['nonce', nonce],
    ['uri', uri],
    ['response', response],
  ];
  if (algorithmName !== undefined) parameters.push(['algorithm', algorithmName]);
  if (qop !== undefined) parameters.push(['qop', qop], ['nc', nonceCount]);
  if (qop !== undefined || isSession) parameters.push(['cnonce', cnonce]);
  if (opaque !== undefined) parameters.push(['opaque', opaque]);
  return formatDigest('credentials', parameters);
}

/** After so many uses a nonce has outlived every server's patience; the count starts anew with the next challenge. */
const MAX_NONCE_USES = 0xffffffff;

/**
 * One client's authentication towards one server: answers its challenges and then authorizes further requests without being asked,
 * by the same nonce with a rising count (RFC 7616 §3.4).
 */
export class DigestSession {
  readonly #credentials: DigestCredentials;
  readonly #random: Pick<Random, 'bytes'>;
  #challenge: DigestChallenge | undefined;
  #uses = 0;

  constructor(credentials: DigestCredentials, random: Pick<Random, 'bytes'>) {
    this.#credentials = credentials;
    this.#random = random;
  }

  /**
   * Answers the challenges of a 401 or 407. Undefined when there is no use in trying (again): none can be answered, or the refused
   * request had credentials (`answered`) made for a fresh nonce and the new challenge is not stale, so the password is wrong. After a
   * refusal of a nonce that was used before there is one more try: not every server says stale.
   */
  answer(
    challenges: readonly string[],
    request: AuthorizedRequest,
    { answered }: { readonly answered: boolean },
  ): string | undefined {
    const challenge = chooseChallenge(challenges, this.#credentials);
    const isSameRealm = challenge !== undefined && challenge.realm === this.#challenge?.realm;
    const isRefusal = answered && isSameRealm && !challenge.isStale && this.#uses === 1;
    if (!challenge || isRefusal) {
      this.#challenge = undefined;
      return undefined;
    }
    this.#challenge = challenge;
    this.#uses = 0;
    return this.authorize(request);
  }

  /** Authorizes a request by the nonce at hand; undefined if there is none yet. */
  authorize(request: AuthorizedRequest): string | undefined {
    // Without qop there is no count, and the server may take the nonce only once.
    const isUsedUp = this.#uses > 0 && (this.#challenge?.qop === undefined || this.#uses === MAX_NONCE_USES);
    if (!this.#challenge || isUsedUp) return undefined;
    this.#uses += 1;
    const options = { credentials: this.#credentials, random: this.#random, nonceCount: this.#uses };
    return authorizationFor(this.#challenge, { ...options, request });
  }
}
