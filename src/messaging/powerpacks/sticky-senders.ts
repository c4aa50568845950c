import { createHash } from 'node:crypto';
import { batchLoad } from '../../runtime/batch-load.ts';
import type { Clock } from '../../runtime/clock.ts';
import { FreshCache } from '../../runtime/fresh-cache.ts';
import type { StickySender, StickySenderStore } from './sticky-sender-store.ts';

/** A mapping is made once and then only ends, with its number: what is no member any more is not used whatever is remembered here. */
const FRESH_MS = 60_000;
/** Some 200 bytes each. */
const MAX_DESTINATIONS = 50_000;

const keyOf = ({ poolId, destination }: Omit<StickySender, 'number'>) => `${poolId} ${destination}`;

/** Sticky senders held in memory; requests that ask or claim at the same moment make one statement. */
export class StickySenders {
  readonly #known: FreshCache<string | undefined>;
  readonly #claim: (key: string) => Promise<string | undefined>;

  constructor(store: StickySenderStore, clock: Clock) {
    const find = batchLoad(async (keys) => {
      const found = await store.find(keys.map(readKey));
      return new Map(found.map((sticky) => [keyOf(sticky), sticky.number]));
    });
    this.#known = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_DESTINATIONS }, find);
    this.#claim = batchLoad(async (keys) => {
      // Of two numbers for one destination the first is claimed, both get what stands then.
      const wanted = new Map(
        keys
          .map(readKey)
          .toReversed()
          .map((sticky) => [keyOf(sticky), sticky]),
      );
      const claimed = await store.claim([...wanted.values()], clock.now());
      const standing = new Map(claimed.map((sticky) => [keyOf(sticky), sticky.number]));
      return new Map(
        keys.flatMap((key) => {
          const number = standing.get(keyOf(readKey(key)));
          return number === undefined ? [] : [[key, number] as const];
        }),
      );
    });
  }

  /** The number that the destination has had from the pool. */
  find(poolId: string, destination: string): Promise<string | undefined> {
    return this.#known.get(keyOf({ poolId, destination: digestOf(poolId, destination) }));
  }

  /** Remembers a number for a destination unless one is remembered; answers which one stands. */
  async claim(poolId: string, destination: string, number: string): Promise<string | undefined> {
    const digest = digestOf(poolId, destination);
    const standing = await this.#claim(`${poolId} ${digest} ${number}`);
    this.#known.invalidate(keyOf({ poolId, destination: digest }));
    return standing;
  }
}

/** Messages may be sent without leaving the recipient's number anywhere: what is kept of a destination only tells it again. */
const digestOf = (poolId: string, destination: string) =>
  createHash('sha256').update(`${poolId} ${destination}`).digest('base64url');

/** Ids, digests and digits have no blanks. */
function readKey(key: string): StickySender {
  const [poolId = '', destination = '', number = ''] = key.split(' ');
  return { poolId, destination, number };
}
