import { type Kysely, sql } from 'kysely';
import { type Found, MAX_COUNTED, type PageRequest, pageOf, type Reach } from '../accounts/reach.ts';
import { countRows } from '../storage/count-rows.ts';
import { likePrefix } from '../storage/like.ts';
import type { Storage } from '../storage/storage.ts';
import type { NumberDetails, NumberService, NumberType, OwnedNumber } from './number.ts';
import { type NumberTables, selectColumns, selectNumbers, toOwnedNumber } from './number-table.ts';
import { releaseNumbers } from './release-store.ts';

export interface NumberFilter {
  readonly type?: NumberType | undefined;
  /** Digits that the number begins with. */
  readonly startsWith?: string | undefined;
  /** The whole alias. */
  readonly alias?: string | undefined;
  /** Enabled all of them. */
  readonly services?: readonly NumberService[];
  /** Those that wait for no papers. */
  readonly isUsable?: true;
  readonly cnamLookup?: 'enabled' | 'disabled' | undefined;
  /** Days, `YYYY-MM-DD`. */
  readonly renewal?: readonly { readonly operator: '=' | '<' | '<=' | '>' | '>='; readonly day: string }[];
  readonly tendlcRegistrationStatus?: string | undefined;
  readonly tendlcCampaignId?: string | undefined;
  readonly tollFreeVerification?: string | undefined;
  readonly tollFreeVerificationOrderStatus?: string | undefined;
}

export interface NumberChange {
  readonly alias?: string;
  /** Null detaches the application. */
  readonly appId?: string | null;
  /** Null moves the number to the main account. */
  readonly trunkId?: string | null;
  readonly subaccountId?: string | null;
  readonly cnamLookup?: 'enabled' | 'disabled';
  /** Those that are named change; the registry may write others at the same time. */
  readonly details?: Partial<NumberDetails>;
}

/** Numbers that an account brings along on a carrier of its own. */
export interface OwnNumbers {
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly appId: string | null;
  readonly carrierId: string;
  readonly region: string;
  readonly type: NumberType;
  readonly smsEnabled: boolean;
  readonly voiceEnabled: boolean;
  readonly numbers: readonly { readonly number: string; readonly countryIso: string }[];
  readonly addedAt: Date;
}

/** Numbers of accounts in storage. */
export class NumberStore {
  readonly #db: Kysely<NumberTables>;

  constructor(storage: Storage) {
    this.#db = storage.kysely.withTables<NumberTables>();
  }

  /** A number that belongs to an account; one that is for sale is not found. */
  async find(number: string): Promise<OwnedNumber | undefined> {
    const row = await selectColumns(selectNumbers(this.#db))
      .where('numbers.number', '=', number)
      .where('numbers.account_id', 'is not', null)
      .executeTakeFirst();
    return row && toOwnedNumber(row);
  }

  /** Those of the given numbers that accounts have. */
  async findMany(numbers: readonly string[]): Promise<ReadonlyMap<string, OwnedNumber>> {
    const rows = await selectColumns(selectNumbers(this.#db))
      .where('numbers.number', 'in', numbers)
      .where('numbers.account_id', 'is not', null)
      .execute();
    return new Map(rows.map((row) => [row.number, toOwnedNumber(row)]));
  }

  async findWithin(reach: Reach, number: string): Promise<OwnedNumber | undefined> {
    const found = await this.find(number);
    if (found?.accountId !== reach.accountId) return undefined;
    return reach.subaccountId === undefined || found.subaccountId === reach.subaccountId ? found : undefined;
  }

  /** Newest first. */
  async list(reach: Reach, filter: NumberFilter, page: PageRequest): Promise<Found<OwnedNumber>> {
    const matching = this.#matching(reach, filter);
    const rows = await selectColumns(matching)
      .orderBy('numbers.added_at', 'desc')
      .orderBy('numbers.number')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('numbers.number').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toOwnedNumber), page, count);
  }

  /**
   * Numbers already known to this instance, to whomever they belong, are in the answer and then nothing is stored; an empty
   * answer says that all were added.
   */
  async addOwn(own: OwnNumbers): Promise<readonly string[]> {
    return await this.#db.transaction().execute(async (transaction) => {
      const rows = await transaction
        .insertInto('numbers')
        .values(
          own.numbers.map(({ number, countryIso }) => ({
            number,
            country_iso: countryIso,
            account_id: own.accountId,
            subaccount_id: own.subaccountId,
            app_id: own.appId,
            carrier_id: own.carrierId,
            region: own.region,
            type: own.type,
            sms_enabled: own.smsEnabled,
            mms_enabled: false,
            voice_enabled: own.voiceEnabled,
            added_at: own.addedAt,
          })),
        )
        .onConflict((conflict) => conflict.column('number').doNothing())
        .returning('number')
        .execute();
      const added = new Set(rows.map((row) => row.number));
      const taken = own.numbers.map(({ number }) => number).filter((number) => !added.has(number));
      if (taken.length > 0) {
        await transaction
          .deleteFrom('numbers')
          .where('number', 'in', [...added, ''])
          .execute();
      }
      return taken;
    });
  }

