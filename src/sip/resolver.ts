import { isIP } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { DnsCache } from './dns-cache.ts';
import type { Dns, NaptrRecord, SrvRecord } from './network.ts';
import type { Target, TransportName } from './transports/flow.ts';
import type { SipUri } from './uri.ts';

/** Targets tried for one request: a caller does not wait for more. */
const MOST_TARGETS = 8;

const DEFAULT_PORTS: Readonly<Record<TransportName, number>> = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 };

/** NAPTR services by transport (RFC 3263 §4.1, RFC 7118 §6). */
const SERVICES: ReadonlyMap<string, TransportName> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);
const SRV_PREFIXES: Readonly<Partial<Record<TransportName, string>>> = {
  udp: '_sip._udp.',
  tcp: '_sip._tcp.',
  tls: '_sips._tcp.',
};
const TRANSPORTS: Readonly<Record<string, TransportName>> = { udp: 'udp', tcp: 'tcp', tls: 'tls', ws: 'ws', wss: 'wss' };

interface HostPort {
  readonly host: string;
  readonly port: number;
  readonly transport: TransportName;
}

export interface ResolverDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly dns: Dns;
  /** Transports that requests can be sent by, most wanted first. */
  readonly transports: readonly TransportName[];
}

/** Locates SIP servers (RFC 3263): from a URI to the addresses to try, in their order. */
export class Resolver {
  readonly #random: Random;
  readonly #cache: DnsCache;
  readonly #transports: readonly TransportName[];

  constructor({ clock, random, dns, transports }: ResolverDependencies) {
    this.#random = random;
    this.#cache = new DnsCache(clock, dns);
    this.#transports = transports;
  }

  /** Empty when the name leads nowhere, or only to transports not spoken here. */
  async resolve(uri: SipUri): Promise<readonly Target[]> {
    const host = (uri.parameters.get('maddr') || uri.host).replace(/^\[|\]$/g, '');
    const isSecure = uri.scheme === 'sips';
    const asked = uri.parameters.get('transport')?.toLowerCase();
    const named = asked === undefined ? undefined : TRANSPORTS[asked];
    if (asked !== undefined && named === undefined) return [];
    const transport = named === undefined ? undefined : secured(named, isSecure);
    const fallback = transport ?? (isSecure ? 'tls' : 'udp');
    if (isIP(host) !== 0)
      return this.#spoken([{ address: host, port: uri.port ?? DEFAULT_PORTS[fallback], transport: fallback }]);
    const places = await this.#places(host, uri.port, transport, isSecure, fallback);
    const targets: Target[] = [];
    for (const place of places.slice(0, MOST_TARGETS)) {
      for (const address of await this.#cache.addresses(place.host)) {
        targets.push({ address, port: place.port, transport: place.transport, serverName: host });
      }
    }
    return this.#spoken(targets).slice(0, MOST_TARGETS);
  }

  #spoken(targets: readonly Target[]): readonly Target[] {
    return targets.filter(({ transport }) => this.#transports.includes(transport));
  }

  async #places(
    host: string,
    port: number | undefined,
    transport: TransportName | undefined,
    isSecure: boolean,
    fallback: TransportName,
  ): Promise<readonly HostPort[]> {
    if (port !== undefined) return [{ host, port, transport: fallback }];
    const found = transport === undefined ? await this.#byNaptr(host, isSecure) : await this.#bySrv(host, transport);
    return found.length > 0 ? found : [{ host, port: DEFAULT_PORTS[fallback], transport: fallback }];
  }

  async #byNaptr(host: string, isSecure: boolean): Promise<readonly HostPort[]> {
    const usable = (await this.#cache.naptr(host)).filter((record) => this.#isUsable(record, isSecure));
    usable.sort((a, b) => a.order - b.order || a.preference - b.preference);
    const places: HostPort[] = [];
    for (const { service, replacement } of usable) {
      const transport = SERVICES.get(service.toUpperCase());
      if (transport !== undefined) places.push(...this.#ordered(await this.#cache.srv(replacement), transport));
    }
    if (places.length > 0) return places;
    for (const transport of this.#transports) {
      if (isSecure && transport !== 'tls') continue;
      places.push(...(await this.#bySrv(host, transport)));
    }
    return places;
  }

  #isUsable({ flags, service }: NaptrRecord, isSecure: boolean): boolean {
    const transport = SERVICES.get(service.toUpperCase());
    const isSpoken = transport !== undefined && this.#transports.includes(transport);
    return isSpoken && flags.toLowerCase() === 's' && (!isSecure || transport === 'tls');
  }

  async #bySrv(host: string, transport: TransportName): Promise<readonly HostPort[]> {
    const prefix = SRV_PREFIXES[transport];
    return prefix === undefined ? [] : this.#ordered(await this.#cache.srv(prefix + host), transport);
  }

  /** By priority, and within one by lot according to weight (RFC 2782). */
  #ordered(records: readonly SrvRecord[], transport: TransportName): readonly HostPort[] {
    const rest = [...records].filter(({ target }) => target !== '.' && target !== '');
    const ordered: HostPort[] = [];
    while (rest.length > 0) {
      const priority = Math.min(...rest.map((record) => record.priority));
      const group = rest.filter((record) => record.priority === priority);
      const drawn = this.#drawn(group);
      if (drawn === undefined) break;
      rest.splice(rest.indexOf(drawn), 1);
      ordered.push({ host: drawn.target, port: drawn.port, transport });
    }
    return ordered;
  }

  #drawn(group: readonly SrvRecord[]): SrvRecord | undefined {
    const total = group.reduce((sum, { weight }) => sum + weight, 0);
    let lot = this.#random.fraction() * total;
    for (const record of group) {
      lot -= record.weight;
      if (lot < 0) return record;
    }
    return group[0];
  }
}

/** sips needs TLS on the way; `transport=tcp` then says what TLS runs over (RFC 3261 §26.2.2). */
function secured(transport: TransportName, isSecure: boolean): TransportName {
  if (!isSecure) return transport;
  return transport === 'ws' ? 'wss' : transport === 'tcp' || transport === 'udp' ? 'tls' : transport;
}
