import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Found, MAX_COUNTED, type PageRequest, pageOf } from '../accounts/reach.ts';
import { chargeOnce } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import { rentKey } from '../billing/rent-store.ts';
import { affordable } from '../billing/standing-store.ts';
import { Problem } from '../errors/catalogue.ts';
import { countRows } from '../storage/count-rows.ts';
import { likePrefix } from '../storage/like.ts';
import { onConnectionOf } from '../storage/statement.ts';
import type { Storage } from '../storage/storage.ts';
import { type NumberDetails, type NumberService, type NumberType, numberTypes, type OwnedNumber } from './number.ts';
import { type NumberTables, selectColumns, selectNumbers, toOwnedNumber } from './number-table.ts';

export interface InventoryFilter {
  readonly countryIso: string;
  readonly types?: readonly NumberType[] | undefined;
  /** Digits with country code that the number begins with. */
  readonly startsWith?: string | undefined;
  /** Enabled all of them. */
  readonly services?: readonly NumberService[];
  /** Part of the name, in any case. */
  readonly region?: string | undefined;
  /** Beginning of the name, in any case. */
  readonly city?: string | undefined;
  readonly lata?: number | undefined;
  readonly rateCenter?: string | undefined;
}

export interface Purchase {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  /** Undefined: the account's default application for numbers, when it has one. */
  readonly appId: string | undefined;
  readonly alias: string | undefined;
  readonly cnamLookup: 'enabled' | 'disabled' | undefined;
  readonly complianceId: string | undefined;
  /** A purchase that runs a second time with the same key finds the number already its own. */
  readonly idempotencyKey: string | undefined;
  readonly at: Date;
}

/** Whether nobody may use such a number without papers. */
export type NeedsDocuments = (number: Pick<OwnedNumber, 'countryIso' | 'type'>) => boolean;

/** What numbers of a type that can do this are rented for at the least. */
export interface RentalPrice {
  readonly type: NumberType;
  readonly voiceEnabled: boolean;
  readonly smsEnabled: boolean;
  readonly mmsEnabled: boolean;
  readonly monthlyMicros: Micros;
  readonly setupMicros: Micros;
}

/** Numbers for sale. */
export class InventoryStore {
  readonly #db: Kysely<NumberTables>;
  readonly #needsDocuments: NeedsDocuments;

  constructor(storage: Storage, needsDocuments: NeedsDocuments = () => false) {
    this.#db = storage.kysely.withTables<NumberTables>();
    this.#needsDocuments = needsDocuments;
  }

  /** A number that is for sale. */
  async find(number: string): Promise<OwnedNumber | undefined> {
    const row = await selectColumns(selectNumbers(this.#db))
      .where('numbers.number', '=', number)
      .where('numbers.account_id', 'is', null)
      .executeTakeFirst();
    return row && toOwnedNumber(row);
  }

  /** In the order of their digits. */
  async search(filter: InventoryFilter, page: PageRequest): Promise<Found<OwnedNumber>> {
    const regions = filter.region === undefined ? undefined : await this.#regions(filter.countryIso, filter.region);
    const cities = filter.city === undefined ? undefined : await this.#cities(filter.countryIso, filter.city);
    if (regions?.length === 0 || cities?.length === 0) return { total: 0, items: [] };
    const matching = this.#matching(filter, regions, cities);
    const rows = await selectColumns(matching)
      .orderBy('numbers.number')
      .limit(page.limit + 1)
      .offset(page.offset)
      .execute();
    const count = () => countRows(this.#db, matching.select('numbers.number').limit(MAX_COUNTED + 1));
    return pageOf(rows.map(toOwnedNumber), page, count);
  }

  /** The lowest monthly price of each type and of what it can do that is for sale in a country, by type the cheapest first. */
  async cheapest(countryIso: string): Promise<readonly RentalPrice[]> {
    const { rows } = await sql<RentalPrice>`
      select types.type, able.voice as "voiceEnabled", able.sms as "smsEnabled", able.mms as "mmsEnabled",
        found.monthly_micros as "monthlyMicros", found.setup_micros as "setupMicros"
      from unnest(${[...numberTypes]}::text[]) as types (type)
      cross join (select v.b as voice, s.b as sms, m.b as mms from (values (true), (false)) v (b), (values (true), (false)) s (b),
        (values (true), (false)) m (b)) as able
      cross join lateral (select monthly_micros, setup_micros from numbers
        where account_id is null and country_iso = ${countryIso} and type = types.type
          and voice_enabled = able.voice and sms_enabled = able.sms and mms_enabled = able.mms
        order by monthly_micros, setup_micros limit 1) as found
      order by types.type, found.monthly_micros, found.setup_micros, able.voice desc, able.sms desc, able.mms desc`.execute(
      this.#db,
    );
    return rows;
  }

  /**
   * Takes the number out of the inventory and its set-up price and first month from the balance, both or neither. Of several buyers of
   * one number the first to lock its row gets it; false for the others, and for a number that is not for sale. One that needs papers and
   * is bought without waits for them. Throws `insufficient_credit` when a prepaid balance or a spend limit does not cover the price.
   */
  async buy(purchase: Purchase): Promise<boolean> {
    return await this.#db.transaction().execute(async (transaction) => {
      const bought = await transaction
        .updateTable('numbers')
        .set({
          account_id: purchase.accountId,
          subaccount_id: purchase.subaccountId,
          app_id: purchase.appId ?? defaultApplication(purchase),
          alias: purchase.alias ?? null,
          cnam_lookup: purchase.cnamLookup ?? null,
          details: {
            ...(purchase.complianceId !== undefined && { complianceId: purchase.complianceId }),
            ...(purchase.idempotencyKey !== undefined && { purchase: purchase.idempotencyKey }),
          },
          from_inventory: true,
          added_at: purchase.at,
          renewal_date: sql<string>`(${purchase.at}::timestamptz + interval '1 month')::date`,
        })
        .where('number', '=', purchase.number)
        .where('account_id', 'is', null)
        .returning(['setup_micros as setup', 'monthly_micros as monthly', 'country_iso as countryIso', 'type'])
        .executeTakeFirst();
      if (!bought) return await this.#isRepeated(purchase);
      if (purchase.complianceId === undefined && this.#needsDocuments(bought)) {
        await transaction
          .updateTable('numbers')
          .set({ details: sql<NumberDetails>`numbers.details || '{"awaitsDocuments": true}'` })
          .where('number', '=', purchase.number)
          .execute();
      }
      await chargePurchase(transaction, purchase, bought);
      return true;
    });
  }

  async #isRepeated(purchase: Purchase): Promise<boolean> {
    if (purchase.idempotencyKey === undefined) return false;
    const own = await this.#db
      .selectFrom('numbers')
      .select('number')
      .where('number', '=', purchase.number)
      .where('account_id', '=', purchase.accountId)
      .where(sql<boolean>`details->>'purchase' = ${purchase.idempotencyKey}`)
      .executeTakeFirst();
    return own !== undefined;
  }

