import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Tables } from '../storage/storage.ts';
import type { NumberDetails, NumberType, OwnedNumber } from './number.ts';

type Optional<Type> = ColumnType<Type | null, Type | null | undefined>;

export interface NumberTable {
  number: string;
  account_id: Optional<string>;
  subaccount_id: Optional<string>;
  app_id: Optional<string>;
  trunk_id: Optional<string>;
  carrier_id: Optional<string>;
  carrier: Optional<string>;
  alias: Optional<string>;
  country_iso: string;
  type: NumberType;
  city: Optional<string>;
  region: Optional<string>;
  rate_center: Optional<string>;
  lata: Optional<number>;
  prefix: Optional<string>;
  sms_enabled: Generated<boolean>;
  mms_enabled: Generated<boolean>;
  voice_enabled: Generated<boolean>;
  setup_micros: Generated<number>;
  monthly_micros: Generated<number>;
  sms_rate_micros: Generated<number>;
  mms_rate_micros: Generated<number>;
  voice_rate_micros: Generated<number>;
  restriction: Optional<string>;
  restriction_text: Optional<string>;
  cnam_lookup: Optional<'enabled' | 'disabled'>;
  details: Generated<NumberDetails>;
  from_inventory: Generated<boolean>;
  added_at: Optional<Date>;
  renewal_date: Optional<string>;
}

export type NumberTables = Tables & {
  numbers: NumberTable;
  accounts: { auth_id: string; parent_id: string | null; name: string; billing_mode: string; balance_micros: number };
  applications: { app_id: string; account_id: string; subaccount_id: string | null; default_number_app: boolean };
  incoming_carriers: { carrier_id: string; account_id: string; name: string };
};

/** Numbers with the names that their objects show. */
export function selectNumbers(db: Kysely<NumberTables>) {
  return db
    .selectFrom('numbers')
    .leftJoin('accounts as subaccount', 'subaccount.auth_id', 'numbers.subaccount_id')
    .leftJoin('incoming_carriers as own_carrier', 'own_carrier.carrier_id', 'numbers.carrier_id');
}

type NumberRow = Awaited<ReturnType<ReturnType<typeof selectColumns>['execute']>>[number];

export function selectColumns(query: ReturnType<typeof selectNumbers>) {
  return query
    .selectAll('numbers')
    .select(['subaccount.name as subaccount_name', 'own_carrier.name as own_carrier_name'])
    .select((eb) => eb.cast<string | null>('numbers.renewal_date', 'text').as('renewal_day'));
}

export function toOwnedNumber(row: NumberRow): OwnedNumber {
  return {
    number: row.number,
    accountId: row.account_id,
    subaccountId: row.subaccount_id,
    subaccountName: row.subaccount_name,
    appId: row.app_id,
    trunkId: row.trunk_id,
    incomingCarrier:
      row.carrier_id !== null && row.own_carrier_name !== null ? { carrierId: row.carrier_id, name: row.own_carrier_name } : null,
    carrier: row.carrier,
    alias: row.alias,
    countryIso: row.country_iso,
    type: row.type,
    city: row.city,
    region: row.region,
    rateCenter: row.rate_center,
    lata: row.lata,
    prefix: row.prefix,
    smsEnabled: row.sms_enabled,
    mmsEnabled: row.mms_enabled,
    voiceEnabled: row.voice_enabled,
    setupMicros: row.setup_micros,
    monthlyMicros: row.monthly_micros,
    smsRateMicros: row.sms_rate_micros,
    mmsRateMicros: row.mms_rate_micros,
    voiceRateMicros: row.voice_rate_micros,
    restriction: row.restriction,
    restrictionText: row.restriction_text,
    cnamLookup: row.cnam_lookup,
    details: row.details,
    fromInventory: row.from_inventory,
    addedAt: row.added_at,
    renewalDate: row.renewal_day,
  };
}
