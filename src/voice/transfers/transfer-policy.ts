import type { Account } from '../../accounts/account.ts';
import type { ReferPolicy } from '../../carriers/sip/trunk.ts';
import type { Call } from '../call.ts';
import { parseDestination } from '../destination.ts';
import type { IncomingCall } from '../leg-maker.ts';

/** An endpoint's account and subaccount. */
interface EndpointOwner {
  readonly accountId: string;
  readonly subaccountId: string | null;
}

export interface TransferPolicyOptions {
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
  /** What the configuration says of a trunk; undefined = there is none of this name. */
  trunk(name: string): { readonly refer: ReferPolicy } | undefined;
  account(authId: string): Promise<Account | undefined>;
  endpoint(username: string): Promise<EndpointOwner | undefined>;
}

/** A far end that may pass calls on: the trunk or the endpoint that a leg leads to. */
export interface FarEnd {
  /** The same for every leg to it. */
  readonly name: string;
  readonly policy: ReferPolicy;
}

/**
 * Endpoints may pass calls on to others of their account by default: that costs nothing, and is what phones have the key for. Numbers
 * cost the account money, and an endpoint can call none without its application: a page with a softphone would be an open line.
 */
const OF_ENDPOINTS: ReferPolicy = 'endpoints';

/** Which far ends may pass calls on, and to whom. */
export class TransferPolicy {
  readonly #options: TransferPolicyOptions;

  constructor(options: TransferPolicyOptions) {
    this.#options = options;
  }

  /** Undefined: somebody who is neither a trunk's nor an endpoint of the call's account, and may not. */
  async ofCall(call: Call): Promise<FarEnd | undefined> {
    const { facts, origin } = call;
    if (facts.direction === 'inbound') {
      if (origin.endpointId !== undefined && facts.sipAuth) return this.#ofEndpoint(facts.sipAuth.user, facts.accountId);
      return origin.carrier === undefined ? undefined : this.#ofTrunk(origin.carrier);
    }
    const destination = parseDestination(facts.to, this.#options.home);
    if (destination.kind === 'endpoint') return this.#ofEndpoint(destination.username, facts.accountId);
    return destination.kind === 'number' && origin.carrier !== undefined ? this.#ofTrunk(origin.carrier) : undefined;
  }

  /** Of who sends an INVITE into the calls of this account. */
  async ofOrigin(origin: IncomingCall['origin'], accountId: string): Promise<FarEnd | undefined> {
    if (origin.kind === 'carrier') return this.#ofTrunk(origin.carrier);
    return origin.kind === 'endpoint' ? this.#ofEndpoint(origin.username, accountId) : undefined;
  }

  /** Whether the endpoint is one of the account, or of the subaccount that owns the call. */
  async isTheirs(
    username: string,
    { accountId, ownerId }: { readonly accountId: string; readonly ownerId: string },
  ): Promise<boolean> {
    const endpoint = await this.#options.endpoint(username);
    return endpoint?.accountId === accountId && (ownerId === accountId || endpoint.subaccountId === ownerId);
  }

  #ofTrunk(name: string): FarEnd | undefined {
    const trunk = this.#options.trunk(name);
    return trunk && { name: `trunk ${name}`, policy: trunk.refer };
  }

  async #ofEndpoint(username: string, accountId: string): Promise<FarEnd | undefined> {
    const [endpoint, account] = await Promise.all([this.#options.endpoint(username), this.#options.account(accountId)]);
    if (endpoint?.accountId !== accountId || !account) return undefined;
    return { name: `endpoint ${username}`, policy: account.settings.endpointTransfers ?? OF_ENDPOINTS };
  }
}
