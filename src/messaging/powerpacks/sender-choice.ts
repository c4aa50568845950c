/**
 * Which number of a pool a message comes from (messaging.md §7, Sender selection). Pure: what it looks at is handed in.
 *
 * 1. The number that the destination knows already, while it is in the pool and may send this message.
 * 2. The classes in the order of priority for the service and the destination's country; in each of them registered numbers before
 *    those that lack their registration, and in each of these the tiers of local connect:
 *    same area code, same state or province, same country, the neighbour in North America, any.
 * 3. Within a tier the numbers take turns. Long codes that have sent their recommended daily volume to North America are passed over
 *    while any other number of the pool can send.
 */

import { areaCodeOf, regionOfAreaCode } from '../../numbers/area-codes.ts';
import type { OwnNumberFacts } from '../own-numbers.ts';
import type { PhoneNumber } from '../phone-number.ts';
import type { Standing } from '../registration.ts';
import { checkSender, type SenderKind } from '../sender.ts';
import { orderFor, type PoolService, type Powerpack, type SenderClass } from './powerpack.ts';

/** messaging.md §7: what a long code should send in a day at most. */
export const RECOMMENDED_PER_DAY = 150;

export interface PoolSender extends OwnNumberFacts {
  readonly senderClass: SenderClass;
  /** Sends MMS for this pool. */
  readonly mms: boolean;
}

export type ChoiceReason =
  | 'sticky sender'
  | 'same area code'
  | 'same state'
  | 'same country'
  | 'neighbouring country'
  | 'turn of the pool';

export interface SenderChoice {
  readonly sender: PoolSender;
  readonly reason: ChoiceReason;
}

export interface ChoiceFacts {
  readonly destination: PhoneNumber;
  readonly service: PoolService;
  /** The number that the destination had before. */
  readonly sticky: string | undefined;
  /** Whose turn it is: any whole number from 0, one more each time. */
  readonly turn: number;
  /** Messages of the day so far. */
  readonly sentToday: (number: string) => number;
  /** What the operator enforces of registration; a refused number is not chosen. */
  readonly standingOf: (number: OwnNumberFacts, destinationCountry: string | undefined) => Standing;
}

interface Tier {
  readonly reason: ChoiceReason;
  readonly senders: readonly PoolSender[];
}

const NEIGHBOUR: Readonly<Record<string, string>> = { US: 'CA', CA: 'US' };
const SENDER_KINDS: Readonly<Record<SenderClass, SenderKind>> = {
  shortcode: 'short_code',
  tollfree: 'toll_free',
  longcode: 'long_code',
};

/** Numbers of a pool, sorted by what selection asks for. Made once for many messages. */
export class SenderPool {
  readonly #byNumber: ReadonlyMap<string, PoolSender>;
  readonly #byClass: ReadonlyMap<SenderClass, readonly PoolSender[]>;
  readonly #longCodes: ReadonlyMap<string, readonly PoolSender[]>;
  readonly #powerpack: Pick<Powerpack, 'priorities' | 'localConnect'>;

  constructor(powerpack: Pick<Powerpack, 'priorities' | 'localConnect'>, senders: readonly PoolSender[]) {
    this.#powerpack = powerpack;
    this.#byNumber = new Map(senders.map((sender) => [sender.number, sender]));
    this.#byClass = Map.groupBy(senders, (sender) => sender.senderClass);
    const places = Map.groupBy(
      senders
        .filter((sender) => sender.senderClass === 'longcode')
        .flatMap((sender) => placesOf(sender.number, sender.countryIso).map((place) => ({ place, sender }))),
      ({ place }) => place,
    );
    this.#longCodes = new Map([...places].map(([place, entries]) => [place, entries.map(({ sender }) => sender)]));
  }

  get size(): number {
    return this.#byNumber.size;
  }

  find(number: string): PoolSender | undefined {
    return this.#byNumber.get(number);
  }

  /** Numbers whose daily volume counts. */
  get longCodes(): readonly PoolSender[] {
    return this.#byClass.get('longcode') ?? [];
  }

