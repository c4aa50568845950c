import type { Clock } from '../runtime/clock.ts';
import type { Endpoint } from './network.ts';

/** A peer that takes no TCP is not asked again for this long. */
const REMEMBER_MS = 600_000;
const MOST_PEERS = 1000;

/** Peers that took no TCP connection: large requests go to them by UDP. */
export class StreamRefusals {
  readonly #clock: Clock;
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note({ address, port }: Endpoint): void {
    const key = `${address} ${port}`;
    this.#until.delete(key);
    for (const oldest of this.#until.keys()) {
      if (this.#until.size < MOST_PEERS) break;
      this.#until.delete(oldest);
    }
    this.#until.set(key, this.#clock.monotonic() + REMEMBER_MS);
  }

  has({ address, port }: Endpoint): boolean {
    return (this.#until.get(`${address} ${port}`) ?? 0) > this.#clock.monotonic();
  }
}
