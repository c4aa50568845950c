import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import { parseNameAddress } from '../../sip/name-address.ts';
import type { RegisterProof } from '../../sip/registration/registrar.ts';
import type { IncomingRequest } from '../../sip/request-core.ts';
import type { HeaderList } from '../../sip/responses.ts';
import type { Flow } from '../../sip/transports/flow.ts';
import { parseSipUri } from '../../sip/uri.ts';
import { type AccessGrant, type ReadAccessToken, TOKEN_REFUSALS, type TokenRefusal } from '../access-tokens.ts';

const TOKEN_HEADER = 'X-Plivo-Jwt';
const REFUSAL_HEADER = 'X-Plivo-Jwt-Error-Code';
/** Not 401: a challenge would be answered with a password that a token has none of. */
const REFUSED = 403;
/** The name that the Browser SDK gives a bearer without an endpoint: `puser`, the time, `jt`. */
const NAMELESS = /^puser\d{1,20}jt$/;

/** Logins by access token (browser-sdk.md §3): who registers over a connection may call over it, too. */
export class TokenLogins {
  readonly #read: ReadAccessToken;
  readonly #now: () => number;
  /** The Browser SDK leaves tokens of more than 500 characters out of its INVITEs. */
  readonly #grants = new WeakMap<Flow, AccessGrant>();

  /** `now` in wall-clock milliseconds. */
  constructor(read: ReadAccessToken, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Whether the bearer of the token in a REGISTER is who it says; undefined when there is no token. */
  async prove({ request, flow }: IncomingRequest): Promise<RegisterProof | undefined> {
    const token = request.headers.get(TOKEN_HEADER);
    if (token === undefined) return undefined;
    const verdict = await this.#read(token);
    if (verdict.kind === 'refused') return { kind: 'refused', status: REFUSED, headers: refusalHeaders(verdict.because) };
    const { grant } = verdict;
    const registered = parseSipUri(parseNameAddress(request.headers.get('To') ?? '')?.uri ?? '')?.user ?? '';
    if (!isNameOf(registered, grant)) return { kind: 'refused', status: REFUSED, headers: refusalHeaders('subject') };
    this.#grants.set(flow, grant);
    return {
      kind: 'ok',
      username: grant.username ?? registered,
      // Who may not be called is logged in all the same: it may call.
      isKept: grant.mayBeCalled && grant.username !== undefined,
      expiresAt: grant.expiresAt,
      headers: [[TOKEN_HEADER, `exp=${Math.floor(grant.expiresAt / 1000)};`]],
    };
  }

  /** The token of a caller, or that of its connection; undefined when it has neither. */
  async callerOf(invite: IncomingInvite): Promise<TokenCaller | undefined> {
    const token = invite.request.headers.get(TOKEN_HEADER);
    const known = this.#grants.get(invite.flow);
    if (token === undefined && known === undefined) return undefined;
    const verdict = token === undefined ? undefined : await this.#read(token);
    if (verdict?.kind === 'refused') return refusedCaller(verdict.because);
    const grant = verdict?.grant ?? known;
    if (grant === undefined || grant.expiresAt <= this.#now()) return refusedCaller('expired');
    return grant.mayCall ? { kind: 'ok', grant } : refusedCaller('grants');
  }
}

export type TokenCaller =
  | { readonly kind: 'ok'; readonly grant: AccessGrant }
  | { readonly kind: 'refused'; readonly status: number; readonly headers: HeaderList };

const refusalHeaders = (because: TokenRefusal): HeaderList => [[REFUSAL_HEADER, String(TOKEN_REFUSALS[because])]];
const refusedCaller = (because: TokenRefusal): TokenCaller => ({
  kind: 'refused',
  status: REFUSED,
  headers: refusalHeaders(because),
});

/** The address of record that the Browser SDK makes of a token: its subject, or a name of the moment, and who signed it. */
function isNameOf(user: string, { username, owner }: AccessGrant): boolean {
  const suffix = `_${owner.authId}`;
  const name = user.slice(0, -suffix.length);
  return user.endsWith(suffix) && (username === undefined ? NAMELESS.test(name) : name === username);
}
