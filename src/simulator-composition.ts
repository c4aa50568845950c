import { VirtualPhones } from './carriers/simulator/phones.ts';
import { SimulatorCarrier, type SimulatorOptions } from './carriers/simulator/simulator-carrier.ts';
import { SimulatorStore } from './carriers/simulator/simulator-store.ts';
import type { Storage } from './storage/storage.ts';

/** Wires the carrier that always exists, and the phones that are on it. */
export function composeSimulator(needs: Omit<SimulatorOptions, 'store'> & { readonly storage: Storage }) {
  const store = new SimulatorStore(needs.storage.hot);
  const simulator = new SimulatorCarrier({ ...needs, store });
  const phones = new VirtualPhones({ ...needs, store, bringIn: (message) => simulator.bringIn(message) });
  return { simulator, phones };
}