  /** Nothing where the account has the number no more. */
  async update(accountId: string, number: string, change: NumberChange): Promise<void> {
    const row = {
      ...(change.alias !== undefined && { alias: change.alias }),
      ...(change.appId !== undefined && { app_id: change.appId }),
      ...(change.trunkId !== undefined && { trunk_id: change.trunkId }),
      ...(change.subaccountId !== undefined && { subaccount_id: change.subaccountId }),
      ...(change.cnamLookup !== undefined && { cnam_lookup: change.cnamLookup }),
      ...(change.details !== undefined && {
        details: sql<NumberDetails>`numbers.details || ${JSON.stringify(change.details)}::jsonb`,
      }),
    };
    if (Object.keys(row).length === 0) return;
    await this.#db.updateTable('numbers').set(row).where('number', '=', number).where('account_id', '=', accountId).execute();
  }

  /** Nothing where the account has the number no more. */
  async release(accountId: string, number: string): Promise<void> {
    await this.#db.transaction().execute((transaction) => releaseNumbers(transaction, { accountId, number }));
  }

  #matching(reach: Reach, filter: NumberFilter) {
    let query = selectNumbers(this.#db).where('numbers.account_id', '=', reach.accountId);
    if (reach.subaccountId !== undefined) query = query.where('numbers.subaccount_id', '=', reach.subaccountId);
    if (filter.type !== undefined) query = query.where('numbers.type', '=', filter.type);
    if (filter.startsWith !== undefined) query = query.where('numbers.number', 'like', likePrefix(filter.startsWith));
    if (filter.alias !== undefined) query = query.where('numbers.alias', '=', filter.alias);
    if (filter.isUsable) query = query.where(sql<boolean>`numbers.details->'awaitsDocuments' is distinct from 'true'`);
    for (const service of filter.services ?? []) query = query.where(`numbers.${service}_enabled`, '=', true);
    if (filter.cnamLookup === 'enabled') query = query.where('numbers.cnam_lookup', '=', 'enabled');
    if (filter.cnamLookup === 'disabled') query = query.where('numbers.cnam_lookup', 'is distinct from', 'enabled');
    for (const { operator, day } of filter.renewal ?? []) {
      query = query.where('numbers.renewal_date', operator, sql<string>`${day}::date`);
    }
    if (filter.tendlcRegistrationStatus !== undefined) {
      query = query.where(
        sql<boolean>`coalesce(numbers.details->>'tendlcRegistrationStatus',
          case when numbers.country_iso = 'US' and numbers.type = 'local' then 'UNREGISTERED' end) = ${filter.tendlcRegistrationStatus}`,
      );
    }
    if (filter.tendlcCampaignId !== undefined) {
      query = query.where(sql<boolean>`numbers.details->>'tendlcCampaignId' = ${filter.tendlcCampaignId}`);
    }
    if (filter.tollFreeVerification !== undefined) {
      query = query.where(
        sql<boolean>`coalesce(numbers.details->>'tollFreeVerification',
          case when numbers.type = 'tollfree' then 'UNVERIFIED' end) = ${filter.tollFreeVerification}`,
      );
    }
    if (filter.tollFreeVerificationOrderStatus !== undefined) {
      query = query.where(
        sql<boolean>`lower(numbers.details->>'tollFreeVerificationOrderStatus') = lower(${filter.tollFreeVerificationOrderStatus})`,
      );
    }
    return query;
  }
}
