import type { Scope } from '../accounts/account.ts';
import { reachOf } from '../accounts/reach.ts';
import { invalidParameter, missingParameter, notFound } from '../errors/catalogue.ts';
import type { StatusCallback } from './enums.ts';
import type { HeldNumber, NumberMirrorStore } from './number-mirror-store.ts';
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

interface NumberKind {
  readonly countryIso: string;
  readonly type: string;
}

/** Whether a registry vouches for such numbers at all. */
const isVouchable = ({ countryIso, type }: NumberKind): boolean =>
  countryIso === 'US' && (type === 'local' || type === 'tollfree');

/** Whose calls those of a number are, as a registry vouches for it (account-numbers.md §8, compliance.md §2.4). */
export class CallerReputation {
  readonly #needs: CallerReputationDependencies;

  constructor(needs: CallerReputationDependencies) {
    this.#needs = needs;
  }

  /** The number is of the scope, and of this kind. @throws Problem */
  async change(scope: Scope, number: string, kind: NumberKind, wish: ReputationWish): Promise<void> {
    const { proceedings, profiles, mirror } = this.#needs;
    const { isEnabled, profileId, callback } = wish;
    if (isEnabled && !isVouchable(kind)) {
      const expected = 'a local or toll-free number of the US is expected';
      throw invalidParameter('caller_reputation', `caller_reputation parameter is invalid: ${expected}`);
    }
    const named = profileId === undefined ? undefined : await profiles.named(reachOf(scope), profileId);
    await proceedings.run(async (step) => {
      const held = await mirror.lock(step.client, scope.account.authId, number);
      if (!held) throw notFound();
      const business = named?.id ?? held.details.profileUuid;
      if (isEnabled && business === undefined) throw missingParameter('profile_uuid');
      const state = held.details.callerReputation ?? 'NOT_ENROLLED';
      const event = eventOf(isEnabled, isVouchable(kind) ? named : undefined, held);
      const profile = business === undefined ? undefined : await profiles.store.lock(step.client, business);
      if (!profile && (named || event === 'enable'))
        throw invalidParameter('profile_uuid', 'profile_uuid parameter is invalid: the account has no such profile');
      await mirror.set(step.client, held.accountId, number, {
        profileUuid: business,
        ...(callback && { reputationCallback: callback }),
        ...(event && { callerReputation: after(reputationTable, state, event) ?? state }),
      });
      if (event === 'disable') await step.withdraw('caller_reputation', number);
      if (event === 'enable' && profile) await ask(step, held, profile);
      step.touched(number);
    });
  }

  readonly decide: Decider = async (step, { subjectId, accountId }, verdict) => {
    const { mirror, profiles } = this.#needs;
    const held = await mirror.lock(step.client, accountId, subjectId);
    const state = held?.details.callerReputation;
    const next = state && after(reputationTable, state, verdict.outcome === 'approved' ? 'approved' : 'rejected');
    if (!held || !next) return;
    await mirror.set(step.client, accountId, subjectId, { callerReputation: next });
    step.touched(subjectId);
    const { profileUuid, reputationCallback } = held.details;
    const profile = profileUuid === undefined ? undefined : await profiles.store.lock(step.client, profileUuid);
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
}

function ask(step: Step, { number, accountId }: HeldNumber, { id: profileId, facts: said }: Profile): Promise<void> {
  const { callerReputation, primaryProfile: _primary, ...business } = said;
  const facts = { number, profileId, carriers: callerReputation?.carriers, ...business };
  return step.ask({ kind: 'caller_reputation', subjectId: number, accountId, facts });
}

/** A number joins its business where that is asked for, where its business changes, and where it gets one whose calls are vouched for. */
function eventOf(
  isEnabled: boolean | undefined,
  named: Profile | undefined,
  { details }: HeldNumber,
): ReputationEvent | undefined {
  if (isEnabled !== undefined) return isEnabled ? 'enable' : 'disable';
  if (!named || named.id === details.profileUuid) return undefined;
  const state: ReputationState = details.callerReputation ?? 'NOT_ENROLLED';
  return state !== 'NOT_ENROLLED' || named.facts.callerReputation?.enabled ? 'enable' : undefined;
}
