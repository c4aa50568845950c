import { batchLoad } from '../../runtime/batch-load.ts';
import type { Clock } from '../../runtime/clock.ts';
import { FreshCache } from '../../runtime/fresh-cache.ts';
import { isUuid } from '../../runtime/ids.ts';
import type { InboundPowerpack, PoolDirectoryStore } from './pool-directory-store.ts';
import type { Powerpack } from './powerpack.ts';
import { SenderPool } from './sender-choice.ts';

/** How long another node's change may go unseen. */
const FRESH_MS = 5_000;
/** Pools at hand; one of a thousand numbers takes some 500 KB. */
const MAX_POOLS = 200;
/** Numbers that messages come in for, with and without a pool. */
const MAX_NUMBERS = 50_000;

/** A Powerpack with its numbers, ready to choose from. */
export interface LoadedPowerpack {
  readonly powerpack: Powerpack;
  readonly senders: SenderPool;
}

/** Powerpacks held in memory for a few seconds: messages that name one ask no storage for it. */
export class PowerpackDirectory {
  readonly #pools: FreshCache<LoadedPowerpack | undefined>;
  readonly #byNumber: FreshCache<InboundPowerpack | undefined>;

  constructor(store: PoolDirectoryStore, clock: Clock) {
    this.#pools = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_POOLS }, async (powerpackId) => {
      const found = await store.load(powerpackId);
      return found && { powerpack: found.powerpack, senders: new SenderPool(found.powerpack, found.senders) };
    });
    const ofNumbers = batchLoad((numbers) => store.ofNumbers(numbers));
    this.#byNumber = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_NUMBERS }, ofNumbers);
  }

  async find(powerpackId: string): Promise<LoadedPowerpack | undefined> {
    return isUuid(powerpackId) ? this.#pools.get(powerpackId.toLowerCase()) : undefined;
  }

  /** The Powerpack that answers for a number. */
  ofNumber(number: string): Promise<InboundPowerpack | undefined> {
    return this.#byNumber.get(number);
  }

  /** Forgets a Powerpack that this node has just changed, and whose numbers are whose. */
  invalidate(powerpackId: string): void {
    this.#pools.invalidate(powerpackId);
    this.#byNumber.clear();
  }

  /** Forgets all of them: numbers or applications have changed. */
  invalidateAll(): void {
    this.#pools.clear();
    this.#byNumber.clear();
  }
}
