/**
 * What a message or a minute of a call costs: the rate of the far number's network where the list has one, else that of the longest prefix,
 * by service and direction, and the fee that the far carrier charges on top of a message (messaging.md §14: charge = units × rate + carrier
 * fees). Pure lookup over a table compiled once.
 */
import { type Micros, parseAmount } from './money.ts';
import { type SurchargeService, surchargeServices } from './surcharges.ts';

const ownServices = ['sms', 'mms', 'whatsapp', 'voice', 'multiparty'] as const;
export type RatedService = (typeof ownServices)[number] | SurchargeService;
export type Direction = 'outbound' | 'inbound';

/** One line of the price list as it is configured. Amounts are decimal strings of at most five decimals, in the account's currency. */
export interface RateRow {
  readonly service: RatedService;
  readonly direction: Direction;
  /** Digits the far number begins with, country code first; empty for every number. */
  readonly prefix: string;
  /** Only for numbers of this network: MCC-MNC such as `234-15`. Absent or empty = for all. */
  readonly network?: string | undefined;
  /** Of a message, or of a minute. */
  readonly rate: string;
  /** Fee of the far carrier for each unit; absent = none. */
  readonly carrierFee?: string;
  /** Voice: how time is counted; absent = 60/60. */
  readonly increment?: Increment;
}

/** The network that numbers with this prefix belong to. */
export interface NetworkRange {
  readonly prefix: string;
  readonly mcc: string;
  readonly mnc: string;
  /** The carrier's name; may be empty. */
  readonly name: string;
}

/** Seconds that are billed at least, and the steps in which more are. */
export interface Increment {
  readonly minimumS: number;
  readonly incrementS: number;
}

/** Each for one unit. */
export interface Rate {
  readonly rate: Micros;
  readonly carrierFee: Micros;
  /** The prefix that decided, for the operator who asks why. */
  readonly prefix: string;
  readonly increment?: Increment | undefined;
}

export interface Charge {
  readonly units: number;
  readonly rate: Micros;
  readonly amount: Micros;
  readonly carrierFeeRate: Micros;
  readonly carrierFees: Micros;
  /** Amount and carrier fees: what the balance goes down by. */
  readonly total: Micros;
}

export interface RateTable {
  /** `farNumber` is the one that is not ours: destination of an outbound, source of an inbound message or call. Costs 0.02 µs (bench/rates.ts). */
  find(service: RatedService, direction: Direction, farNumber: string): Rate;
  /** By the longest range that the number begins with; undefined where none is known. */
  networkOf(farNumber: string): NetworkRange | undefined;
  /** Rates of longer prefixes that begin with `prefix`, in the order of their digits. */
  below(service: RatedService, direction: Direction, prefix: string): readonly Rate[];
}

const FREE: Rate = { rate: 0, carrierFee: 0, prefix: '' };
/** Longest prefix that makes sense: a whole number. */
const MAX_PREFIX = 15;

export class RateTableError extends Error {
  /** Zero-based index of the row at fault. */
  readonly row: number;

  constructor(row: number, message: string) {
    super(`rate ${row + 1}: ${message}`);
    this.name = 'RateTableError';
    this.row = row;
  }
}

/** A trie over decimal digits: ten children a node, in one flat array. */
interface Trie<Value> {
  readonly children: number[];
  readonly values: (Value | undefined)[];
}

const emptyTrie = <Value>(): Trie<Value> => ({ children: new Array<number>(10).fill(0), values: [undefined] });

interface Priced {
  /** By prefix alone. */
  readonly byPrefix: Trie<Rate>;
  /** By network, then by prefix; those that the list names. */
  readonly byNetwork: Map<string, Trie<Rate>>;
}

