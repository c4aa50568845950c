import type { Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, reachOf } from '../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { NumberDetails } from '../numbers/number.ts';
import type { NumberStore } from '../numbers/number-store.ts';
import type { StatusCallback } from './enums.ts';
import type { NumberMirrorStore } from './number-mirror-store.ts';
import { type Condition, equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { type Making, newUuid, owned, ownerIdOf } from './ownership.ts';
import type { Proceedings, Step } from './proceedings.ts';
import type { Profiles } from './profiles.ts';
import type { Decider } from './registry/casework.ts';
import { after, requireAfter } from './state-machine.ts';
import { type TollfreeState, tollfreeTable } from './tollfree-machine.ts';

/** What a toll-free number sends, and how people agreed to it (compliance.md §7). */
export interface TollfreeFacts {
  readonly profileId: string;
  /** Digits. */
  readonly number: string;
  /** Joined by commas, as given. */
  readonly usecase: string;
  readonly usecaseSummary: string;
  readonly messageSample: string;
  readonly optinImageUrl: string;
  readonly optinType: string;
  readonly volume: string;
  readonly additionalInformation?: string | undefined;
  readonly extraData?: string | undefined;
  readonly termsAndConditionsLink?: string | undefined;
  readonly privacyPolicyLink?: string | undefined;
  readonly optinMessage?: string | undefined;
  readonly helpMessage?: string | undefined;
  readonly callback?: StatusCallback | undefined;
  readonly errorMessage?: string | undefined;
}

export type TollfreeVerification = Owned<TollfreeState, TollfreeFacts>;

export interface TollfreeFilter {
  readonly number?: string | undefined;
  readonly status?: TollfreeState | undefined;
  readonly profileId?: string | undefined;
  readonly usecase?: string | undefined;
  readonly from: Date;
  readonly to: Date;
}

/** One that must be updated and is not is rejected (compliance.md §7). */
const UPDATE_WITHIN_MS = 6 * 24 * 3_600_000;

const verificationOf: Readonly<Record<TollfreeState, NonNullable<NumberDetails['tollFreeVerification']>>> = {
  SUBMITTED: 'PENDING_VERIFICATION',
  UPDATE_REQUIRED: 'PENDING_VERIFICATION',
  APPROVED: 'VERIFIED',
  REJECTED: 'UNVERIFIED',
};

export interface TollfreeDependencies {
  readonly proceedings: Proceedings;
  readonly profiles: Profiles;
  readonly numbers: NumberStore;
  readonly mirror: NumberMirrorStore;
}

export class TollfreeVerifications {
  readonly store: OwnedStore<TollfreeState, TollfreeFacts>;
  readonly #needs: TollfreeDependencies;

  constructor(needs: TollfreeDependencies) {
    this.#needs = needs;
    this.store = new OwnedStore(needs.proceedings.pool, 'tollfree_verifications');
  }

  async create(making: Making, facts: TollfreeFacts): Promise<TollfreeVerification> {
    const { proceedings, profiles, numbers } = this.#needs;
    const reach = reachOf(making.scope);
    await profiles.named(reach, facts.profileId);
    const number = await numbers.findWithin(reach, facts.number);
    if (number?.type !== 'tollfree' || (number.countryIso !== 'US' && number.countryIso !== 'CA')) {
      throw invalidParameter('number', 'number parameter is invalid: a toll-free number of the account, US or CA, is expected');
    }
    return proceedings.run(async (step) => {
      const verification = owned(making, newUuid(making, proceedings.ids), 'SUBMITTED' as const, facts);
      if (!(await this.store.insert(verification, step.client))) {
        const present = await this.store.findWithin(reach, verification.id, step.client);
        if (present) return present;
        throw new Problem('conflict', 'The number has a verification already.', { parameter: 'number' });
      }
      await this.#ask(step, verification);
      await this.#enter(step, verification);
      return verification;
    });
  }

  async get(scope: Scope, id: string): Promise<TollfreeVerification> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  list(scope: Scope, filter: TollfreeFilter, page: PageRequest): Promise<Found<TollfreeVerification>> {
    const { number, status, profileId, usecase, from, to } = filter;
    const conditions: readonly Condition[] = [
      ...equalTo({ number, status, profile_id: profileId, usecase }),
      { column: 'created_at', comparison: '>=', value: from },
      { column: 'created_at', comparison: '<=', value: to },
    ];
    return this.store.list(reachOf(scope), conditions, page);
  }

  /** Changes what is given and asks the registry anew. */
  async update(scope: Scope, id: string, change: Partial<TollfreeFacts>): Promise<void> {
    const { proceedings, profiles } = this.#needs;
    if (change.profileId !== undefined) await profiles.named(reachOf(scope), change.profileId);
    await proceedings.run(async (step) => {
      const verification = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!verification) throw notFound();
      const refusal = `The verification is ${verification.status}, it can be updated when it is SUBMITTED or UPDATE_REQUIRED.`;
      const status = requireAfter(tollfreeTable, verification.status, 'updated', refusal);
      const changed = { ...verification, status, facts: { ...verification.facts, ...change } };
      await this.store.update(step.client, id, { status, facts: changed.facts, at: step.at });
      await this.#ask(step, changed);
    });
  }

  async delete(scope: Scope, id: string): Promise<void> {
    const { proceedings, mirror } = this.#needs;
    await proceedings.run(async (step) => {
      const verification = await this.store.lockWithin(step.client, reachOf(scope), id);
      if (!verification) throw notFound();
      const { status, facts, accountId } = verification;
      if (status === 'APPROVED' || status === 'REJECTED') {
        throw new Problem('conflict', `The verification is ${status} and cannot be deleted.`);
      }
      await step.withdraw('tollfree_verification', id);
      await this.store.delete(step.client, id);
      await mirror.set(step.client, accountId, facts.number, {
        tollFreeVerification: undefined,
        tollFreeVerificationId: undefined,
        tollFreeVerificationOrderStatus: undefined,
      });
      step.touched(facts.number);
    });
  }

  readonly decide: Decider = async (step, { subjectId }, verdict) => {
    const verification = await this.store.lock(step.client, subjectId);
    const status = verification && after(tollfreeTable, verification.status, verdict.outcome);
    if (!verification || !status) return;
    const errorMessage = status === 'APPROVED' ? undefined : (verdict.reason ?? reasonOf(verdict.outcome, verdict.code));
    const facts: TollfreeFacts = { ...verification.facts, errorMessage };
    await this.store.update(step.client, verification.id, { status, facts, at: step.at });
    if (status === 'UPDATE_REQUIRED') await this.#awaitUpdate(step, verification);
    await this.#enter(step, { ...verification, status, facts });
  };

  /** Shows the state at the number and tells the account. */
  async #enter(step: Step, { id, accountId, subaccountId, status, facts }: TollfreeVerification): Promise<void> {
    await this.#needs.mirror.set(step.client, accountId, facts.number, {
      tollFreeVerification: verificationOf[status],
      tollFreeVerificationId: id,
      tollFreeVerificationOrderStatus: status,
    });
    step.touched(facts.number);
    if (!facts.callback) return;
    step.tell({
      kind: 'tollfree_verification',
      ownerId: ownerIdOf({ accountId, subaccountId }),
      callback: facts.callback,
      at: step.at,
      verificationId: id,
      number: facts.number,
      status,
      errorMessage: facts.errorMessage ?? '',
    });
  }

  async #ask(step: Step, { id, accountId, facts }: TollfreeVerification): Promise<void> {
    const { callback: _callback, ...shown } = facts;
    await step.ask({ kind: 'tollfree_verification', subjectId: id, accountId, facts: shown });
  }

  /** A case that nobody is asked about until the account updates: then it is replaced; or time is up: then it is rejected. */
  async #awaitUpdate(step: Step, { id, accountId }: TollfreeVerification): Promise<void> {
    const deadline = new Date(step.at.getTime() + UPDATE_WITHIN_MS);
    await step.ask({ kind: 'tollfree_verification', subjectId: id, accountId, facts: { awaitsUpdate: true } }, deadline);
  }
}

function reasonOf(outcome: 'approved' | 'rejected' | 'update_required', code: string | undefined): string {
  const what = outcome === 'update_required' ? 'The verification must be updated' : 'The verification was rejected';
  return code === undefined ? what : `${what} (${code})`;
}
