import type { SrtpPolicy } from '../../carriers/sip/srtp-policy.ts';
import type { Trunks } from '../../carriers/sip/trunks.ts';
import type { Clock } from '../../runtime/clock.ts';
import { formatNameAddress } from '../../sip/name-address.ts';
import type { HeaderList } from '../../sip/responses.ts';
import type { Target } from '../../sip/transports/flow.ts';
import { isTlsUri } from '../../sip/uri.ts';
import { CallPace } from '../call-pace.ts';
import { parseDestination } from '../destination.ts';
import { hangupCause } from '../hangup-cause.ts';
import type { OutboundLegRequest } from '../leg-maker.ts';
import { PHONE_DOMAIN } from '../phone-domain.ts';
import type { Attempt, LegRoute } from './outbound-leg.ts';
import type { SrtpRules } from './srtp-rules.ts';

/** Name of the carrier that takes whatever no route claims. */
export const SIMULATOR = 'simulator';

/** Where a registered endpoint can be reached. */
export interface RegisteredContact {
  readonly uri: string;
  /** The place it registered from: endpoints behind a NAT are reached there only. */
  readonly place: Target | undefined;
  /** Route values of calls to it (RFC 3327). */
  readonly path: readonly string[];
}

export interface LegRoutesOptions {
  readonly clock: Clock;
  readonly trunks: Trunks;
  /** Carriers for a number, in the order of failover. */
  carriersFor(number: string): readonly string[];
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
  /** The latest registration of an endpoint. */
  contactOf(username: string): RegisteredContact | undefined;
  /** Where the simulator takes calls to this number: its phones, or this node itself for a number of this instance. */
  simulatorPlace(number: string): Promise<Target | undefined>;
  /** What this node calls itself in From. */
  readonly host: string;
  readonly srtp: SrtpRules;
}

/** Finds the ways to a destination: trunks by route, endpoints by registration, other SIP addresses by DNS. */
export class LegRoutes {
  readonly #options: LegRoutesOptions;
  readonly #pace: CallPace;

  constructor(options: LegRoutesOptions) {
    this.#options = options;
    this.#pace = new CallPace(options.clock);
  }

  async find(request: OutboundLegRequest): Promise<LegRoute> {
    const destination = parseDestination(request.to, this.#options.home);
    if (request.isSecure && !(destination.kind === 'sip' && isTlsUri(destination.address))) {
      return { kind: 'none', cause: hangupCause(5020, 'Error') };
    }
    switch (destination.kind) {
      case 'number':
        return this.#toNumber(destination.address, request);
      case 'endpoint':
        return this.#toEndpoint(destination.username, request);
      case 'sip':
        return { kind: 'attempts', attempts: [this.#toAddress(destination.address, request)] };
      case 'invalid':
        return { kind: 'none', cause: hangupCause(2000, 'Plivo') };
    }
  }

  async #toNumber(number: string, request: OutboundLegRequest): Promise<LegRoute> {
    const attempts: Attempt[] = [];
    for (const name of this.#options.carriersFor(number)) {
      const trunk = this.#options.trunks.find(name);
      if (trunk) {
        attempts.push(
          this.#attempt(
            name,
            trunk.uriOf(`+${number}`),
            request,
            { via: trunk.nextHop, ...(trunk.credentials && { credentials: trunk.credentials }) },
            this.#options.srtp.toAddress(trunk.uriOf(''), trunk.srtp),
            () => trunk.callsPerSecond === 0 || this.#pace.take(name, trunk.callsPerSecond),
          ),
        );
      }
      const place = name === SIMULATOR ? await this.#options.simulatorPlace(number) : undefined;
      const uri = `sip:+${number}@${this.#options.host}`;
      if (place) attempts.push(this.#attempt(name, uri, request, { via: { place } }, 'accepted'));
    }
    if (attempts.length === 0) return { kind: 'none', cause: hangupCause(5020, 'Error') };
    return { kind: 'attempts', attempts };
  }

  #toAddress(address: string, request: OutboundLegRequest): Attempt {
    const srtp = request.isSecure ? 'required' : this.#options.srtp.toAddress(address);
    return this.#attempt('sip', address, request, {}, srtp);
  }

  async #toEndpoint(username: string, request: OutboundLegRequest): Promise<LegRoute> {
    const contact = this.#options.contactOf(username);
    if (!contact) return { kind: 'none', cause: hangupCause(2020, 'Plivo') };
    const via = contact.place ? { via: { place: contact.place } } : { route: contact.path };
    const srtp = await this.#options.srtp.toEndpoint(username, contact);
    return { kind: 'attempts', attempts: [this.#attempt('endpoint', contact.uri, request, via, srtp)] };
  }

  #attempt(
    carrier: string,
    target: string,
    request: OutboundLegRequest,
    more: Partial<Attempt['invite']>,
    srtp: SrtpPolicy,
    admit = () => true,
  ): Attempt {
    const withheld = request.from === '' || request.from === 'anonymous';
    const from = withheld ? 'sip:anonymous@anonymous.invalid' : this.#uriOf(request.from);
    return {
      carrier,
      srtp,
      admit,
      invite: {
        target,
        from: nameAddress(withheld ? 'Anonymous' : request.callerName, from),
        to: nameAddress('', target),
        headers: headersOf(request, withheld, from, request.referredBy && this.#uriOf(request.referredBy)),
        ...(request.credentials && { credentials: request.credentials }),
        ...more,
      },
    };
  }

  #uriOf(party: string): string {
    return /^[0-9]+$/.test(party)
      ? `sip:+${party}@${this.#options.host}`
      : party.replace(`@${PHONE_DOMAIN}`, `@${this.#options.host}`);
  }
}

function headersOf(request: OutboundLegRequest, withheld: boolean, from: string, referredBy: string | undefined): HeaderList {
  return [
    ['X-CallUUID', request.callId],
    ...(withheld ? [['Privacy', 'id'] as const] : [['P-Asserted-Identity', `<${from}>`] as const]),
    ...(referredBy === undefined ? [] : [['Referred-By', `<${referredBy}>`] as const]),
    ...Object.entries(request.headers),
  ];
}

const nameAddress = (displayName: string, uri: string): string =>
  formatNameAddress({ ...(displayName !== '' && { displayName }), uri, parameters: new Map() });
