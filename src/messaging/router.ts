import type { MessageService } from '../carriers/carrier.ts';

/** A route of the configuration: which carriers take a service to numbers that begin with a prefix, in the order of failover. */
export interface Route {
  readonly service: MessageService | 'voice';
  readonly prefix: string;
  readonly carriers: readonly string[];
  /** Among routes of the same prefix the higher one comes first; the others' carriers follow it. */
  readonly priority: number;
  /** Message error codes after which the next carrier is tried; others end the message. */
  readonly failoverCodes: readonly string[];
}

export interface RouteChoice {
  readonly carriers: readonly string[];
  readonly failoverCodes: ReadonlySet<string>;
}

/** Network trouble, temporarily unavailable, no route, prohibited, unknown: another carrier may well deliver. */
export const DEFAULT_FAILOVER_CODES: readonly string[] = ['20', '90', '100', '1000'];
/** Takes whatever no route claims. */
export const FALLBACK_CARRIER = 'simulator';

const FALLBACK: RouteChoice = { carriers: [FALLBACK_CARRIER], failoverCodes: new Set(DEFAULT_FAILOVER_CODES) };

/** Longest prefix wins; within it priority. */
export class Router {
  readonly #byService = new Map<string, Map<string, RouteChoice>>();
  #longest = 0;

  constructor(routes: readonly Route[]) {
    for (const route of [...routes].sort((a, b) => b.priority - a.priority)) {
      const prefixes = this.#byService.get(route.service) ?? new Map<string, RouteChoice>();
      const earlier = prefixes.get(route.prefix);
      prefixes.set(route.prefix, {
        carriers: [...new Set([...(earlier?.carriers ?? []), ...route.carriers])],
        failoverCodes: earlier?.failoverCodes ?? new Set(route.failoverCodes),
      });
      this.#byService.set(route.service, prefixes);
      this.#longest = Math.max(this.#longest, route.prefix.length);
    }
  }

  find(service: Route['service'], destination: string): RouteChoice {
    const prefixes = this.#byService.get(service);
    if (!prefixes) return FALLBACK;
    for (let length = Math.min(this.#longest, destination.length); length >= 0; length--) {
      const found = prefixes.get(destination.slice(0, length));
      if (found) return found;
    }
    return FALLBACK;
  }
}
