import type { OwnNumberFacts } from '../messaging/own-numbers.ts';
import { type RegistrationRules, type Standing, UNREGISTERED_PER_SECOND } from '../messaging/registration.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { LruCache } from '../runtime/lru-cache.ts';
import type { Enforcement } from './configuration.ts';
import type { ThroughputStore } from './throughput-store.ts';

/** Verified toll-free numbers (messaging.md §17). */
const TOLL_FREE_PER_SECOND = 25;
/** How long another node's change may go unseen. */
const FRESH_MS = 30_000;
/** Numbers that send at once; some 100 bytes each. */
const MAX_NUMBERS = 50_000;
const SECONDS = 60;

interface Known {
  readonly rate: number | undefined;
  readonly at: number;
}

export interface SendingRulesDependencies {
  readonly enforcement: () => Enforcement;
  readonly throughput: ThroughputStore;
  readonly findNumber: (digits: string) => Promise<OwnNumberFacts | undefined>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What unregistered senders may do when the operator enforces registration, and how fast registered ones are. Rates are asked for by
 * the dispatcher, which cannot wait: a number that is not known yet is looked up, and limited from its next message on. Whoever
 * sends by request has it looked up before.
 */
export class SendingRules implements RegistrationRules {
  readonly #needs: SendingRulesDependencies;
  #rates = new LruCache<string, Known>(MAX_NUMBERS);
  readonly #loading = new Set<string>();

  constructor(needs: SendingRulesDependencies) {
    this.#needs = needs;
  }

  standingOf(number: OwnNumberFacts, destinationCountry: string | undefined): Standing {
    const { unregisteredLongCode, unverifiedTollFree } = this.#needs.enforcement();
    if (number.isRegistered !== false) return 'free';
    if (number.type === 'tollfree') {
      const isNorthAmerica = destinationCountry === 'US' || destinationCountry === 'CA';
      return isNorthAmerica && unverifiedTollFree === 'refuse' ? 'refused' : 'free';
    }
    if (destinationCountry !== 'US' || unregisteredLongCode === 'allow') return 'free';
    return unregisteredLongCode === 'refuse' ? 'refused' : 'limited';
  }

  rateOf(sender: string): number | undefined {
    if (!this.#isEnforced()) return undefined;
    if (!this.#isFresh(sender)) this.#load(sender);
    return this.#rates.get(sender)?.rate;
  }

  async prepare(sender: string): Promise<void> {
    if (this.#isEnforced() && !this.#isFresh(sender)) await this.#learn(sender);
  }

  /** What is known of a number has changed, or all of it. */
  forget(sender?: string): void {
    if (sender === undefined) this.#rates = new LruCache(MAX_NUMBERS);
    else if (this.#rates.get(sender)) this.#rates.set(sender, { rate: undefined, at: Number.NEGATIVE_INFINITY });
  }

  #isEnforced(): boolean {
    const { unregisteredLongCode, unverifiedTollFree } = this.#needs.enforcement();
    return unregisteredLongCode !== 'allow' || unverifiedTollFree !== 'allow';
  }

  #isFresh(sender: string): boolean {
    const known = this.#rates.get(sender);
    return known !== undefined && this.#needs.clock.monotonic() - known.at < FRESH_MS;
  }

  async #learn(sender: string): Promise<void> {
    this.#rates.set(sender, { rate: await this.#rateOf(sender), at: this.#needs.clock.monotonic() });
  }

  #load(sender: string): void {
    if (this.#loading.has(sender) || this.#loading.size >= MAX_NUMBERS) return;
    this.#loading.add(sender);
    this.#learn(sender)
      .catch((error: unknown) => this.#needs.log.warn({ err: error, sender }, 'throughput of a sender could not be read'))
      .finally(() => this.#loading.delete(sender));
  }

  async #rateOf(sender: string): Promise<number | undefined> {
    const { enforcement, findNumber, throughput } = this.#needs;
    const { unregisteredLongCode, unverifiedTollFree } = enforcement();
    const number = await findNumber(sender);
    if (number?.isRegistered === undefined) return undefined;
    if (number.type === 'tollfree') return unverifiedTollFree === 'refuse' ? TOLL_FREE_PER_SECOND : undefined;
    if (unregisteredLongCode === 'allow') return undefined;
    if (!number.isRegistered) return UNREGISTERED_PER_SECOND;
    const campaign = await throughput.ofNumber(sender);
    return campaign && campaign.perMinute / SECONDS / campaign.numbers;
  }
}
