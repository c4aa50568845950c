import type { Kysely, Selectable, Updateable } from 'kysely';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { countRows } from '../storage/count-rows.ts';
import type { Storage, Tables } from '../storage/storage.ts';

/** A SIP user of an account (voice-api.md §10). */
export interface Endpoint {
  /** 14 decimal digits. */
  readonly endpointId: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  /** What answers the calls it makes; null = the account's default for endpoints. */
  readonly appId: string | null;
  /** With its suffix: what registers. Unique on the instance. */
  readonly username: string;
  readonly alias: string;
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
  readonly createdAt: Date;
}

export type EndpointChange = Partial<Pick<Endpoint, 'appId' | 'alias' | 'ha1Md5' | 'ha1Sha256'>>;

interface EndpointTable {
  endpoint_id: string;
  account_id: string;
  subaccount_id: string | null;
  app_id: string | null;
  username: string;
  alias: string;
  ha1_md5: string;
  ha1_sha256: string;
  created_at: Date;
}

type EndpointTables = { endpoints: EndpointTable };

/** Endpoint ids are decimal digits; anything else is not worth asking storage for. */
const ENDPOINT_ID = /^\d{1,20}$/;

export class EndpointStore {
  readonly #db: Kysely<Tables & EndpointTables>;

  constructor(storage: Storage) {
    this.#db = storage.kysely.withTables<EndpointTables>();
  }

  /** Stores it unless its id exists: an asynchronous request that runs a second time changes nothing. */
  async insert(endpoint: Endpoint): Promise<void> {
    await this.#db
      .insertInto('endpoints')
      .values({
        endpoint_id: endpoint.endpointId,
        account_id: endpoint.accountId,
        subaccount_id: endpoint.subaccountId,
        app_id: endpoint.appId,
        username: endpoint.username,
        alias: endpoint.alias,
        ha1_md5: endpoint.ha1Md5,
        ha1_sha256: endpoint.ha1Sha256,
        created_at: endpoint.createdAt,
      })
      .onConflict((conflict) => conflict.column('endpoint_id').doNothing())
      .execute();
  }

  async findWithin(reach: Reach, endpointId: string): Promise<Endpoint | undefined> {
    if (!ENDPOINT_ID.test(endpointId)) return undefined;
    const row = await this.#within(reach).selectAll().where('endpoint_id', '=', endpointId).executeTakeFirst();
    return row && toEndpoint(row);
  }

  /** Who registers or calls under this name, of whichever account. */
  async findByUsername(username: string): Promise<Endpoint | undefined> {
    const row = await this.#db.selectFrom('endpoints').selectAll().where('username', '=', username).executeTakeFirst();
    return row && toEndpoint(row);
  }

  /** Usernames of the endpoints of an application. */
  async usernamesOf(appId: string): Promise<readonly string[]> {
    const rows = await this.#db.selectFrom('endpoints').select('username').where('app_id', '=', appId).execute();
    return rows.map((row) => row.username);
  }

  /** Newest first. */
  async list(reach: Reach, page: PageRequest): Promise<Found<Endpoint>> {
    const matching = this.#within(reach);
    const rows = await matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('endpoint_id')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('endpoint_id').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toEndpoint), page, count);
  }

  async update(endpointId: string, change: EndpointChange): Promise<void> {
    const row: Updateable<EndpointTable> = {
      ...(change.appId !== undefined && { app_id: change.appId }),
      ...(change.alias !== undefined && { alias: change.alias }),
      ...(change.ha1Md5 !== undefined && { ha1_md5: change.ha1Md5 }),
      ...(change.ha1Sha256 !== undefined && { ha1_sha256: change.ha1Sha256 }),
    };
    if (Object.keys(row).length === 0) return;
    await this.#db.updateTable('endpoints').set(row).where('endpoint_id', '=', endpointId).execute();
  }

  async delete(endpointId: string): Promise<void> {
    await this.#db.deleteFrom('endpoints').where('endpoint_id', '=', endpointId).execute();
  }

  #within(reach: Reach) {
    const query = this.#db.selectFrom('endpoints').where('account_id', '=', reach.accountId);
    return reach.subaccountId === undefined ? query : query.where('subaccount_id', '=', reach.subaccountId);
  }
}

const toEndpoint = (row: Selectable<EndpointTable>): Endpoint => ({
  endpointId: row.endpoint_id,
  accountId: row.account_id,
  subaccountId: row.subaccount_id,
  appId: row.app_id,
  username: row.username,
  alias: row.alias,
  ha1Md5: row.ha1_md5,
  ha1Sha256: row.ha1_sha256,
  createdAt: row.created_at,
});
