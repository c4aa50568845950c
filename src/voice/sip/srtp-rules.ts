import type { Account } from '../../accounts/account.ts';
import type { SrtpPolicy } from '../../carriers/sip/srtp-policy.ts';
import { isTlsUri } from '../../sip/uri.ts';
import type { IncomingCall } from '../leg-maker.ts';
import type { RegisteredContact } from './leg-routes.ts';

interface SrtpRulesOptions {
  readonly trunks: { find(name: string): { readonly srtp: SrtpPolicy } | undefined };
  account(authId: string): Promise<Pick<Account, 'settings'> | undefined>;
  endpoint(username: string): Promise<{ readonly accountId: string } | undefined>;
}

/** Whoever offers keys gets an answer with ours: refusing them would make no call safer. */
const OF_STRANGERS: SrtpPolicy = 'accepted';
/** A phone that has its signalling encrypted mostly has SRTP; one that has not refuses the offer at once, and is called in clear. */
const OF_ENDPOINTS: SrtpPolicy = 'optional';

/**
 * Whether the audio of a leg is encrypted (decision 35). What is optional is offered over TLS alone: on another path whoever hears the
 * audio has read the keys, too.
 */
export class SrtpRules {
  readonly #options: SrtpRulesOptions;

  constructor(options: SrtpRulesOptions) {
    this.#options = options;
  }

  /** Of a call that comes in. */
  async ofCaller(origin: IncomingCall['origin']): Promise<SrtpPolicy> {
    switch (origin.kind) {
      case 'carrier':
        return this.#options.trunks.find(origin.carrier)?.srtp ?? OF_STRANGERS;
      case 'endpoint':
        return this.#ofEndpoint(origin.username);
      case 'bearer':
        return origin.owner.settings.endpointSrtp ?? OF_ENDPOINTS;
      case 'trunk':
        return origin.trunk.isSecure ? 'required' : OF_STRANGERS;
      case 'anonymous':
        return OF_STRANGERS;
    }
  }

  /** Of a call to an endpoint where it has registered. */
  async toEndpoint(username: string, { place }: RegisteredContact): Promise<SrtpPolicy> {
    return onPath(await this.#ofEndpoint(username), place?.transport === 'tls');
  }

  /** Of a call to a trunk or another SIP address. */
  toAddress(uri: string, policy: SrtpPolicy = 'optional'): SrtpPolicy {
    return onPath(policy, isTlsUri(uri));
  }

  async #ofEndpoint(username: string): Promise<SrtpPolicy> {
    const endpoint = await this.#options.endpoint(username);
    const account = endpoint && (await this.#options.account(endpoint.accountId));
    return account?.settings.endpointSrtp ?? OF_ENDPOINTS;
  }
}

const onPath = (policy: SrtpPolicy, isTls: boolean): SrtpPolicy => (policy === 'optional' && !isTls ? 'accepted' : policy);
