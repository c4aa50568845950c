import { BlockList, isIP, isIPv6 } from 'node:net';
import type { NextHop } from '../../sip/request-sender.ts';
import { parseSipUri, type SipUri } from '../../sip/uri.ts';
import type { SrtpPolicy } from './srtp-policy.ts';

/** A SIP trunk as the configuration names it (docs/carriers.md). */
export interface TrunkOptions {
  readonly name: string;
  /** `sip:192.0.2.1:5060;transport=udp` */
  readonly url: string;
  /** Addresses and networks that its calls come from; the URL's address without. */
  readonly sources?: readonly string[];
  readonly username?: string;
  readonly password?: string;
  /** Register there with the credentials: for trunks that call the place it registered from. */
  readonly register?: boolean;
  /** Calls per second that go out over it; 0 = no limit. */
  readonly throughput?: number;
  /** What its REFER inside a call may do; default `decline`. */
  readonly refer?: ReferPolicy;
  /** Whether the audio of its calls is encrypted; default `accepted`. */
  readonly srtp?: SrtpPolicy;
}

/**
 * Whether the far end of a call may pass it on by REFER: not at all, to endpoints of the account, which cost nothing, or also to numbers,
 * whose calls the account pays for.
 */
export const referPolicies = ['decline', 'endpoints', 'allow'] as const;
export type ReferPolicy = (typeof referPolicies)[number];

/** A carrier of calls. */
export class Trunk {
  readonly name: string;
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  readonly callsPerSecond: number;
  readonly refer: ReferPolicy;
  readonly srtp: SrtpPolicy;
  readonly #uri: SipUri;
  readonly #sources = new BlockList();

  /** @throws TypeError when the URL is none */
  constructor({ name, url, sources, username, password, throughput, refer, srtp }: TrunkOptions) {
    const uri = parseSipUri(url);
    if (!uri) throw new TypeError(`carrier ${name}: "${url}" is no SIP URI`);
    this.name = name;
    this.callsPerSecond = throughput ?? 0;
    this.refer = refer ?? 'decline';
    this.srtp = srtp ?? 'accepted';
    this.#uri = uri;
    this.credentials = username === undefined ? undefined : { username, password: password ?? '' };
    for (const source of sources ?? [uri.host.replace(/^\[|\]$/g, '')]) this.#addSource(source);
  }

  /** Whether a call from this address comes over the trunk. */
  isSource(address: string): boolean {
    return this.#sources.check(plainAddress(address), isIPv6(plainAddress(address)) ? 'ipv6' : 'ipv4');
  }

  /** Where its INVITEs go. */
  get nextHop(): NextHop {
    return { uri: this.#hostUri('') };
  }

  /** A number at the trunk: the Request-URI and To of a call. */
  uriOf(number: string): string {
    return this.#hostUri(number === '' ? '' : `${number}@`);
  }

  /** The address of record of a user there. */
  addressOf(username: string): string {
    return `sip:${username}@${this.#uri.host}`;
  }

  #hostUri(user: string): string {
    const { scheme, host, port, parameters } = this.#uri;
    const transport = parameters.get('transport');
    return `${scheme}:${user}${host}${port === undefined ? '' : `:${port}`}${transport ? `;transport=${transport}` : ''}`;
  }

  #addSource(source: string): void {
    const [address = '', bits] = source.split('/');
    const family = isIP(address);
    if (family === 0) return; // A host name: its calls are known by their credentials only.
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) this.#sources.addAddress(address, type);
    else this.#sources.addSubnet(address, Number(bits), type);
  }
}

/** `::ffff:192.0.2.1` is 192.0.2.1 as a socket of both families shows it. */
const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
