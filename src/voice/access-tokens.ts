import type { Account } from '../accounts/account.ts';

/** What a valid access token permits its bearer. */
export interface AccessGrant {
  /** The account or subaccount that signed it. */
  readonly owner: Account;
  /** The endpoint that the bearer is; undefined for one who may only call. */
  readonly username: string | undefined;
  /** The application that answers calls of the bearer; undefined = the endpoint's, or the account's for endpoints. */
  readonly appId: string | undefined;
  readonly mayBeCalled: boolean;
  readonly mayCall: boolean;
  /** Wall-clock milliseconds. */
  readonly expiresAt: number;
}

/** Why a token is refused, in the numbers that the Browser SDK turns into words (browser-sdk.md §3). */
export const TOKEN_REFUSALS = {
  token: 10001,
  header: 10002,
  issuer: 10003,
  subject: 10004,
  tooEarly: 10005,
  expired: 10006,
  signature: 10007,
  grants: 10008,
  tooLong: 10009,
} as const;
export type TokenRefusal = keyof typeof TOKEN_REFUSALS;

export type TokenVerdict =
  | { readonly kind: 'ok'; readonly grant: AccessGrant }
  | { readonly kind: 'refused'; readonly because: TokenRefusal };

/** Reads access tokens. The dialect knows how they look; unknown accounts and endpoints of others are refused. */
export type ReadAccessToken = (token: string) => Promise<TokenVerdict>;

/** No token is known. */
export const noAccessTokens: ReadAccessToken = async () => ({ kind: 'refused', because: 'token' });