/** Throws a RateTableError for the first row with an impossible prefix or amount, or that says another row's key again. */
export function compileRates(rows: readonly RateRow[], ranges: readonly NetworkRange[] = []): RateTable {
  const tries = new Map<string, Priced>();
  rows.forEach((row, index) => {
    if (!/^[0-9]*$/.test(row.prefix) || row.prefix.length > MAX_PREFIX) {
      throw new RateTableError(index, `prefix ${JSON.stringify(row.prefix)} is not up to ${MAX_PREFIX} digits`);
    }
    const rate = amountOf(index, 'rate', row.rate);
    const carrierFee = row.carrierFee === undefined ? 0 : amountOf(index, 'carrier fee', row.carrierFee);
    const key = `${row.service} ${row.direction}`;
    const priced = tries.get(key) ?? { byPrefix: emptyTrie<Rate>(), byNetwork: new Map<string, Trie<Rate>>() };
    tries.set(key, priced);
    const network = row.network ?? '';
    const trie = network === '' ? priced.byPrefix : (priced.byNetwork.get(network) ?? emptyTrie<Rate>());
    if (network !== '') priced.byNetwork.set(network, trie);
    const node = nodeOf(trie, row.prefix);
    if (trie.values[node]) {
      const of = network === '' ? '' : ` for ${network}`;
      throw new RateTableError(index, `${key} has prefix ${JSON.stringify(row.prefix)} twice${of}`);
    }
    trie.values[node] = { rate, carrierFee, prefix: row.prefix, ...(row.increment && { increment: row.increment }) };
  });
  const networks = emptyTrie<NetworkRange>();
  for (const range of ranges) networks.values[nodeOf(networks, range.prefix)] = range;
  const rateOf = (priced: Priced | undefined, farNumber: string): Rate => {
    if (!priced) return FREE;
    if (priced.byNetwork.size > 0) {
      const network = longestMatch(networks, farNumber);
      const trie = network && priced.byNetwork.get(`${network.mcc}-${network.mnc}`);
      const rate = trie && longestMatch(trie, farNumber);
      if (rate) return rate;
    }
    return longestMatch(priced.byPrefix, farNumber) ?? FREE;
  };
  const byService = new Map(
    [...ownServices, ...surchargeServices].map((service) => [
      service,
      { outbound: tries.get(`${service} outbound`), inbound: tries.get(`${service} inbound`) },
    ]),
  );
  return {
    find: (service, direction, farNumber) => rateOf(byService.get(service)?.[direction], farNumber),
    networkOf: (farNumber) => longestMatch(networks, farNumber),
    below: (service, direction, prefix) =>
      (byService.get(service)?.[direction]?.byPrefix.values ?? [])
        .filter((rate) => rate !== undefined)
        .filter((rate) => rate.prefix.length > prefix.length && rate.prefix.startsWith(prefix))
        .toSorted((a, b) => (a.prefix < b.prefix ? -1 : 1)),
  };
}

/** What `units` of a message cost at a rate. */
export function chargeOf(rate: Rate, units: number): Charge {
  const amount = rate.rate * units;
  const carrierFees = rate.carrierFee * units;
  return { units, rate: rate.rate, amount, carrierFeeRate: rate.carrierFee, carrierFees, total: amount + carrierFees };
}

function amountOf(row: number, name: string, text: string): Micros {
  const micros = parseAmount(text);
  if (micros === undefined || micros < 0) {
    throw new RateTableError(row, `${name} ${JSON.stringify(text)} is not an amount of at most five decimals`);
  }
  return micros;
}

function nodeOf<Value>(trie: Trie<Value>, prefix: string): number {
  let node = 0;
  for (const character of prefix) {
    const slot = node * 10 + Number(character);
    let next = trie.children[slot] ?? 0;
    if (next === 0) {
      next = trie.values.length;
      trie.values.push(undefined);
      for (let digit = 0; digit < 10; digit++) trie.children.push(0);
      trie.children[slot] = next;
    }
    node = next;
  }
  return node;
}

function longestMatch<Value>(trie: Trie<Value>, digits: string): Value | undefined {
  let best = trie.values[0];
  let node = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(index) - 48;
    // An alphanumeric or otherwise odd sender has the rate of what matched so far.
    if (digit < 0 || digit > 9) break;
    node = trie.children[node * 10 + digit] ?? 0;
    if (node === 0) break;
    best = trie.values[node] ?? best;
  }
  return best;
}
