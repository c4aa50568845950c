import type { Account } from '../accounts/account.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Ids, isUuid } from '../runtime/ids.ts';
import { applicationDefaults } from './application-limits.ts';
import type { ListedApplication, VerifyApplicationStore } from './application-store.ts';

export interface VerifyApplicationDeskDependencies {
  readonly store: VerifyApplicationStore;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** Absent = stays, or of a new one the default. */
export type ApplicationChange = {
  readonly [Name in keyof Omit<ListedApplication, 'appId' | 'accountId'>]?: ListedApplication[Name] | undefined;
};

/** Where the operator makes, changes and removes Verify applications. */
export class VerifyApplicationDesk {
  readonly #needs: VerifyApplicationDeskDependencies;

  constructor(needs: VerifyApplicationDeskDependencies) {
    this.#needs = needs;
  }

  /** `appId`: undefined = a new one. @throws Problem */
  async create(accountId: string, appId: string | undefined, wished: ApplicationChange): Promise<ListedApplication> {
    const { store, account, ids, clock } = this.#needs;
    const owner = await account(accountId);
    if (!owner || owner.parentId !== null)
      throw invalidParameter('account', 'account parameter is invalid: there is no such main account');
    if (appId !== undefined && !isUuid(appId))
      throw invalidParameter('app_uuid', 'app_uuid parameter is invalid: a UUID is expected');
    const made = merged(
      {
        ...applicationDefaults,
        appId: (appId ?? ids.secretUuid()).toLowerCase(),
        accountId,
        brandName: owner.name,
        isDefault: false,
      },
      wished,
    );
    if (!(await store.insert(made, new Date(clock.now()))))
      throw new Problem('conflict', 'there is an application with this app_uuid');
    return made;
  }

  /** @throws Problem */
  async update(appId: string, change: ApplicationChange): Promise<ListedApplication> {
    const changed = merged(await this.find(appId), change);
    await this.#needs.store.update(changed);
    return changed;
  }

  /** @throws not_found */
  async find(appId: string): Promise<ListedApplication> {
    const found = await this.#needs.store.findAny(appId);
    if (!found) throw notFound();
    return found;
  }

  /** Undefined = of all accounts. */
  list(accountId: string | undefined): Promise<readonly ListedApplication[]> {
    return this.#needs.store.list(accountId);
  }

  /** @throws not_found */
  async delete(appId: string): Promise<void> {
    if (!(await this.#needs.store.delete(appId))) throw notFound();
  }
}

/** What is given takes the place of what is there; null takes away. */
function merged(base: ListedApplication, change: ApplicationChange): ListedApplication {
  return {
    appId: base.appId,
    accountId: base.accountId,
    alias: change.alias ?? base.alias,
    brandName: change.brandName ?? base.brandName,
    codeLength: change.codeLength ?? base.codeLength,
    expiryS: change.expiryS ?? base.expiryS,
    maxAttempts: change.maxAttempts ?? base.maxAttempts,
    template: change.template === undefined ? base.template : change.template,
    appHash: change.appHash === undefined ? base.appHash : change.appHash,
    channels: change.channels ?? base.channels,
    locale: change.locale ?? base.locale,
    isDefault: change.isDefault ?? base.isDefault,
  };
}
