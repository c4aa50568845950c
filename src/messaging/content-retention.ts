import type { Clock } from '../runtime/clock.ts';
import { firstUuidOf, lastUuidOf, timeOfUuid } from '../runtime/ids.ts';
import type { ContentRetentionStore, RetentionRule } from './content-retention-store.ts';

/** messaging.md §18. */
const DEFAULT_DAYS = 7;
const DAY_MS = 24 * 3_600_000;
/** Rows of one statement: some tens of milliseconds, so nobody waits for its locks. */
const BATCH = 2_000;
/** Of one run of the chore for one rule; the rest follows at the next run. 100 batches an hour are five million messages a day. */
const MOST_BATCHES = 100;

/** Blanks what webhooks repeat of these messages. */
export type WebhookBlanker = (messageIds: readonly string[]) => Promise<void>;

/** The chore that forgets texts: of messages older than their account's retention, and of the webhooks that brought them. */
export class ContentRetention {
  readonly #store: ContentRetentionStore;
  readonly #blankWebhooks: WebhookBlanker;
  readonly #clock: Clock;

  constructor(store: ContentRetentionStore, blankWebhooks: WebhookBlanker, clock: Clock) {
    this.#store = store;
    this.#blankWebhooks = blankWebhooks;
    this.#clock = clock;
  }

  async run(): Promise<void> {
    const rules = await this.#store.rules(DEFAULT_DAYS);
    const own = rules.map((rule) => rule.accountId).filter((accountId) => accountId !== '');
    for (const rule of rules) await this.#apply(rule, own);
  }

  async #apply(rule: RetentionRule, own: readonly string[]): Promise<void> {
    const before = this.#clock.now() - rule.days * DAY_MS;
    let after = rule.blankedUntil > 0 ? lastUuidOf(rule.blankedUntil - 1) : firstUuidOf(0);
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const { inboundIds, lastId } = await this.#store.blank(rule, own, after, before, BATCH);
      if (inboundIds.length > 0) await this.#blankWebhooks(inboundIds);
      if (lastId === undefined) {
        await this.#store.remember(rule, Math.max(before, rule.blankedUntil));
        return;
      }
      after = lastId;
      await this.#store.remember(rule, timeOfUuid(lastId));
    }
  }
}
