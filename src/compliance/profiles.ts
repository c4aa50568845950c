import type pg from 'pg';
import type { Account, Scope } from '../accounts/account.ts';
import { type Found, type PageRequest, type Reach, reachOf } from '../accounts/reach.ts';
import { invalidParameter, missingParameter, Problem } from '../errors/catalogue.ts';
import type { Address, AuthorizedContact, EntityType, StatusCallback } from './enums.ts';
import { NumberMirrorStore } from './number-mirror-store.ts';
import { equalTo, type Owned, OwnedStore } from './owned-store.ts';
import { type Making, newUuid, owned } from './ownership.ts';
import type { Proceedings } from './proceedings.ts';

export type ProfileType = 'PRIMARY' | 'SECONDARY';

/** A business that messages are sent for (compliance.md §2). */
export interface ProfileFacts {
  readonly alias: string;
  readonly customerType: string;
  readonly entityType: EntityType;
  readonly companyName: string;
  readonly vertical: string;
  readonly ein?: string | undefined;
  readonly einIssuingCountry?: string | undefined;
  readonly stockSymbol?: string | undefined;
  readonly stockExchange?: string | undefined;
  readonly altBusinessId?: string | undefined;
  readonly altBusinessIdType?: string | undefined;
  readonly website?: string | undefined;
  readonly plivoSubaccount?: string | undefined;
  readonly businessContactEmail?: string | undefined;
  readonly doingBusinessAs?: string | undefined;
  readonly address?: Address | undefined;
  readonly authorizedContact?: AuthorizedContact | undefined;
  /** Id of the account's own business. */
  readonly primaryProfile?: string | undefined;
  readonly callerReputation?:
    | { readonly enabled: boolean; readonly carriers: readonly string[]; readonly callback: StatusCallback | undefined }
    | undefined;
}

export type Profile = Owned<ProfileType, ProfileFacts>;

export interface ProfileFilter {
  readonly entityType?: string | undefined;
  readonly type?: ProfileType | undefined;
  readonly vertical?: string | undefined;
}

export const profileNotFound = () => new Problem('not_found', 'Profile not found.');

/** Profiles of accounts. Each account has a primary one, made of what is known of the account when it is first looked for. */
export class Profiles {
  readonly store: OwnedStore<ProfileType, ProfileFacts>;
  readonly #proceedings: Proceedings;
  readonly #numbers = new NumberMirrorStore();

  constructor(proceedings: Proceedings) {
    this.#proceedings = proceedings;
    this.store = new OwnedStore(proceedings.pool, 'compliance_profiles');
  }

  async create(making: Making, facts: ProfileFacts): Promise<Profile> {
    checkProfile(facts);
    const primary = await this.#primaryOf(making.scope.account);
    const profile = owned(making, newUuid(making, this.#proceedings.ids), 'SECONDARY' as const, {
      ...facts,
      primaryProfile: primary.id,
    });
    await this.store.insert(profile);
    return profile;
  }

  /** @throws Problem `not_found` */
  async get(scope: Scope, id: string): Promise<Profile> {
    await this.#primaryOf(scope.account);
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw profileNotFound();
    return found;
  }

  async list(scope: Scope, filter: ProfileFilter, page: PageRequest): Promise<Found<Profile>> {
    await this.#primaryOf(scope.account);
    return this.store.list(
      reachOf(scope),
      equalTo({ entity_type: filter.entityType, status: filter.type, vertical: filter.vertical }),
      page,
    );
  }

  /** Changes what is given. */
  async update(scope: Scope, id: string, change: Partial<ProfileFacts>): Promise<Profile> {
    await this.get(scope, id);
    return this.#proceedings.run(async ({ client, at }) => {
      const profile = await this.store.lockWithin(client, reachOf(scope), id);
      if (!profile) throw profileNotFound();
      const facts = { ...profile.facts, ...change };
      checkProfile(facts);
      await this.store.update(client, id, { facts, at });
      return { ...profile, facts, updatedAt: at };
    });
  }

  async delete(scope: Scope, id: string): Promise<void> {
    await this.get(scope, id);
    await this.#proceedings.run(async ({ client }) => {
      const profile = await this.store.lockWithin(client, reachOf(scope), id);
      if (!profile) throw profileNotFound();
      if (profile.status === 'PRIMARY') throw new Problem('conflict', 'The primary profile cannot be deleted.');
      const user = await this.#userOf(client, id);
      if (user !== undefined) throw new Problem('conflict', `The profile is used by ${user} and cannot be deleted.`);
      await this.store.delete(client, id);
    });
  }

  /** A profile named by a parameter. */
  async named(reach: Reach, id: string): Promise<Profile> {
    const found = await this.store.findWithin(reach, id);
    if (!found) throw invalidParameter('profile_uuid', 'profile_uuid parameter is invalid: the account has no such profile');
    return found;
  }

  async #userOf(client: pg.ClientBase, id: string): Promise<string | undefined> {
    const brands = new OwnedStore(this.#proceedings.pool, 'tendlc_brands');
    if (await brands.isReferred(client, 'profile_id', id)) return 'a brand';
    const verifications = new OwnedStore(this.#proceedings.pool, 'tollfree_verifications');
    if (await verifications.isReferred(client, 'profile_id', id)) return 'a toll-free verification';
    return (await this.#numbers.areOfProfile(client, id)) ? 'a number' : undefined;
  }

  async #primaryOf(account: Account): Promise<Profile> {
    const reach = { accountId: account.authId, subaccountId: undefined };
    const conditions = equalTo({ status: 'PRIMARY' });
    const [found] = await this.store.select(reach, conditions, 1);
    if (found) return found;
    const { ids } = this.#proceedings;
    await this.store.insert({
      id: ids.uuid(),
      accountId: account.authId,
      subaccountId: null,
      status: 'PRIMARY',
      facts: {
        alias: account.name,
        customerType: 'DIRECT',
        entityType: 'PRIVATE',
        companyName: account.name,
        vertical: 'COMMUNICATION',
        address: { street: account.address, city: account.city, state: account.state },
      },
      createdAt: account.createdAt,
      updatedAt: account.createdAt,
    });
    const [made] = await this.store.select(reach, conditions, 1);
    if (!made) throw new Problem('unavailable', 'the primary profile could not be made, try again', { retryAfterSeconds: 1 });
    return made;
  }
}

function checkProfile(facts: ProfileFacts): void {
  if (facts.entityType !== 'PUBLIC') return;
  if (facts.stockSymbol === undefined) throw missingParameter('stock_symbol');
  if (facts.stockExchange === undefined) throw missingParameter('stock_exchange');
}
