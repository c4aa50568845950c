import { isIPv6 } from 'node:net';
import { NO_PARAMETERS } from './parameters.ts';
import { type TransportName, viaTransport } from './transports/flow.ts';
import { formatUri } from './uri.ts';

/** How the world reaches this stack: the public address, and its port for each transport where it differs from the bound one. */
export interface Advertised {
  readonly host: string;
  readonly udpPort?: number | undefined;
  readonly tcpPort?: number | undefined;
  readonly tlsPort?: number | undefined;
}

/** What the stack calls itself in Via and Contact. */
export class LocalIdentity {
  readonly #host: string;
  readonly #ports: Readonly<Record<TransportName, number | undefined>>;

  constructor(
    { host, udpPort, tcpPort, tlsPort }: Advertised,
    bound: readonly { readonly transport: TransportName; readonly port: number }[],
  ) {
    const portOf = (transport: TransportName) => bound.find((address) => address.transport === transport)?.port;
    this.#host = isIPv6(host) ? `[${host}]` : host;
    const udp = udpPort ?? portOf('udp');
    const tcp = tcpPort ?? portOf('tcp');
    const tls = tlsPort ?? portOf('tls');
    // WebSocket clients never connect back: any port of ours names us.
    this.#ports = { udp: udp ?? tcp, tcp: tcp ?? udp, tls: tls ?? tcp, ws: tcp ?? udp, wss: tls ?? tcp };
  }

  /** The value of a new Via; `rport` asks for answers to where the request comes from (RFC 3581). */
  via(transport: TransportName, branch: string): string {
    return `SIP/2.0/${viaTransport(transport)} ${this.#host}${this.#portOf(transport)};rport;branch=${branch}`;
  }

  /** The URI by which requests of a dialog on this transport come back. */
  contactUri(transport: TransportName, user: string | undefined): string {
    const port = this.#ports[transport];
    const parameters = transport === 'udp' ? NO_PARAMETERS : new Map([['transport', transport]]);
    const userPart = user === undefined || user === '' ? {} : { user };
    const portPart = port === undefined ? {} : { port };
    return formatUri({ scheme: 'sip', ...userPart, host: this.#host, ...portPart, parameters, headers: [] });
  }

  get host(): string {
    return this.#host;
  }

  #portOf(transport: TransportName): string {
    const port = this.#ports[transport];
    return port === undefined ? '' : `:${port}`;
  }
}
