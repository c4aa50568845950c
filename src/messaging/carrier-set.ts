import type { Micros } from '../billing/money.ts';
import type { MessageCarrier, MessageService } from '../carriers/carrier.ts';
import type { Clock } from '../runtime/clock.ts';
import { type RouteChoice, Router } from './router.ts';

/** A carrier that went down is waited for this long before its messages take the next one: a reconnect takes about a second. */
const FAILOVER_AFTER_MS = 5_000;

export interface CarrierSetup {
  readonly carriers: readonly MessageCarrier[];
  readonly router: Router;
  /** What a carrier takes for one part to a number. */
  readonly costOf: (carrier: string, service: MessageService, destination: string) => Micros;
}

export type CarrierChoice =
  | {
      readonly kind: 'carrier';
      readonly carrier: MessageCarrier;
      readonly failoverCodes: ReadonlySet<string>;
      readonly hasNext: boolean;
    }
  /** A carrier will come back, or be given up for the next one: look again after that time. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Every carrier of the route has refused it. */
  | { readonly kind: 'exhausted' };

/** The carriers of this node with routing and failover. Replaced as a whole when the configuration changes. */
export class CarrierSet {
  readonly #clock: Clock;
  readonly #downSince = new Map<string, number>();
  #setup: CarrierSetup = { carriers: [], router: new Router([]), costOf: () => 0 };
  #byName = new Map<string, MessageCarrier>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly MessageCarrier[] {
    return this.#setup.carriers;
  }

  replace(setup: CarrierSetup): void {
    this.#setup = setup;
    this.#byName = new Map(setup.carriers.map((carrier) => [carrier.name, carrier]));
    this.#downSince.clear();
    for (const carrier of setup.carriers) this.noteChange(carrier.name);
  }

  /** To be told of every change of a carrier's health: failover counts from when it went down. */
  noteChange(name: string): void {
    const carrier = this.#byName.get(name);
    if (!carrier) return;
    if (carrier.health().state === 'up') this.#downSince.delete(name);
    else if (!this.#downSince.has(name)) this.#downSince.set(name, this.#clock.monotonic());
  }

  costOf(carrier: string, service: MessageService, destination: string): Micros {
    return this.#setup.costOf(carrier, service, destination);
  }

  /** The carrier for the next attempt: the first of the route that has not refused the message and is not down for long. */
  choose(service: MessageService, destination: string, tried: readonly string[]): CarrierChoice {
    const route = this.#setup.router.find(service, destination);
    const left = this.#usable(route, service, tried);
    if (left.length === 0) return tried.length > 0 ? { kind: 'exhausted' } : { kind: 'wait', ms: FAILOVER_AFTER_MS };
    for (const [index, carrier] of left.entries()) {
      const health = carrier.health().state;
      if (health === 'up')
        return { kind: 'carrier', carrier, failoverCodes: route.failoverCodes, hasNext: index < left.length - 1 };
      const patience = health === 'failed' ? 0 : this.#patience(carrier.name);
      if (patience > 0) return { kind: 'wait', ms: patience };
    }
    return { kind: 'wait', ms: FAILOVER_AFTER_MS };
  }

  #usable(route: RouteChoice, service: MessageService, tried: readonly string[]): readonly MessageCarrier[] {
    return route.carriers
      .filter((name) => !tried.includes(name))
      .map((name) => this.#byName.get(name))
      .filter((carrier) => carrier?.services.has(service) === true)
      .filter((carrier) => carrier !== undefined);
  }

  #patience(name: string): number {
    const since = this.#downSince.get(name);
    if (since === undefined) {
      this.#downSince.set(name, this.#clock.monotonic());
      return FAILOVER_AFTER_MS;
    }
    return FAILOVER_AFTER_MS - (this.#clock.monotonic() - since);
  }
}
