import type { Clock } from '../runtime/clock.ts';
import { FreshCache } from '../runtime/fresh-cache.ts';
import type { Application } from './application.ts';
import type { ApplicationStore } from './application-store.ts';

/** How long another node's change may go unseen. */
const FRESH_MS = 5_000;
/** About 1 KB each: at most 10 MB. */
const MAX_ENTRIES = 10_000;

/** Applications as the engines need them: looked up on every inbound message and call, so held in memory for a few seconds. */
export class ApplicationDirectory {
  readonly #cache: FreshCache<Application | undefined>;

  constructor(store: Pick<ApplicationStore, 'find'>, clock: Clock) {
    this.#cache = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_ENTRIES }, (appId) => store.find(appId));
  }

  find(appId: string): Promise<Application | undefined> {
    return this.#cache.get(appId);
  }

  /** Forgets an application that this node has just changed. */
  invalidate(appId: string): void {
    this.#cache.invalidate(appId);
  }

  invalidateAll(): void {
    this.#cache.clear();
  }
}
