/** What a number is to a pool; local, national and mobile numbers are all long codes. */
export const senderClasses = ['shortcode', 'tollfree', 'longcode'] as const;
export type SenderClass = (typeof senderClasses)[number];

export const poolServices = ['sms', 'mms'] as const;
export type PoolService = (typeof poolServices)[number];

/** Countries that number priorities are about (messaging.md §7). */
export const priorityCountries = ['US', 'CA'] as const;
export type PriorityCountry = (typeof priorityCountries)[number];

/** In which order the classes of a pool are tried for messages of a service to a country. A class that is not named is not used. */
export interface NumberPriority {
  readonly service: PoolService;
  readonly countryIso: PriorityCountry;
  readonly order: readonly SenderClass[];
}

/** A pool of numbers and the rules by which a message gets its sender from it. */
export interface Powerpack {
  readonly powerpackId: string;
  readonly poolId: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  /** Unique among those of its owner. */
  readonly name: string;
  /** A destination hears from the same number each time. */
  readonly stickySender: boolean;
  /** Long codes near the destination come first. */
  readonly localConnect: boolean;
  /** Takes what comes in for the numbers of the pool. */
  readonly appId: string | null;
  /** A PHLO that is run for it, in the place of an application. */
  readonly phloId: string | null;
  /** One entry for each service and country. */
  readonly priorities: readonly NumberPriority[];
  readonly createdAt: Date;
}

export type PowerpackChange = Partial<Pick<Powerpack, 'name' | 'stickySender' | 'localConnect' | 'priorities'>> & {
  /** In the place of whatever took what comes in before. */
  readonly inbound?: Pick<Powerpack, 'appId' | 'phloId'>;
};

const DEFAULT_ORDER: Readonly<Record<PriorityCountry, readonly SenderClass[]>> = {
  US: ['shortcode', 'tollfree', 'longcode'],
  CA: ['shortcode', 'longcode', 'tollfree'],
};

export const defaultPriorities: readonly NumberPriority[] = poolServices.flatMap((service) =>
  priorityCountries.map((countryIso) => ({ service, countryIso, order: DEFAULT_ORDER[countryIso] })),
);

/** Elsewhere no priority can be set, and no short code or toll-free number of another country is sure to arrive. */
const ORDER_ELSEWHERE: readonly SenderClass[] = ['longcode', 'tollfree', 'shortcode'];

/** The classes to try, first to last. */
export function orderFor(
  { priorities }: Pick<Powerpack, 'priorities'>,
  service: PoolService,
  countryIso: string | undefined,
): readonly SenderClass[] {
  const isNamed = priorityCountries.some((country) => country === countryIso);
  if (!isNamed) return ORDER_ELSEWHERE;
  return priorities.find((entry) => entry.service === service && entry.countryIso === countryIso)?.order ?? [];
}

/** The given entries in place of those for the same service and country; the others stay. */
export function withPriorities(current: readonly NumberPriority[], given: readonly NumberPriority[]): readonly NumberPriority[] {
  const isSame = (a: NumberPriority, b: NumberPriority) => a.service === b.service && a.countryIso === b.countryIso;
  return current.map((entry) => given.findLast((other) => isSame(entry, other)) ?? entry);
}

/** Numbers of inventory types as pools know them. */
export function classOf(numberType: string): SenderClass {
  return numberType === 'tollfree' || numberType === 'shortcode' ? numberType : 'longcode';
}
