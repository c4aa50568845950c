import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { MessageCarrier } from './carrier.ts';
import type { SmppCarrierOptions } from './smpp/options.ts';
import type { PartStore } from './smpp/part-store.ts';
import { createSmppCarrier } from './smpp/smpp-carrier.ts';

/** A carrier as the configuration names it. Its options have been validated when the configuration was applied. */
export interface CarrierConfiguration {
  readonly name: string;
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface CarrierSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly parts: PartStore;
}

type Factory = (configuration: CarrierConfiguration, surroundings: CarrierSurroundings) => MessageCarrier;

/** Kinds of carriers for messages. A new one is a folder with its carrier and a line here; the simulator always exists besides. */
const factories: Readonly<Record<string, Factory>> = {
  smpp: ({ name, options }, surroundings) =>
    createSmppCarrier({ url: '', ...options, name } satisfies SmppCarrierOptions, surroundings),
};

/** Undefined for kinds that carry no messages (SIP trunks). */
export function createMessageCarrier(
  configuration: CarrierConfiguration,
  surroundings: CarrierSurroundings,
): MessageCarrier | undefined {
  return factories[configuration.kind]?.(configuration, surroundings);
}
