import type { Kysely, Selectable } from 'kysely';
import type pg from 'pg';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { isUuid } from '../runtime/ids.ts';
import { countRows } from '../storage/count-rows.ts';
import { inTransaction, type Storage, type Tables } from '../storage/storage.ts';
import { sameDigest } from '../verification/codes.ts';
import type { CallerScope } from './account-permissions.ts';

export type VerificationChannel = 'sms' | 'call';

/** A number that its holder has shown to be theirs: calls of the account may show it (voice-api.md §11). */
export interface VerifiedCaller {
  readonly accountId: string;
  readonly subaccountId: string | null;
  /** Digits without `+`. */
  readonly phoneNumber: string;
  readonly verificationId: string;
  readonly alias: string;
  /** ISO 3166, may be `""`. */
  readonly country: string;
  readonly channel: VerificationChannel;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

/** A code that is on its way. */
export interface Verification extends Omit<VerifiedCaller, 'modifiedAt'> {
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
}

export interface VerifiedCallerFilter {
  readonly country?: string | undefined;
  readonly subaccountId?: string | undefined;
  readonly alias?: string | undefined;
}

/** `wrong`: it counted as an attempt. `spent`: no attempts are left, or its time is over. */
export type CodeResult =
  | { readonly kind: 'verified'; readonly caller: VerifiedCaller }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'spent' }
  | { readonly kind: 'unknown' };

interface VerifiedTable {
  account_id: string;
  phone_number: string;
  subaccount_id: string | null;
  verification_id: string;
  alias: string;
  country: string;
  channel: VerificationChannel;
  created_at: Date;
  modified_at: Date;
}

interface VerificationRow extends Omit<VerifiedTable, 'modified_at'> {
  code_hash: Buffer;
  attempts: number;
  expires_at: Date;
}

type VerifiedTables = { verified_caller_ids: VerifiedTable };

const OF_SCOPE = `account_id = $1 and ($2::text is null or subaccount_id = $2)`;

export class VerifiedCallerStore {
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Tables & VerifiedTables>;

  constructor(storage: Storage) {
    this.#pool = storage.pool;
    this.#db = storage.kysely.withTables<VerifiedTables>();
  }

  /** Whether calls of this scope may show the number. */
  async has(scope: CallerScope, digits: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query({
      name: 'verified-caller-has',
      text: `select from verified_caller_ids where ${OF_SCOPE} and phone_number = $3`,
      values: [scope.accountId, scope.subaccountId ?? null, digits],
    });
    return rowCount === 1;
  }

  /** Stores a code, in place of an earlier one for the same number. Codes whose time is over go with it. */
  async begin(verification: Verification): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query('delete from caller_id_verifications where expires_at < $1 or (account_id = $2 and phone_number = $3)', [
        verification.createdAt,
        verification.accountId,
        verification.phoneNumber,
      ]);
      await client.query(
        `insert into caller_id_verifications (verification_id, account_id, phone_number, subaccount_id, alias, country, channel,
           code_hash, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          verification.verificationId,
          verification.accountId,
          verification.phoneNumber,
          verification.subaccountId,
          verification.alias,
          verification.country,
          verification.channel,
          verification.codeHash,
          verification.createdAt,
          verification.expiresAt,
        ],
      );
    });
  }

  /** The code could not be sent. */
  async abandon(verificationId: string): Promise<void> {
    await this.#pool.query('delete from caller_id_verifications where verification_id = $1', [verificationId]);
  }

  /** Compares a code with the one that was sent. The row stays locked meanwhile, so that attempts count one by one. */
  async verify(reach: Reach, verificationId: string, codeHash: Buffer, maxAttempts: number, at: Date): Promise<CodeResult> {
    if (!isUuid(verificationId)) return { kind: 'unknown' };
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<VerificationRow>(
        `select * from caller_id_verifications where ${OF_SCOPE} and verification_id = $3 for update`,
        [reach.accountId, reach.subaccountId ?? null, verificationId],
      );
      const row = rows[0];
      if (!row) return { kind: 'unknown' };
      if (row.attempts >= maxAttempts || row.expires_at.getTime() <= at.getTime()) return { kind: 'spent' };
      if (!sameDigest(row.code_hash, codeHash)) {
        await client.query('update caller_id_verifications set attempts = attempts + 1 where verification_id = $1', [
          verificationId,
        ]);
        return { kind: 'wrong' };
      }
      await client.query('delete from caller_id_verifications where verification_id = $1', [verificationId]);
      const { rows: verified } = await client.query<VerifiedTable>(
        `insert into verified_caller_ids as v (account_id, phone_number, subaccount_id, verification_id, alias, country, channel,
           created_at, modified_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         on conflict (account_id, phone_number) do update set subaccount_id = excluded.subaccount_id, alias = excluded.alias,
           country = excluded.country, channel = excluded.channel, verification_id = excluded.verification_id,
           modified_at = excluded.modified_at
         returning *`,
        [row.account_id, row.phone_number, row.subaccount_id, row.verification_id, row.alias, row.country, row.channel, at],
      );
      const caller = verified[0];
      if (!caller) throw new Error('the verified number was not stored');
      return { kind: 'verified', caller: toVerified(caller) };
    });
  }

  async find(reach: Reach, digits: string): Promise<VerifiedCaller | undefined> {
    const row = await this.#within(reach).selectAll().where('phone_number', '=', digits).executeTakeFirst();
    return row && toVerified(row);
  }

  /** Newest first. */
  async list(reach: Reach, filter: VerifiedCallerFilter, page: PageRequest): Promise<Found<VerifiedCaller>> {
    let matching = this.#within(reach);
    if (filter.country !== undefined) matching = matching.where('country', '=', filter.country);
    if (filter.subaccountId !== undefined) matching = matching.where('subaccount_id', '=', filter.subaccountId);
    if (filter.alias !== undefined) matching = matching.where('alias', '=', filter.alias);
    const rows = await matching
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('phone_number')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('phone_number').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toVerified), page, count);
  }

  /** Answers it as it is afterwards. `subaccountId` null = the main account itself. */
  async update(
    accountId: string,
    digits: string,
    change: { readonly alias?: string; readonly subaccountId?: string | null },
    at: Date,
  ): Promise<VerifiedCaller | undefined> {
    const row = await this.#db
      .updateTable('verified_caller_ids')
      .set({
        modified_at: at,
        ...(change.alias !== undefined && { alias: change.alias }),
        ...(change.subaccountId !== undefined && { subaccount_id: change.subaccountId }),
      })
      .where('account_id', '=', accountId)
      .where('phone_number', '=', digits)
      .returningAll()
      .executeTakeFirst();
    return row && toVerified(row);
  }

  async delete(reach: Reach, digits: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query(`delete from verified_caller_ids where ${OF_SCOPE} and phone_number = $3`, [
      reach.accountId,
      reach.subaccountId ?? null,
      digits,
    ]);
    return rowCount === 1;
  }

  #within(reach: Reach) {
    const query = this.#db.selectFrom('verified_caller_ids').where('account_id', '=', reach.accountId);
    return reach.subaccountId === undefined ? query : query.where('subaccount_id', '=', reach.subaccountId);
  }
}

const toVerified = (row: Selectable<VerifiedTable>): VerifiedCaller => ({
  accountId: row.account_id,
  subaccountId: row.subaccount_id,
  phoneNumber: row.phone_number,
  verificationId: row.verification_id,
  alias: row.alias,
  country: row.country,
  channel: row.channel,
  createdAt: row.created_at,
  modifiedAt: row.modified_at,
});
