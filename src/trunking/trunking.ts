import { BlockList, isIP } from 'node:net';
import type pg from 'pg';
import { type Account, ownerOf, type Scope } from '../accounts/account.ts';
import { type Reach, reachOf } from '../accounts/reach.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import { FreshCache } from '../runtime/fresh-cache.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { CallProgram } from '../voice/call-program.ts';
import { parseDestination } from '../voice/destination.ts';
import type { CallingTrunk } from '../voice/sip/trunk-door.ts';
import type { CustomerTrunk, TrunkUri } from './trunk.ts';
import { TrunkCall, type TrunkDestination } from './trunk-call.ts';
import { TrunkStore } from './trunk-store.ts';

export interface TrunkingDependencies {
  readonly pool: pg.Pool;
  readonly sealing: Pick<Sealing, 'seal' | 'unseal'>;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly clock: Clock;
}

/** What a call to a number with a trunk runs, and whose it is. */
interface NumberTrunk {
  readonly ownerId: string;
  readonly trunkId: string;
  readonly isSecure: boolean;
  readonly program: CallProgram;
}

/** How long another node's change of a number's trunk may go unseen. */
const FRESH_MS = 1_000;
/** Some hundred bytes each; numbers without a trunk are remembered, too. */
const MAX_ENTRIES = 50_000;
const NO_HOSTS: ReadonlySet<string> = new Set();

/** Trunks between accounts' telephone systems and this server, put together: what they consist of, and where their calls go. */
export class Trunking {
  readonly store: TrunkStore;
  readonly #account: TrunkingDependencies['account'];
  readonly #ofNumber: FreshCache<CustomerTrunk | undefined>;

  constructor({ pool, sealing, account, clock }: TrunkingDependencies) {
    this.store = new TrunkStore(pool, sealing);
    this.#account = account;
    this.#ofNumber = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_ENTRIES }, (number) => this.store.ofNumber(number));
  }

  /** A trunk, or which numbers have it, was changed here. */
  changed(): void {
    this.#ofNumber.clear();
  }

  /** What a call to the number runs, and whose it is; undefined = it has no trunk. */
  async programFor(number: string): Promise<NumberTrunk | undefined> {
    const trunk = await this.#ofNumber.get(number);
    if (!trunk) return undefined;
    const reach: Reach = { accountId: trunk.accountId, subaccountId: undefined };
    const destinations: TrunkDestination[] = [];
    for (const id of [trunk.primaryUriId, trunk.fallbackUriId]) {
      const uri = id === null ? undefined : await this.store.uris.find(reach, id);
      if (uri) destinations.push(destinationAt(uri, number, trunk.secure));
    }
    return { ownerId: trunk.ownerId, trunkId: trunk.trunkId, isSecure: trunk.secure, program: new TrunkCall(destinations) };
  }

  /** The outbound trunk of that id, and by what its calls are known; undefined = there is none. */
  async callingTrunk(trunkId: string): Promise<CallingTrunk | undefined> {
    const trunk = await this.store.calling(trunkId);
    if (!trunk || !(await this.#account(trunk.ownerId))?.enabled) return undefined;
    const reach: Reach = { accountId: trunk.accountId, subaccountId: undefined };
    const list = trunk.ipListId === null ? undefined : await this.store.ipLists.find(reach, trunk.ipListId);
    const credential = trunk.credentialId === null ? undefined : await this.store.credentials.find(reach, trunk.credentialId);
    // One that has lost both lets nobody in.
    if (!list && !credential) return undefined;
    return {
      trunkId,
      ownerId: trunk.ownerId,
      isSecure: trunk.secure,
      isSource: list ? (address) => isWithin(list.addresses, address) : undefined,
      credential: credential && { username: credential.username, ha1: { md5: credential.ha1Md5, sha256: credential.ha1Sha256 } },
      programFor: (from, to) => new TrunkCall([{ address: to, callerId: from, credentials: undefined }]),
    };
  }
}

/** Whose something new is. */
export const newOwned = (scope: Scope, name: string | undefined, now: number) => ({
  accountId: scope.account.authId,
  ownerId: ownerOf(scope),
  name: name ?? '',
  createdAt: new Date(now),
});

/** Something of the caller's that a parameter names. @throws Problem */
export async function named<Item>(
  table: { find(reach: Reach, id: string): Promise<Item | undefined> },
  scope: Scope,
  parameter: string,
  id: string,
): Promise<Item> {
  const found = await table.find(reachOf(scope), id);
  if (found) return found;
  throw invalidParameter(parameter, `${parameter} parameter is invalid: the account has no such thing`);
}

/** `host`, `host:port` or `user@host`, with or without `sip:`. @throws Problem */
export function readTrunkUri(given: string): string {
  const plain = given.trim().replace(/^sip:/i, '');
  const uri = plain.includes('@') ? plain : `user@${plain}`;
  if (parseDestination(`sip:${uri}`, NO_HOSTS).kind === 'sip') return plain;
  throw invalidParameter(
    'uri',
    'uri parameter is invalid: a host name or address, with a port where it is not 5060, is expected',
  );
}

/** @throws Problem for what is neither an address nor a network */
export function readIpAddresses(given: readonly unknown[]): readonly string[] {
  return given.map((entry) => {
    const [address = '', bits, ...rest] = String(entry).split('/');
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const isNetwork = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
    if (family !== 0 && isNetwork && rest.length === 0) return bits === undefined ? address : `${address}/${bits}`;
    throw invalidParameter('ip_addresses', 'ip_addresses parameter is invalid: a list of IP addresses is expected');
  });
}

function destinationAt({ uri, credentials }: TrunkUri, number: string, isSecure: boolean): TrunkDestination {
  const place = isSecure ? `${uri.replace(/;transport=[^;]*/i, '')};transport=tls` : uri;
  const address = uri.includes('@') ? `sip:${place}` : `sip:+${number}@${place}`;
  return { address, callerId: undefined, credentials, isSecure };
}

function isWithin(addresses: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const entry of addresses) {
    const [network = '', bits] = entry.split('/');
    const type = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, type);
    else list.addSubnet(network, Number(bits), type);
  }
  // A socket of both families shows an IPv4 address as one of IPv6.
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
