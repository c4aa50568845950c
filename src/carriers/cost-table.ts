import type { Micros } from '../billing/money.ts';
import type { CarrierCost } from '../config/config-store.ts';
import type { MessageService } from './carrier.ts';

/** What carriers take for one part, or a minute of a call: longest prefix wins; nothing configured costs nothing. */
export function compileCosts(
  costs: readonly CarrierCost[],
): (carrier: string, service: MessageService | 'voice', destination: string) => Micros {
  const byKey = new Map<string, Map<string, Micros>>();
  for (const { carrier, service, prefix, cost } of costs) {
    const key = `${carrier} ${service}`;
    byKey.set(key, (byKey.get(key) ?? new Map()).set(prefix, cost));
  }
  return (carrier, service, destination) => {
    const prefixes = byKey.get(`${carrier} ${service}`);
    if (!prefixes) return 0;
    for (let length = destination.length; length >= 0; length--) {
      const cost = prefixes.get(destination.slice(0, length));
      if (cost !== undefined) return cost;
    }
    return 0;
  };
}
