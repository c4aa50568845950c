import { batchLoad } from '../runtime/batch-load.ts';
import type { Clock } from '../runtime/clock.ts';
import { FreshCache } from '../runtime/fresh-cache.ts';
import { isAwaitingDocuments, isRegistered, type NumberType } from './number.ts';
import type { NumberStore } from './number-store.ts';

/** How long another node's change may go unseen. */
const FRESH_MS = 5_000;
/** Some 300 bytes each: at most 15 MB. Bounds memory also against senders that are tried at random: absent numbers are remembered. */
const MAX_ENTRIES = 50_000;

/** What the engines ask of a number: whose it is, what it may do, where it leads. */
export interface NumberFacts {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly appId: string | null;
  /** Carrier of the configuration that the number lives on. */
  readonly carrier: string | null;
  readonly countryIso: string;
  readonly type: NumberType;
  readonly smsEnabled: boolean;
  readonly mmsEnabled: boolean;
  readonly voiceEnabled: boolean;
  /** See `isRegistered`. */
  readonly isRegistered?: boolean | undefined;
  /** Campaign that a registered US long code belongs to. */
  readonly campaignId?: string | undefined;
  /** Who calls it is looked up by name: of US numbers whose owner wants it (account-numbers.md §8.2). */
  readonly looksUpCallers?: boolean | undefined;
  /** Name that its owner has given it for the calls that it makes. */
  readonly callerName?: string | undefined;
}

/** Numbers of accounts, held in memory for a few seconds: every message asks for its sender, every inbound one for its receiver. */
export class NumberDirectory {
  readonly #cache: FreshCache<NumberFacts | undefined>;

  constructor(store: Pick<NumberStore, 'findMany'>, clock: Clock) {
    const load = batchLoad((digits) => store.findMany(digits));
    this.#cache = new FreshCache(clock, { freshMs: FRESH_MS, capacity: MAX_ENTRIES }, async (digits) => {
      const found = await load(digits);
      if (!found || found.accountId === null) return undefined;
      const { number, accountId, subaccountId, carrier, countryIso, type, details } = found;
      const isUsable = !isAwaitingDocuments(found);
      const registered = isRegistered(found);
      const campaignId = registered ? details.tendlcCampaignId : undefined;
      return {
        number,
        accountId,
        subaccountId,
        appId: isUsable ? found.appId : null,
        carrier,
        countryIso,
        type,
        smsEnabled: found.smsEnabled && isUsable,
        mmsEnabled: found.mmsEnabled && isUsable,
        voiceEnabled: found.voiceEnabled && isUsable,
        isRegistered: registered,
        campaignId,
        looksUpCallers: countryIso === 'US' && found.cnamLookup === 'enabled',
        callerName: details.cnam,
      };
    });
  }

  /** Digits with country code, or a short code. */
  find(digits: string): Promise<NumberFacts | undefined> {
    return this.#cache.get(digits);
  }

  /** Forgets a number that this node has just changed. */
  invalidate(digits: string): void {
    this.#cache.invalidate(digits);
  }

  invalidateAll(): void {
    this.#cache.clear();
  }
}
