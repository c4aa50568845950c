import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Account } from '../../accounts/account.ts';
import type { ReadAccessToken, TokenRefusal, TokenVerdict } from '../../voice/access-tokens.ts';

/**
 * Access tokens of browsers (browser-sdk.md §3, account-numbers.md §14): JSON Web Tokens (RFC 7519) that the account's auth token signs
 * with HS256. `JWT/Token/` makes them with `per`, the SDKs' AccessToken classes with `grants`; both are taken.
 */

/** In this order: the token is the same, octet for octet, as the one that applications know. */
const HEADER = { alg: 'HS256', cty: 'plivo;v=1', typ: 'JWT' } as const;
/** account-numbers.md §14. */
export const MAX_LIFETIME_S = 86_400;
/** Clocks of the one who signs and of this server differ by so much at most. */
const MAX_SKEW_S = 60;
/** Those of `JWT/Token/` have some 400 characters; whoever signs may add claims of their own. */
const MAX_CHARACTERS = 4096;
const AUTH_ID = /^(?:MA|SA)[A-Z0-9]{18}$/;
const APP_ID = /^\d{1,20}$/;
const USERNAME = /^[A-Za-z0-9]{1,64}$/;

export interface AccessTokenClaims {
  readonly app: string;
  readonly exp: number;
  readonly iss: string;
  readonly nbf: number;
  readonly per: { readonly voice: { readonly incoming_allow: boolean; readonly outgoing_allow: boolean } };
  readonly sub: string;
}

/** A token of these claims. */
export function signAccessToken(claims: AccessTokenClaims, authToken: string): string {
  const signed = `${encode(HEADER)}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, authToken).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signatureOf = (signed: string, authToken: string): Buffer => createHmac('sha256', authToken).update(signed).digest();

const allow = Type.Optional(Type.Boolean());
const permissions = Type.Object({ voice: Type.Optional(Type.Object({ incoming_allow: allow, outgoing_allow: allow })) });
const headerSchema = Type.Object({ alg: Type.Literal(HEADER.alg), typ: Type.Optional(Type.String()) });
const payloadSchema = Type.Object({
  iss: Type.String(),
  exp: Type.Number(),
  nbf: Type.Number(),
  sub: Type.Optional(Type.String()),
  app: Type.Optional(Type.String()),
});
const grantsSchema = Type.Object({ per: Type.Optional(permissions), grants: Type.Optional(permissions) });
const isHeader = Compile(headerSchema);
const isPayload = Compile(payloadSchema);
const isGrants = Compile(grantsSchema);

export interface TokenSources {
  /** Seconds since the epoch. */
  now(): number;
  account(authId: string): Promise<Account | undefined>;
  /** Whose endpoint it is. */
  endpoint(username: string): Promise<{ readonly accountId: string; readonly subaccountId: string | null } | undefined>;
}

/** Reads tokens for the call engine. Who signs is known by the signature alone; everything else is looked at after it. */
export function accessTokenReader(sources: TokenSources): ReadAccessToken {
  return async (token) => {
    const parts = token.split('.', 4);
    const [header = '', payload = '', signature = ''] = parts;
    if (parts.length !== 3 || token.length > MAX_CHARACTERS) return refused('token');
    if (!isHeader.Check(decode(header))) return refused('header');
    const claims = decode(payload);
    if (!isPayload.Check(claims)) return refused('token');
    const owner = AUTH_ID.test(claims.iss) ? await sources.account(claims.iss) : undefined;
    const expected = signatureOf(`${header}.${payload}`, owner?.authToken ?? '');
    const given = Buffer.from(signature, 'base64url');
    const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
    if (!owner?.enabled) return refused('issuer');
    if (!isGenuine) return refused('signature');
    const late = whyNotNow(claims, sources.now());
    if (late !== undefined) return refused(late);
    if (!isGrants.Check(claims)) return refused('grants');
    const voice = claims.per?.voice ?? claims.grants?.voice;
    if (voice === undefined) return refused('grants');
    const { sub = '', app = '' } = claims;
    if (sub !== '' && !(await isOwnEndpoint(sources, sub, owner))) return refused('subject');
    if (sub === '' && voice.incoming_allow === true) return refused('subject');
    return {
      kind: 'ok',
      grant: {
        owner,
        username: sub === '' ? undefined : sub,
        appId: APP_ID.test(app) ? app : undefined,
        mayBeCalled: voice.incoming_allow === true,
        mayCall: voice.outgoing_allow === true,
        expiresAt: claims.exp * 1000,
      },
    };
  };
}

const refused = (because: TokenRefusal): TokenVerdict => ({ kind: 'refused', because });

function whyNotNow({ nbf, exp }: Static<typeof payloadSchema>, now: number): TokenRefusal | undefined {
  if (exp - nbf > MAX_LIFETIME_S) return 'tooLong';
  if (nbf > now + MAX_SKEW_S) return 'tooEarly';
  return exp <= now ? 'expired' : undefined;
}

/** The endpoint of another account under the same name would be another's line. */
async function isOwnEndpoint(sources: TokenSources, username: string, owner: Account): Promise<boolean> {
  const endpoint = USERNAME.test(username) ? await sources.endpoint(username) : undefined;
  if (endpoint === undefined) return false;
  return owner.parentId === null ? endpoint.accountId === owner.authId : endpoint.subaccountId === owner.authId;
}

/** JSON in base64url; undefined if it is none. */
function decode(part: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}
