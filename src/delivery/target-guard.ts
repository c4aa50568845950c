import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../runtime/clock.ts';

/** Decides which addresses customers' URLs may lead to, at the moment of connecting. */

export interface TargetRules {
  /** Every address is allowed. The default of an installation that listens on loopback alone. */
  readonly allowPrivateTargets: boolean;
  /** Ranges allowed in spite of being private, such as `10.1.0.0/16` or `fd00::/8`. */
  readonly allowed: readonly string[];
}

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The target is not one that requests may be sent to. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/** Not globally reachable, or with a meaning of its own (IANA special-purpose registry, RFC 6890 and updates). */
const REFUSED_IPV4 = [
  '0.0.0.0/8', // "this host": many systems connect it to loopback
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, cloud metadata
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved and broadcast
];
/** IPv6 is refused outside global unicast space, and in there where an IPv4 address is embedded or nobody can be. */
const GLOBAL_IPV6 = '2000::/3';
const REFUSED_IPV6 = [
  '2001::/23', // Teredo, benchmarking, ORCHID
  '2001:db8::/32',
  '2002::/16', // 6to4: leads to the IPv4 address inside it
  '3fff::/20',
];

const DNS_CACHE_MS = 5_000; // connections are kept alive, so this matters for bursts of new ones
const DNS_CACHE_ENTRIES = 1_024;
const MAPPED_IPV4 = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

export class TargetGuard {
  readonly #rules: TargetRules;
  readonly #resolve: Resolve;
  readonly #clock: Clock;
  readonly #allowed = blockList([]);
  readonly #refused = blockList([...REFUSED_IPV4, ...REFUSED_IPV6]);
  readonly #global = blockList([GLOBAL_IPV6]);
  readonly #cache = new Map<string, { readonly until: number; readonly answer: Promise<readonly LookupAddress[]> }>();

  constructor(rules: TargetRules, clock: Clock, resolve: Resolve = resolveBySystem) {
    this.#rules = rules;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#allowed = blockList(rules.allowed);
  }

  /** Whether requests may go to this IP address. */
  permits(scoped: string): boolean {
    const address = scoped.replace(/%.*$/, ''); // fe80::1%eth0
    if (this.#rules.allowPrivateTargets) return isIP(address) !== 0;
    const mapped = mappedIpv4(address);
    if (mapped !== undefined) return this.permits(mapped);
    const family = isIP(address);
    if (family === 0) return false;
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (this.#allowed.check(address, type)) return true;
    if (family === 6 && !this.#global.check(address, 'ipv6')) return false;
    return !this.#refused.check(address, type);
  }

  /**
   * Refuses what can be told from the URL alone: other schemes and addresses written out. Names are checked when they are
   * resolved, by `lookup`.
   *
   * @throws TargetRefused
   */
  check(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new TargetRefused(`${url.protocol} is neither http nor https`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.permits(host)) throw new TargetRefused(`${host} is a private or reserved address`);
  }

  /**
   * For `net.connect` and `tls.connect`: resolves a name once and hands on only addresses that are allowed, so what was
   * checked is what gets connected, whatever the name server answers next.
   */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    this.#addresses(hostname).then(
      (found) => {
        const wanted = options.family === 4 || options.family === 6 ? options.family : 0;
        const permitted = found.filter(({ address, family }) => (wanted === 0 || family === wanted) && this.permits(address));
        const first = permitted[0];
        if (first === undefined) {
          const addresses = found.map(({ address }) => address).join(', ');
          callback(new TargetRefused(`${hostname} has no public address (${addresses})`), []);
        } else if (options.all) callback(null, [...permitted]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };

  /** Questions for one name are asked once at a time: a slow name server holds one of the few resolver threads, not all. */
  #addresses(hostname: string): Promise<readonly LookupAddress[]> {
    const now = this.#clock.monotonic();
    const cached = this.#cache.get(hostname);
    if (cached && cached.until > now) return cached.answer;
    const answer = this.#resolve(hostname);
    this.#cache.delete(hostname);
    this.#cache.set(hostname, { until: Number.POSITIVE_INFINITY, answer });
    const keep = () => {
      if (this.#cache.get(hostname)?.answer === answer) {
        this.#cache.set(hostname, { until: this.#clock.monotonic() + DNS_CACHE_MS, answer });
      }
    };
    answer.then(keep, keep);
    if (this.#cache.size > DNS_CACHE_ENTRIES) {
      const oldest = this.#cache.keys().next();
      if (!oldest.done) this.#cache.delete(oldest.value);
    }
    return answer;
  }
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address);
    const width = family === 6 ? 128 : 32;
    const bits = prefix === undefined ? width : Number(prefix);
    if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > width)
      throw new RangeError(`${range} is not an address range`);
    list.addSubnet(address, bits, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function mappedIpv4(address: string): string | undefined {
  const match = MAPPED_IPV4.exec(address);
  if (!match) return undefined;
  if (match[1] !== undefined) return match[1];
  const high = Number.parseInt(match[2] ?? '', 16);
  const low = Number.parseInt(match[3] ?? '', 16);
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

function resolveBySystem(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}
