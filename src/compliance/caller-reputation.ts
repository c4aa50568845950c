import type { Scope } from '../accounts/account.ts';
import { reachOf } from '../accounts/reach.ts';
import { invalidParameter, missingParameter, notFound } from '../errors/catalogue.ts';
import type { NumberDetails } from '../numbers/number.ts';
import type { StatusCallback } from './enums.ts';
import type { NumberMirrorStore } from './number-mirror-store.ts';
import { ownerIdOf } from './ownership.ts';
import type { Proceedings, Step } from './proceedings.ts';
import type { Profile, Profiles } from './profiles.ts';
import type { Decider } from './registry/casework.ts';
import { type ReputationEvent, type ReputationState, reputationTable } from './reputation-machine.ts';
import { after } from './state-machine.ts';

/** What a request says of the caller reputation of a number. */
export interface ReputationWish {
  /** Undefined = as it is. */
  readonly isEnabled: boolean | undefined;
  /** The business that calls; undefined = the one it has. */
  readonly profileId: string | undefined;
  readonly callback: StatusCallback | undefined;
}

export interface CallerReputationDependencies {
  readonly proceedings: Proceedings;
  readonly profiles: Profiles;
  readonly mirror: NumberMirrorStore;
}

/** A number as this knows it, with its row locked. */
interface Held {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly details: NumberDetails;
}

/** Whose calls those of a number are, as a registry vouches for it (account-numbers.md §8, compliance.md §2.4). */
export class CallerReputation {
  readonly #needs: CallerReputationDependencies;

  constructor(needs: CallerReputationDependencies) {
    this.#needs = needs;
  }

  /** The number is of the scope, and of this kind. @throws Problem */
  async change(
    scope: Scope,
    number: string,
    kind: { readonly countryIso: string; readonly type: string },
    wish: ReputationWish,
  ): Promise<void> {
    const { proceedings, profiles } = this.#needs;
    const { isEnabled, profileId, callback } = wish;
    if (isEnabled && !(kind.countryIso === 'US' && (kind.type === 'local' || kind.type === 'tollfree'))) {
      const expected = 'a local or toll-free number of the US is expected';
      throw invalidParameter('caller_reputation', `caller_reputation parameter is invalid: ${expected}`);
    }
    const named = profileId === undefined ? undefined : await profiles.named(reachOf(scope), profileId);
    await proceedings.run(async (step) => {
      const held = await this.#hold(step, scope.account.authId, number);
      if (!held) throw notFound();
      const business = named?.id ?? held.details.profileUuid;
      if (isEnabled && business === undefined) throw missingParameter('profile_uuid');
      const state = held.details.callerReputation ?? 'NOT_ENROLLED';
      const event = eventOf(wish, named, held);
      await this.#set(step, held, {
        profileUuid: business,
        ...(callback && { reputationCallback: callback }),
        ...(event && { callerReputation: after(reputationTable, state, event) ?? state }),
      });
      if (event === 'disable') await step.withdraw('caller_reputation', number);
      if (event === 'enable' && business !== undefined) await this.#ask(step, held, business);
      step.touched(number);
    });
  }

  readonly decide: Decider = async (step, { subjectId, accountId }, verdict) => {
    const held = await this.#hold(step, accountId, subjectId);
    const state = held?.details.callerReputation;
    const next = state && after(reputationTable, state, verdict.outcome === 'approved' ? 'approved' : 'rejected');
    if (!held || !next) return;
    await this.#set(step, held, { callerReputation: next });
    step.touched(subjectId);
    const { profileUuid, reputationCallback } = held.details;
    const profile = profileUuid === undefined ? undefined : await this.#needs.profiles.store.lock(step.client, profileUuid);
    const callback = reputationCallback ?? profile?.facts.callerReputation?.callback;
    if (!callback) return;
    step.tell({
      kind: 'caller_reputation',
      ownerId: ownerIdOf(held),
      callback,
      at: step.at,
      number: subjectId,
      profileId: profileUuid ?? '',
      status: next,
      reason: next === 'FAILED' ? (verdict.reason ?? 'The registry declined the number') : undefined,
    });
  };

  async #ask(step: Step, { number, accountId }: Held, profileId: string): Promise<void> {
    const profile = await this.#needs.profiles.store.lock(step.client, profileId);
    if (!profile) throw invalidParameter('profile_uuid', 'profile_uuid parameter is invalid: the account has no such profile');
    const { callerReputation, primaryProfile: _primary, ...business } = profile.facts;
    const facts = { number, profileId, carriers: callerReputation?.carriers, ...business };
    await step.ask({ kind: 'caller_reputation', subjectId: number, accountId, facts });
  }

  async #hold({ client }: Step, accountId: string, number: string): Promise<Held | undefined> {
    return this.#needs.mirror.lock(client, accountId, number);
  }

  async #set(step: Step, { accountId, number }: Held, details: Parameters<NumberMirrorStore['set']>[3]): Promise<void> {
    await this.#needs.mirror.set(step.client, accountId, number, details);
  }
}

/** A number joins its business where that is asked for, where its business changes, and where it gets one whose calls are vouched for. */
function eventOf({ isEnabled }: ReputationWish, named: Profile | undefined, { details }: Held): ReputationEvent | undefined {
  if (isEnabled !== undefined) return isEnabled ? 'enable' : 'disable';
  if (!named || named.id === details.profileUuid) return undefined;
  const state: ReputationState = details.callerReputation ?? 'NOT_ENROLLED';
  return state !== 'NOT_ENROLLED' || named.facts.callerReputation?.enabled ? 'enable' : undefined;
}
