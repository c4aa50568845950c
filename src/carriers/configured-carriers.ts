import { isDeepStrictEqual } from 'node:util';
import type { CarrierEvents, MessageCarrier } from './carrier.ts';
import { type CarrierConfiguration, type CarrierSurroundings, createMessageCarrier } from './registry.ts';

/** A replaced carrier gets this long for the answers it waits for. */
const REPLACED_GRACE_MS = 10_000;

interface Running {
  readonly configuration: CarrierConfiguration;
  readonly carrier: MessageCarrier;
}

/**
 * The carriers that the configuration names, running. A new configuration starts the new ones, stops those that are gone, and
 * leaves alone those whose options are the same, with their links.
 */
export class ConfiguredCarriers {
  readonly #surroundings: CarrierSurroundings;
  readonly #events: CarrierEvents;
  #running: readonly Running[] = [];

  constructor(surroundings: CarrierSurroundings, events: CarrierEvents) {
    this.#surroundings = surroundings;
    this.#events = events;
  }

  /** Throws when a carrier cannot be made of its options; then nothing has changed. `put` makes the dispatcher use them. */
  use(configurations: readonly CarrierConfiguration[], put: (carriers: readonly MessageCarrier[]) => void): void {
    const next: Running[] = [];
    const started: MessageCarrier[] = [];
    for (const configuration of configurations) {
      const same = this.#running.find((running) => isDeepStrictEqual(running.configuration, configuration));
      const carrier = same?.carrier ?? createMessageCarrier(configuration, this.#surroundings);
      if (!carrier) continue;
      if (!same) started.push(carrier);
      next.push({ configuration, carrier });
    }
    const kept = new Set(next.map(({ carrier }) => carrier));
    const gone = this.#running.filter(({ carrier }) => !kept.has(carrier));
    this.#running = next;
    for (const carrier of started) carrier.start(this.#events);
    put(next.map(({ carrier }) => carrier));
    for (const { carrier } of gone) void carrier.stop(REPLACED_GRACE_MS);
  }
}
