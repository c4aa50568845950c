import type pg from 'pg';
import { isUuid } from '../runtime/ids.ts';
import { inTransaction } from '../storage/storage.ts';
import type { VerifyApplication } from './session.ts';

const COLUMNS = `app_id as "appId", account_id as "accountId", alias, brand_name as "brandName", code_length as "codeLength",
  expiry_seconds as "expiryS", max_attempts as "maxAttempts", template, app_hash as "appHash", channels, locale`;
const INSERT = `insert into verify_applications (app_id, account_id, alias, brand_name, code_length, expiry_seconds, max_attempts, template,
  app_hash, channels, locale, is_default, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict do nothing`;

/** An application as the operator sees it. */
export interface ListedApplication extends VerifyApplication {
  /** Taken for sessions that name none. */
  readonly isDefault: boolean;
}

/** More than an operator looks through. */
const MAX_LISTED = 1_000;

export class VerifyApplicationStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(accountId: string, appId: string): Promise<VerifyApplication | undefined> {
    const found = await this.findAny(appId);
    return found?.accountId === accountId ? found : undefined;
  }

  async findAny(appId: string): Promise<ListedApplication | undefined> {
    if (!isUuid(appId)) return undefined;
    const { rows } = await this.#pool.query<ListedApplication>(
      `select ${COLUMNS}, is_default as "isDefault" from verify_applications where app_id = $1`,
      [appId],
    );
    return rows[0];
  }

  async findDefault(accountId: string): Promise<VerifyApplication | undefined> {
    const { rows } = await this.#pool.query<VerifyApplication>(
      `select ${COLUMNS} from verify_applications where account_id = $1 and is_default`,
      [accountId],
    );
    return rows[0];
  }

  /** Oldest first; undefined = of all accounts. */
  async list(accountId: string | undefined): Promise<readonly ListedApplication[]> {
    const { rows } = await this.#pool.query<ListedApplication>(
      `select ${COLUMNS}, is_default as "isDefault" from verify_applications where $1::text is null or account_id = $1
       order by created_at, app_id limit ${MAX_LISTED}`,
      [accountId ?? null],
    );
    return rows;
  }

  /** Does nothing where the account has one. */
  async insertDefault(application: VerifyApplication, at: Date): Promise<void> {
    await this.#pool.query(INSERT, [...valuesOf(application), true, at]);
  }

  /** False: there is one with this id. A default one takes the place of another. */
  insert(application: ListedApplication, at: Date): Promise<boolean> {
    return inTransaction(this.#pool, async (client) => {
      if (application.isDefault) await this.#clearDefault(client, application);
      const { rowCount } = await client.query(INSERT, [...valuesOf(application), application.isDefault, at]);
      return rowCount === 1;
    });
  }

  /** Whose it is stays. */
  async update(application: ListedApplication): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      if (application.isDefault) await this.#clearDefault(client, application);
      await client.query(
        `update verify_applications set alias = $3, brand_name = $4, code_length = $5, expiry_seconds = $6, max_attempts = $7,
           template = $8, app_hash = $9, channels = $10, locale = $11, is_default = $12 where app_id = $1 and account_id = $2`,
        [...valuesOf(application), application.isDefault],
      );
    });
  }

  /** Sessions that it has begun go on. */
  async delete(appId: string): Promise<boolean> {
    if (!isUuid(appId)) return false;
    const { rowCount } = await this.#pool.query('delete from verify_applications where app_id = $1', [appId]);
    return rowCount === 1;
  }

  async #clearDefault(client: pg.ClientBase, { appId, accountId }: VerifyApplication): Promise<void> {
    await client.query(
      'update verify_applications set is_default = false where account_id = $1 and is_default and app_id <> $2',
      [accountId, appId],
    );
  }
}

const valuesOf = (application: VerifyApplication) => [
  application.appId,
  application.accountId,
  application.alias,
  application.brandName,
  application.codeLength,
  application.expiryS,
  application.maxAttempts,
  application.template,
  application.appHash,
  application.channels,
  application.locale,
];
