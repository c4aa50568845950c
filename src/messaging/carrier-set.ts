import type { Micros } from '../billing/money.ts';
import type { CarrierHealth, MessageCarrier, MessageService } from '../carriers/carrier.ts';
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
  | { readonly kind: 'carrier'; readonly carrier: MessageCarrier }
  /** A carrier will come back, or be given up for the next one: look again after that time. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Every carrier of the route has refused it. */
  | { readonly kind: 'exhausted' };

/** The carriers of this node with routing and failover. Replaced as a whole when the configuration changes. */
export class CarrierSet {
  readonly #clock: Clock;
  readonly #downSince = new Map<string, number>();
  readonly #states = new Map<string, CarrierHealth['state']>();
  #setup: CarrierSetup = { carriers: [], router: new Router([]), costOf: () => 0 };
  #byName = new Map<string, MessageCarrier>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly MessageCarrier[] {
    return this.#setup.carriers;
  }

  /** Whether the carrier itself, not another one of its name, is in use. */
  has(carrier: MessageCarrier): boolean {
    return this.#byName.get(carrier.name) === carrier;
  }

  replace(setup: CarrierSetup): void {
    this.#setup = setup;
    this.#byName = new Map(setup.carriers.map((carrier) => [carrier.name, carrier]));
    this.#downSince.clear();
    this.#states.clear();
    for (const carrier of setup.carriers) this.noteChange(carrier.name);
  }

  /** To be told of every change of a carrier: failover counts from when it went down. Answers whether its health has changed. */
  noteChange(name: string): boolean {
    const carrier = this.#byName.get(name);
    if (!carrier) return false;
    const { state } = carrier.health();
    if (state === 'up') this.#downSince.delete(name);
    else if (!this.#downSince.has(name)) this.#downSince.set(name, this.#clock.monotonic());
    if (this.#states.get(name) === state) return false;
    this.#states.set(name, state);
    return true;
  }

  costOf(carrier: string, service: MessageService, destination: string): Micros {
    return this.#setup.costOf(carrier, service, destination);
  }

  /** The carrier for the next attempt: the first of the route that has not refused the message and is not down for long. */
  choose(service: MessageService, destination: string, tried: readonly string[]): CarrierChoice {
    const route = this.#setup.router.find(service, destination);
    const left = this.#usable(route, service, tried);
    if (left.length === 0) return tried.length > 0 ? { kind: 'exhausted' } : { kind: 'wait', ms: FAILOVER_AFTER_MS };
    for (const carrier of left) {
      const health = carrier.health().state;
      if (health === 'up') return { kind: 'carrier', carrier };
      const patience = health === 'failed' ? 0 : this.#patience(carrier.name);
      if (patience > 0) return { kind: 'wait', ms: patience };
    }
    return { kind: 'wait', ms: FAILOVER_AFTER_MS };
  }

  /** What a refusal by a carrier leads to: the codes that move a message on, and whether another carrier is left that may take it. */
  failover(
    service: MessageService,
    destination: string,
    tried: readonly string[],
    refusedBy: string,
  ): { readonly failoverCodes: ReadonlySet<string>; readonly hasNext: boolean } {
    const route = this.#setup.router.find(service, destination);
    const left = this.#usable(route, service, tried).filter((carrier) => carrier.name !== refusedBy);
    return { failoverCodes: route.failoverCodes, hasNext: left.some((carrier) => carrier.health().state !== 'failed') };
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