  /** Names of regions with this in them, in lower case. */
  #regions(countryIso: string, part: string): Promise<readonly string[]> {
    return this.#names(sql`lower(numbers.region)`, countryIso, '', sql`true`, sql`position(lower(${part}) in name) > 0`);
  }

  /** Names of cities that begin so, in lower case. */
  #cities(countryIso: string, prefix: string): Promise<readonly string[]> {
    const begins = sql`starts_with(name, lower(${prefix}))`;
    return this.#names(sql`lower(numbers.city)`, countryIso, prefix, begins, begins);
  }

  /**
   * The names that numbers for sale have, from `first` on and while `goesOn`, of which those that match. Jumps from one to the next by their
   * index: there are few of them, and may be a million numbers. Operators with a tilde compare octets, as the index does.
   */
  async #names(
    name: RawBuilder<unknown>,
    countryIso: string,
    first: string,
    goesOn: RawBuilder<unknown>,
    matches: RawBuilder<unknown>,
  ): Promise<readonly string[]> {
    const next = (condition: RawBuilder<unknown>) =>
      sql`(select ${name} from numbers where account_id is null and country_iso = ${countryIso} and ${condition}
        order by ${name} using ~<~ limit 1)`;
    const { rows } = await sql<{ name: string }>`with recursive names (name) as (
        select ${next(sql`${name} ~>=~ lower(${first})`)}
        union all select ${next(sql`${name} ~>~ names.name`)} from names where name is not null and ${goesOn}
      ) select name from names where name is not null and ${matches}`.execute(this.#db);
    return rows.map((row) => row.name);
  }

  #matching(filter: InventoryFilter, regions: readonly string[] | undefined, cities: readonly string[] | undefined) {
    let query = selectNumbers(this.#db)
      .where('numbers.account_id', 'is', null)
      .where('numbers.country_iso', '=', filter.countryIso);
    if (filter.types !== undefined) query = query.where('numbers.type', 'in', [...filter.types]);
    if (filter.startsWith !== undefined) query = query.where('numbers.number', 'like', likePrefix(filter.startsWith));
    for (const service of filter.services ?? []) query = query.where(`numbers.${service}_enabled`, '=', true);
    if (regions !== undefined) query = query.where(sql<string>`lower(numbers.region)`, 'in', regions);
    if (cities !== undefined) query = query.where(sql<string>`lower(numbers.city)`, 'in', cities);
    if (filter.lata !== undefined) query = query.where('numbers.lata', '=', filter.lata);
    if (filter.rateCenter !== undefined)
      query = query.where(sql<boolean>`lower(numbers.rate_center) = lower(${filter.rateCenter})`);
    return query;
  }
}

/** The default goes to numbers of its own owner and of the main account, never to those of another subaccount. */
function defaultApplication(purchase: Purchase) {
  return sql<string | null>`(select app_id from applications where account_id = ${purchase.accountId} and default_number_app
    and (subaccount_id is null or subaccount_id = ${purchase.subaccountId}::text))`;
}

async function chargePurchase(
  transaction: Kysely<NumberTables>,
  { number, accountId, subaccountId, at }: Purchase,
  { setup, monthly }: { readonly setup: Micros; readonly monthly: Micros },
): Promise<void> {
  if (setup + monthly === 0) return;
  const ownerId = subaccountId ?? accountId;
  const on = onConnectionOf(transaction);
  if (!(await affordable(on, accountId, ownerId, setup + monthly, at.getTime()))) {
    throw new Problem(
      'insufficient_credit',
      'balance and spend limits do not cover the set-up price and the first month of the number',
    );
  }
  const due = { accountId, ownerId, detail: number, at: at.getTime() };
  await chargeOnce(on, [
    { ...due, kind: 'number_setup', micros: setup, key: `number_setup:${number}:${accountId}:${at.toISOString()}` },
    { ...due, kind: 'number_rent', micros: monthly, key: rentKey(number, accountId, at.toISOString()) },
  ]);
}
