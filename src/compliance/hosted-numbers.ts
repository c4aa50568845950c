import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import { parseDigits } from '../messaging/phone-number.ts';
import type { HostedInventoryStore } from './hosted-inventory-store.ts';
import { type HostedState, hostedTable } from './hosted-number-machine.ts';
import type { Letters } from './letters.ts';
import { equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { type Making, newUuid, owned } from './ownership.ts';
import type { Proceedings } from './proceedings.ts';
import type { Decider } from './registry/casework.ts';
import { after } from './state-machine.ts';

/** A number of another provider whose messages come and go here (compliance.md §8). */
export interface HostedNumberFacts {
  readonly alias: string;
  /** Digits. */
  readonly number: string;
  readonly appId: string;
  readonly loaId: string;
  readonly failureReason?: string | undefined;
}

export type HostedNumber = Owned<HostedState, HostedNumberFacts>;

export interface HostedNumberFilter {
  readonly alias?: string | undefined;
  readonly status?: string | undefined;
  readonly number?: string | undefined;
  readonly loaId?: string | undefined;
}

/** Numbers that one letter is shown with. */
const MOST_SHOWN = 100;

export class HostedNumbers {
  readonly store: OwnedStore<HostedState, HostedNumberFacts>;
  readonly #proceedings: Proceedings;
  readonly #letters: Letters;
  readonly #inventory: HostedInventoryStore;

  constructor(proceedings: Proceedings, letters: Letters, inventory: HostedInventoryStore) {
    this.#proceedings = proceedings;
    this.#letters = letters;
    this.#inventory = inventory;
    this.store = new OwnedStore(proceedings.pool, 'hosted_numbers');
  }

  async create(making: Making, facts: HostedNumberFacts): Promise<HostedNumber> {
    const number = parseDigits(facts.number);
    const isLocal = number?.kind !== 'toll_free' && (number?.countryIso2 === 'US' || number?.countryIso2 === 'CA');
    if (!isLocal) throw invalidParameter('number', 'number parameter is invalid: a local number of the US or Canada is expected');
    const reach = reachOf(making.scope);
    return this.#proceedings.run(async (step) => {
      const letter = await this.#letters.store.lockWithin(step.client, reach, facts.loaId);
      if (!letter)
        throw invalidParameter('loa_id', 'loa_id parameter is invalid: the account has no such letter of authorization');
      if (await this.#inventory.isKnown(step.client, facts.number)) {
        throw new Problem('conflict', 'The number is on this platform already.', { parameter: 'number' });
      }
      const hosted = owned(making, newUuid(making, this.#proceedings.ids), 'pending' as const, facts);
      if (!(await this.store.insert(hosted, step.client))) {
        const present = await this.store.findWithin(reach, hosted.id, step.client);
        if (present) return present;
        throw new Problem('conflict', 'The number is requested for hosting already.', { parameter: 'number' });
      }
      await step.ask({
        kind: 'hosted_number',
        subjectId: hosted.id,
        accountId: hosted.accountId,
        facts: { ...facts, fileId: letter.facts.fileId },
      });
      return hosted;
    });
  }

  async get(scope: Scope, id: string): Promise<HostedNumber> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(scope: Scope, { alias, status, number, loaId }: HostedNumberFilter, page: PageRequest): Promise<Found<HostedNumber>> {
    return this.store.list(reachOf(scope), equalTo({ alias, status, number, loa_id: loaId }), page);
  }

  /** Numbers on the strength of a letter, newest first. */
  async ofLetter(scope: Scope, loaId: string): Promise<readonly string[]> {
    const found = await this.store.select(reachOf(scope), equalTo({ loa_id: loaId }), MOST_SHOWN);
    return found.map(({ facts }) => facts.number);
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const hosted = await this.store.lock(step.client, subjectId);
    const isApproved = verdict.outcome === 'approved';
    const isTaken = hosted && isApproved && !(await this.#inventory.add(step.client, hosted, step.at));
    const status = hosted && after(hostedTable, hosted.status, isApproved && !isTaken ? 'approved' : 'rejected');
    if (!hosted || !status) return;
    const reason = isTaken ? 'The number is on this platform already.' : (verdict.reason ?? 'The request was declined');
    const facts = status === 'failed' ? { ...hosted.facts, failureReason: reason } : hosted.facts;
    await this.store.update(step.client, hosted.id, { status, facts, at: step.at });
    step.touched(hosted.facts.number);
  };
}
