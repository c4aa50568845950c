import type { ColumnType, Generated, Kysely, Selectable, Transaction, Updateable } from 'kysely';
import { countRows } from '../storage/count-rows.ts';
import { likePrefix } from '../storage/like.ts';
import type { Storage, Tables } from '../storage/storage.ts';
import type { Application, ApplicationChange, HttpMethod } from './application.ts';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from './reach.ts';

interface ApplicationTable {
  app_id: string;
  account_id: string;
  subaccount_id: ColumnType<string | null, string | null | undefined>;
  name: string;
  answer_url: Generated<string>;
  answer_method: Generated<HttpMethod>;
  hangup_url: Generated<string>;
  hangup_method: Generated<HttpMethod>;
  fallback_answer_url: Generated<string>;
  fallback_method: Generated<HttpMethod>;
  message_url: Generated<string>;
  message_method: Generated<HttpMethod>;
  default_number_app: Generated<boolean>;
  default_endpoint_app: Generated<boolean>;
  public_uri: Generated<boolean>;
  log_incoming_messages: Generated<boolean>;
  created_at: Generated<Date>;
}
type Database = Tables & {
  applications: ApplicationTable;
  accounts: { auth_id: string };
  endpoints: { app_id: string | null };
};

export type NewApplication = Pick<Application, 'appId' | 'accountId' | 'name' | 'createdAt'> & ApplicationChange;

export interface ApplicationFilter {
  readonly namePrefix: string | undefined;
}

/** Applications in storage. Deleting one leaves its numbers without an application. */
export class ApplicationStore {
  readonly #db: Kysely<Database>;

  constructor(storage: Storage) {
    this.#db = storage.kysely.withTables<Database>();
  }

  async find(appId: string): Promise<Application | undefined> {
    const row = await this.#db.selectFrom('applications').selectAll().where('app_id', '=', appId).executeTakeFirst();
    return row && toApplication(row);
  }

  /** What new endpoints of the account get, and what answers the calls of those without an application of their own. */
  async findEndpointDefault(accountId: string): Promise<Application | undefined> {
    const row = await this.#db
      .selectFrom('applications')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('default_endpoint_app', '=', true)
      .executeTakeFirst();
    return row && toApplication(row);
  }

  /** The application when it lies within the reach. */
  async findWithin(reach: Reach, appId: string): Promise<Application | undefined> {
    const found = await this.find(appId);
    if (found?.accountId !== reach.accountId) return undefined;
    return reach.subaccountId === undefined || found.subaccountId === reach.subaccountId ? found : undefined;
  }

  /** Newest first. */
  async list(reach: Reach, filter: ApplicationFilter, page: PageRequest): Promise<Found<Application>> {
    let matching = this.#db.selectFrom('applications').where('account_id', '=', reach.accountId);
    if (reach.subaccountId !== undefined) matching = matching.where('subaccount_id', '=', reach.subaccountId);
    const { namePrefix } = filter;
    if (namePrefix !== undefined) matching = matching.where('name', 'like', likePrefix(namePrefix));
    const rows = await matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('app_id')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('app_id').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toApplication), page, count);
  }

  /** Stores it unless its id exists: an asynchronous request that runs a second time changes nothing. */
  async insert(application: NewApplication): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await claimDefaults(transaction, application.accountId, application.appId, application);
      await transaction
        .insertInto('applications')
        .values({
          ...toRow(application),
          app_id: application.appId,
          account_id: application.accountId,
          name: application.name,
          created_at: application.createdAt,
        })
        .onConflict((conflict) => conflict.column('app_id').doNothing())
        .execute();
    });
  }

  async update(accountId: string, appId: string, change: ApplicationChange): Promise<void> {
    const row = toRow(change);
    if (Object.keys(row).length === 0) return;
    await this.#db.transaction().execute(async (transaction) => {
      await claimDefaults(transaction, accountId, appId, change);
      await transaction.updateTable('applications').set(row).where('app_id', '=', appId).execute();
    });
  }

  /** Deletes it. Its endpoints go with it, or to the application `heir`, or are left without one (`undefined`). */
  async delete(appId: string, endpoints: { readonly heir: string | undefined } | 'deleted'): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      if (endpoints === 'deleted') await transaction.deleteFrom('endpoints').where('app_id', '=', appId).execute();
      else if (endpoints.heir !== undefined)
        await transaction.updateTable('endpoints').set({ app_id: endpoints.heir }).where('app_id', '=', appId).execute();
      await transaction.deleteFrom('applications').where('app_id', '=', appId).execute();
    });
  }
}

/** The application that was the default loses it. The account's row serialises two requests that both want it. */
async function claimDefaults(
  transaction: Transaction<Database>,
  accountId: string,
  appId: string,
  change: ApplicationChange,
): Promise<void> {
  if (!change.isNumberDefault && !change.isEndpointDefault) return;
  await transaction.selectFrom('accounts').select('auth_id').where('auth_id', '=', accountId).forNoKeyUpdate().execute();
  const others = transaction.updateTable('applications').where('account_id', '=', accountId).where('app_id', '!=', appId);
  if (change.isNumberDefault) await others.set({ default_number_app: false }).where('default_number_app', '=', true).execute();
  if (change.isEndpointDefault)
    await others.set({ default_endpoint_app: false }).where('default_endpoint_app', '=', true).execute();
}

function toRow(change: ApplicationChange): Updateable<ApplicationTable> {
  return {
    ...(change.subaccountId !== undefined && { subaccount_id: change.subaccountId }),
    ...(change.name !== undefined && { name: change.name }),
    ...(change.answerUrl !== undefined && { answer_url: change.answerUrl }),
    ...(change.answerMethod !== undefined && { answer_method: change.answerMethod }),
    ...(change.hangupUrl !== undefined && { hangup_url: change.hangupUrl }),
    ...(change.hangupMethod !== undefined && { hangup_method: change.hangupMethod }),
    ...(change.fallbackAnswerUrl !== undefined && { fallback_answer_url: change.fallbackAnswerUrl }),
    ...(change.fallbackMethod !== undefined && { fallback_method: change.fallbackMethod }),
    ...(change.messageUrl !== undefined && { message_url: change.messageUrl }),
    ...(change.messageMethod !== undefined && { message_method: change.messageMethod }),
    ...(change.isNumberDefault !== undefined && { default_number_app: change.isNumberDefault }),
    ...(change.isEndpointDefault !== undefined && { default_endpoint_app: change.isEndpointDefault }),
    ...(change.publicUri !== undefined && { public_uri: change.publicUri }),
    ...(change.logIncomingMessages !== undefined && { log_incoming_messages: change.logIncomingMessages }),
  };
}

function toApplication(row: Selectable<ApplicationTable>): Application {
  return {
    appId: row.app_id,
    accountId: row.account_id,
    subaccountId: row.subaccount_id,
    name: row.name,
    answerUrl: row.answer_url,
    answerMethod: row.answer_method,
    hangupUrl: row.hangup_url,
    hangupMethod: row.hangup_method,
    fallbackAnswerUrl: row.fallback_answer_url,
    fallbackMethod: row.fallback_method,
    messageUrl: row.message_url,
    messageMethod: row.message_method,
    isNumberDefault: row.default_number_app,
    isEndpointDefault: row.default_endpoint_app,
    publicUri: row.public_uri,
    logIncomingMessages: row.log_incoming_messages,
    createdAt: row.created_at,
  };
}
