import type pg from 'pg';
import { isUuid } from '../runtime/ids.ts';
import type { VerifyApplication } from './session.ts';

const COLUMNS = `app_id as "appId", account_id as "accountId", alias, brand_name as "brandName", code_length as "codeLength",
  expiry_seconds as "expiryS", max_attempts as "maxAttempts", template, app_hash as "appHash"`;

export class VerifyApplicationStore {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async find(accountId: string, appId: string): Promise<VerifyApplication | undefined> {
    if (!isUuid(appId)) return undefined;
    const { rows } = await this.#pool.query<VerifyApplication>(
      `select ${COLUMNS} from verify_applications where account_id = $1 and app_id = $2`,
      [accountId, appId],
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

  /** Does nothing where the account has one. */
  async insertDefault(application: VerifyApplication, at: Date): Promise<void> {
    await this.#pool.query(
      `insert into verify_applications (app_id, account_id, alias, brand_name, code_length, expiry_seconds, max_attempts, template,
         app_hash, is_default, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, true, $10) on conflict do nothing`,
      [
        application.appId,
        application.accountId,
        application.alias,
        application.brandName,
        application.codeLength,
        application.expiryS,
        application.maxAttempts,
        application.template,
        application.appHash,
        at,
      ],
    );
  }
}
