import type { Clock } from '../runtime/clock.ts';
import { HEARTBEAT_MS, type NodeStore } from './node-store.ts';

/** Beats that may be late before this node doubts itself instead of the others. */
const STEADY_MS = 2 * HEARTBEAT_MS;

/** This node among those of the database: says that it lives, and finds those that do not. */
export class Membership {
  readonly #store: Pick<NodeStore, 'beat' | 'dead' | 'bury'>;
  readonly #node: string;
  readonly #clock: Clock;
  readonly #address: string | undefined;
  #lastBeat = Number.NEGATIVE_INFINITY;

  /** `address`: base URL under which the others reach this node. */
  constructor(store: Pick<NodeStore, 'beat' | 'dead' | 'bury'>, node: string, clock: Clock, address?: string) {
    this.#store = store;
    this.#node = node;
    this.#clock = clock;
    this.#address = address;
  }

  /**
   * To be called every `HEARTBEAT_MS`. `takeOver` is called for each dead node until it has succeeded, and must bear to be called twice,
   * also by two nodes at once. After a pause of its own, as when the database was away, a node judges nobody: the others had it too.
   */
  async beat(takeOver: (node: string) => Promise<void>): Promise<void> {
    const last = this.#lastBeat;
    await this.#store.beat(this.#node, this.#clock.now(), this.#address);
    this.#lastBeat = this.#clock.monotonic();
    if (this.#lastBeat - last > STEADY_MS) return;
    for (const dead of await this.#store.dead(this.#node, this.#clock.now())) {
      await takeOver(dead);
      await this.#store.bury(dead, this.#clock.now());
    }
  }
}
