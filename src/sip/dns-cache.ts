import type { Clock } from '../runtime/clock.ts';
import type { Dns, NaptrRecord, SrvRecord } from './network.ts';

/** Calls to one carrier come many a second, while carriers move their servers by the minute. */
const FOUND_MS = 60_000;
/** A name that was just created, or a server that just came back, is to be found soon. */
const ABSENT_MS = 5000;
/** Names in requests are chosen by strangers too. */
const MOST_ENTRIES = 5000;

interface Entry<T> {
  readonly records: Promise<readonly T[]>;
  until: number;
}

/** Remembers what name servers said, also that they said nothing, and asks each question once at a time. Never rejects. */
export class DnsCache {
  readonly #clock: Clock;
  readonly #dns: Dns;
  readonly #addresses = new Map<string, Entry<string>>();
  readonly #srv = new Map<string, Entry<SrvRecord>>();
  readonly #naptr = new Map<string, Entry<NaptrRecord>>();

  constructor(clock: Clock, dns: Dns) {
    this.#clock = clock;
    this.#dns = dns;
  }

  /** IPv4 addresses before IPv6 ones. */
  addresses(host: string): Promise<readonly string[]> {
    return this.#ask(this.#addresses, host, async () => {
      const [four, six] = await Promise.all([this.#dns.a(host).catch(() => []), this.#dns.aaaa(host).catch(() => [])]);
      return [...four, ...six];
    });
  }

  srv(name: string): Promise<readonly SrvRecord[]> {
    return this.#ask(this.#srv, name, () => this.#dns.srv(name));
  }

  naptr(name: string): Promise<readonly NaptrRecord[]> {
    return this.#ask(this.#naptr, name, () => this.#dns.naptr(name));
  }

  #ask<T>(cache: Map<string, Entry<T>>, name: string, query: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const key = name.toLowerCase();
    const known = cache.get(key);
    if (known !== undefined && known.until > this.#clock.monotonic()) return known.records;
    cache.delete(key);
    for (const oldest of cache.keys()) {
      if (cache.size < MOST_ENTRIES) break;
      cache.delete(oldest);
    }
    const records = query().catch(() => []);
    const entry = { records, until: Number.POSITIVE_INFINITY };
    cache.set(key, entry);
    records.then((found) => {
      entry.until = this.#clock.monotonic() + (found.length > 0 ? FOUND_MS : ABSENT_MS);
    });
    return records;
  }
}