  /** Undefined when no number of the pool can send this message. */
  choose(facts: ChoiceFacts): SenderChoice | undefined {
    const known = facts.sticky === undefined ? undefined : this.#byNumber.get(facts.sticky);
    if (known && maySend(known, facts)) return { sender: known, reason: 'sticky sender' };
    return this.#inOrder(facts, (sender) => !isExhausted(sender, facts)) ?? this.#inOrder(facts, () => true);
  }

  #inOrder(facts: ChoiceFacts, hasRoom: (sender: PoolSender) => boolean): SenderChoice | undefined {
    const country = facts.destination.countryIso2;
    for (const senderClass of orderFor(this.#powerpack, facts.service, country)) {
      const tiers = this.#tiers(senderClass, facts.destination);
      for (const mayLackRegistration of [false, true]) {
        for (const { reason, senders } of tiers) {
          const sender = nextOf(
            senders,
            facts.turn,
            (each) => lacksRegistration(each, country) === mayLackRegistration && hasRoom(each) && maySend(each, facts),
          );
          if (sender) return { sender, reason };
        }
      }
    }
    return undefined;
  }

  #tiers(senderClass: SenderClass, { digits, countryIso2 = '' }: PhoneNumber): readonly Tier[] {
    const all = this.#byClass.get(senderClass) ?? [];
    if (senderClass === 'shortcode') {
      return [{ reason: 'same country', senders: all.filter((sender) => sender.countryIso === countryIso2) }];
    }
    const any: Tier = { reason: 'turn of the pool', senders: all };
    if (senderClass === 'tollfree' || !this.#powerpack.localConnect) return [any];
    const [country, area, region] = placesOf(digits, countryIso2);
    const at = (place: string | undefined) => (place === undefined ? [] : (this.#longCodes.get(place) ?? []));
    return [
      { reason: 'same area code', senders: at(area) },
      { reason: 'same state', senders: at(region) },
      { reason: 'same country', senders: at(country) },
      { reason: 'neighbouring country', senders: at(NEIGHBOUR[countryIso2]) },
      any,
    ];
  }
}

/** Country, and in North America area code, then state; each is a key of its own. */
function placesOf(digits: string, country: string): readonly string[] {
  const area = NEIGHBOUR[country] === undefined ? undefined : areaCodeOf(digits);
  const region = area === undefined ? undefined : regionOfAreaCode(area);
  return [country, ...(area === undefined ? [] : [`area ${area}`]), ...(region === undefined ? [] : [region])];
}

/** The first from `turn` on, in a ring, that suits. */
function nextOf(senders: readonly PoolSender[], turn: number, suits: (sender: PoolSender) => boolean): PoolSender | undefined {
  for (let step = 0; step < senders.length; step++) {
    const sender = senders[(turn + step) % senders.length];
    if (sender && suits(sender)) return sender;
  }
  return undefined;
}

function maySend(sender: PoolSender, { destination, service, standingOf }: ChoiceFacts): boolean {
  if (service === 'mms' && !sender.mms) return false;
  if (sender.senderClass === 'shortcode' && sender.countryIso !== destination.countryIso2) return false;
  const verdict = checkSender({
    sender: { address: sender.number, kind: SENDER_KINDS[sender.senderClass], countryIso2: sender.countryIso },
    destination,
    service,
    owned: { ...sender, countryIso2: sender.countryIso },
  });
  return verdict.kind === 'allowed' && standingOf(sender, destination.countryIso2) !== 'refused';
}

/** Registration is what US carriers ask of long codes, those of both countries of toll-free numbers (messaging.md §15). */
function lacksRegistration(sender: PoolSender, destinationCountry: string | undefined): boolean {
  if (sender.isRegistered !== false) return false;
  return destinationCountry === 'US' || (destinationCountry === 'CA' && sender.senderClass === 'tollfree');
}

function isExhausted(sender: PoolSender, { destination, sentToday }: ChoiceFacts): boolean {
  if (sender.senderClass !== 'longcode' || NEIGHBOUR[destination.countryIso2 ?? ''] === undefined) return false;
  return sentToday(sender.number) >= RECOMMENDED_PER_DAY;
}

/** The sender of a message in the terms of sending rules and throughput. */
export const senderKindOf = (sender: PoolSender): SenderKind => SENDER_KINDS[sender.senderClass];
