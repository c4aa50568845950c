import { createHmac } from 'node:crypto';
import type { Sealing } from '../storage/sealing.ts';

/** PINs as storage has them: sealed, so that the session can be shown, and a digest that tells two of them apart without opening either. */
export interface Pins {
  seal(pin: string | null): string | null;
  unseal(stored: string | null): string | null;
  digest(pin: string | null): Buffer | null;
}

/** What the API takes at most; whatever is longer is sealed. */
const MAX_PIN = 15;

export function createPins(sealing: Pick<Sealing, 'seal' | 'unseal' | 'keyFor'>): Pins {
  const key = sealing.keyFor('masking pins');
  return {
    seal: (pin) => (pin === null ? null : sealing.seal(pin)),
    unseal: (stored) => (stored === null || stored.length <= MAX_PIN ? stored : sealing.unseal(stored)),
    digest: (pin) => (pin === null ? null : createHmac('sha256', key).update(pin).digest()),
  };
}
