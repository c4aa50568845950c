import type { Scope } from '../../accounts/account.ts';
import { type Found, type PageRequest, type Reach, reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound, Problem } from '../../errors/catalogue.ts';
import { equalTo, type Owned, OwnedStore } from '../owned-store.ts';
import { type Making, newUuid, owned } from '../ownership.ts';
import type { Proceedings } from '../proceedings.ts';
import type { UserType } from './requirements.ts';

/** Who uses a number: a person or a business (compliance.md §9.2, §10.1). */
export interface EndUserFacts {
  readonly name: string;
  readonly lastName?: string | undefined;
  readonly email?: string | undefined;
  readonly addressLine1?: string | undefined;
  readonly addressLine2?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly country?: string | undefined;
  readonly registrationNumber?: string | undefined;
}

export type EndUser = Owned<UserType, EndUserFacts>;

export class EndUsers {
  readonly store: OwnedStore<UserType, EndUserFacts>;
  readonly #proceedings: Proceedings;

  constructor(proceedings: Proceedings) {
    this.#proceedings = proceedings;
    this.store = new OwnedStore(proceedings.pool, 'end_users');
  }

  async create(making: Making, type: UserType, facts: EndUserFacts): Promise<EndUser> {
    const user = owned(making, newUuid(making, this.#proceedings.ids), type, facts);
    await this.store.insert(user);
    return user;
  }

  async get(scope: Scope, id: string): Promise<EndUser> {
    const found = await this.store.findWithin(reachOf(scope), id);
    if (!found) throw notFound();
    return found;
  }

  /** A user named by a parameter. */
  async named(reach: Reach, id: string): Promise<EndUser> {
    const found = await this.store.findWithin(reach, id);
    if (!found) throw invalidParameter('end_user_id', 'end_user_id parameter is invalid: the account has no such end user');
    return found;
  }

  list(
    scope: Scope,
    filter: { readonly name?: string | undefined; readonly lastName?: string | undefined; readonly type?: UserType | undefined },
    page: PageRequest,
  ): Promise<Found<EndUser>> {
    return this.store.list(reachOf(scope), equalTo({ name: filter.name, last_name: filter.lastName, status: filter.type }), page);
  }

  async update(scope: Scope, id: string, change: Partial<EndUserFacts> & { readonly type?: UserType }): Promise<void> {
    await this.#proceedings.run(async ({ client, at }) => {
      const user = await this.store.lockWithin(client, reachOf(scope), id);
      if (!user) throw notFound();
      const { type, ...facts } = change;
      await this.store.update(client, id, { facts: { ...user.facts, ...facts }, at, ...(type && { status: type }) });
    });
  }

  /** Refused while documents or applications speak of them. */
  async delete(scope: Scope, id: string): Promise<void> {
    await this.#proceedings.run(async ({ client }) => {
      const user = await this.store.lockWithin(client, reachOf(scope), id);
      if (!user) throw notFound();
      for (const table of ['compliance_documents', 'compliance_applications']) {
        const referring = new OwnedStore(this.#proceedings.pool, table);
        if (await referring.isReferred(client, 'end_user_id', id)) {
          throw new Problem('conflict', 'The end user has documents or applications, delete them first.');
        }
      }
      await this.store.delete(client, id);
    });
  }
}
