import type { InboundMedia } from './carriers/carrier.ts';
import { VirtualPhones } from './carriers/simulator/phones.ts';
import { SimulatorCarrier, type SimulatorOptions } from './carriers/simulator/simulator-carrier.ts';
import { SimulatorStore } from './carriers/simulator/simulator-store.ts';
import type { Storage } from './storage/storage.ts';

interface SimulatorGround {
  readonly storage: Storage;
  readonly fetchMedia: (url: string, contentType?: string) => Promise<InboundMedia>;
}

/** Wires the carrier that always exists, and the phones that are on it. */
export function composeSimulator(needs: Omit<SimulatorOptions, 'store' | 'fetchMedia'> & SimulatorGround) {
  const store = new SimulatorStore(needs.storage.hot);
  const simulator = new SimulatorCarrier({ ...needs, store });
  const phones = new VirtualPhones({ ...needs, store, bringIn: (message) => simulator.bringIn(message) });
  return { simulator, phones };
}
