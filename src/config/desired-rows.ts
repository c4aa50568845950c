import type { AccountSettings } from '../accounts/account.ts';
import { type Micros, parseAmount } from '../billing/money.ts';
import type { SpendSettings } from '../billing/spend-limits.ts';
import { countryOf } from '../messaging/phone-number.ts';
import { DEFAULT_FAILOVER_CODES } from '../messaging/router.ts';
import { numberServices } from '../numbers/number.ts';
import type { DesiredAccount } from './account-apply-store.ts';
import { digitsOf } from './check-config.ts';
import type { DesiredNumber } from './number-apply-store.ts';
import type { AccountEntry, CarrierEntry, InventoryEntry, NetworkEntry, NumberEntry, RateEntry, RouteEntry } from './schema.ts';
import type { Row } from './upsert-store.ts';

/** Entries of the file in the names and units of storage. */

export function desiredAccount(entry: AccountEntry): DesiredAccount {
  return {
    authId: entry.auth_id,
    parentId: null,
    authToken: entry.auth_token,
    name: entry.name,
    address: entry.address,
    city: entry.city,
    state: entry.state,
    timezone: entry.timezone,
    enabled: entry.enabled,
    billing: entry.billing,
    grantedMicros: entry.balance === undefined ? undefined : microsOf(entry.balance),
    settings: settingsOf(entry),
  };
}

function settingsOf(entry: AccountEntry): AccountSettings {
  const limits = entry.limits ?? {};
  const thresholds = entry.geo?.thresholds;
  return {
    ...(limits.api_requests_per_5s !== undefined && { apiRequestsPer5s: limits.api_requests_per_5s }),
    ...(limits.message_lists_per_minute !== undefined && { messageListsPerMinute: limits.message_lists_per_minute }),
    ...(limits.calls_per_second !== undefined && { callsPerSecond: limits.calls_per_second }),
    ...(limits.inbound_calls_per_second !== undefined && { inboundCallsPerSecond: limits.inbound_calls_per_second }),
    ...(limits.concurrent_calls !== undefined && { concurrentCalls: limits.concurrent_calls }),
    ...(limits.dials_per_destination !== undefined && { dialsPerDestination: limits.dials_per_destination }),
    ...(limits.call_requests_per_5s !== undefined && { callRequestsPer5s: limits.call_requests_per_5s }),
    ...(limits.messages_per_second !== undefined && { messagesPerSecond: limits.messages_per_second }),
    ...(limits.sender_rates !== undefined && { senderRates: limits.sender_rates }),
    ...(limits.sender_daily_caps !== undefined && { senderDailyCaps: limits.sender_daily_caps }),
    ...(entry.endpoint_transfers !== undefined && { endpointTransfers: entry.endpoint_transfers }),
    ...(entry.endpoint_srtp !== undefined && { endpointSrtp: entry.endpoint_srtp }),
    ...(entry.geo?.voice !== undefined && { voiceCountries: entry.geo.voice }),
    ...(entry.geo?.voice_barred_prefixes !== undefined && {
      voiceBarredPrefixes: entry.geo.voice_barred_prefixes.map(digitsOf),
    }),
    ...(entry.geo?.voice_disabled_prefixes !== undefined && {
      voiceDisabledPrefixes: entry.geo.voice_disabled_prefixes.map(digitsOf),
    }),
    ...(entry.recordings?.auth !== undefined && { recordingAuth: entry.recordings.auth }),
    ...(entry.recordings?.retention_days !== undefined && { recordingRetentionDays: entry.recordings.retention_days }),
    ...(entry.smart_encoding !== undefined && { smartEncoding: entry.smart_encoding }),
    ...(entry.geo?.sms !== undefined && { smsCountries: entry.geo.sms }),
    ...(entry.geo?.alert_url !== undefined && { geoAlertUrl: entry.geo.alert_url }),
    ...(thresholds !== undefined && {
      smsThresholds: Object.fromEntries(
        Object.entries(thresholds).map(([country, { per_hour, policy }]) => [country, { perHour: per_hour, policy }]),
      ),
    }),
    ...(entry.spend !== undefined && { spend: spendSettings(entry.spend) }),
    ...(entry.opt_out_handling !== undefined && { optOutHandling: entry.opt_out_handling }),
    ...(entry.content_retention_days !== undefined && { contentRetentionDays: entry.content_retention_days }),
  };
}

/** Numbers can everything unless `services` says otherwise. */
export function desiredNumber(entry: NumberEntry | InventoryEntry): DesiredNumber {
  const number = digitsOf(entry.number);
  const country = entry.country ?? countryOf(number) ?? '';
  const enabled = (services: readonly string[]) => ({
    sms_enabled: services.includes('sms'),
    mms_enabled: services.includes('mms'),
    voice_enabled: services.includes('voice'),
  });
  return {
    number,
    initial: enabled(numberServices),
    columns: {
      country_iso: country,
      type: entry.type ?? 'local',
      ...(entry.carrier !== undefined && { carrier: entry.carrier }),
      ...(entry.city !== undefined && { city: entry.city }),
      ...(entry.region !== undefined && { region: entry.region }),
      ...(entry.rate_center !== undefined && { rate_center: entry.rate_center }),
      ...(entry.lata !== undefined && { lata: entry.lata }),
      ...(entry.prefix !== undefined && { prefix: String(entry.prefix) }),
      ...(entry.services !== undefined && enabled(entry.services)),
      ...(entry.monthly !== undefined && { monthly_micros: microsOf(entry.monthly) }),
      ...(entry.sms_rate !== undefined && { sms_rate_micros: microsOf(entry.sms_rate) }),
      ...(entry.mms_rate !== undefined && { mms_rate_micros: microsOf(entry.mms_rate) }),
      ...(entry.voice_rate !== undefined && { voice_rate_micros: microsOf(entry.voice_rate) }),
    },
  };
}

export const saleColumns = (entry: InventoryEntry): Row => ({
  ...(entry.setup !== undefined && { setup_micros: microsOf(entry.setup) }),
  ...(entry.restriction !== undefined && { restriction: entry.restriction }),
  ...(entry.restriction_text !== undefined && { restriction_text: entry.restriction_text }),
});

export function costRows(carriers: readonly CarrierEntry[]): readonly Row[] {
  return carriers.flatMap(({ name, costs }) =>
    (costs ?? []).map(({ service, prefix, cost }) => ({
      carrier: name,
      service: service ?? 'sms',
      prefix: digitsOf(prefix ?? ''),
      cost_micros: microsOf(cost),
    })),
  );
}

export function routeRows(routes: readonly RouteEntry[]): readonly Row[] {
  return routes.map(({ service, prefix, priority, carriers, failover_codes }) => ({
    service,
    prefix: digitsOf(prefix ?? ''),
    priority: priority ?? 0,
    carriers,
    failover_codes: failover_codes?.map(String) ?? DEFAULT_FAILOVER_CODES,
  }));
}

export function rateRows(rates: readonly RateEntry[]): readonly Row[] {
  return rates.map(({ service, direction, prefix, network, rate, fee, increment }) => ({
    service,
    direction: direction ?? 'outbound',
    prefix: digitsOf(prefix ?? ''),
    network: network ?? '',
    rate_micros: microsOf(rate),
    fee_micros: fee === undefined ? 0 : microsOf(fee),
    minimum_seconds: increment === undefined ? null : Number(increment.split('/')[0]),
    increment_seconds: increment === undefined ? null : Number(increment.split('/')[1]),
  }));
}

export function networkRows(networks: readonly NetworkEntry[]): readonly Row[] {
  return networks.map(({ prefix, code, name }) => {
    const [mcc = '', mnc = ''] = code.split('-');
    return { prefix: digitsOf(prefix), mcc, mnc, name: name ?? '' };
  });
}

/** One row a number, however often the file has it. */
export const doNotOriginateRows = (numbers: readonly (string | number)[]): readonly Row[] =>
  [...new Set(numbers.map(digitsOf))].map((number) => ({ number }));

/** What accounts and subaccounts may spend; a section replaces all of the one before. */
export function spendSettings(spend: NonNullable<AccountEntry['spend']>): SpendSettings {
  const { per_day, per_month, alert_percents, alert_url, balance_alerts, recharge } = spend;
  return {
    ...(per_day !== undefined && { perDayMicros: microsOf(per_day) }),
    ...(per_month !== undefined && { perMonthMicros: microsOf(per_month) }),
    ...(alert_percents !== undefined && { alertPercents: alert_percents }),
    ...(alert_url !== undefined && { alertUrl: alert_url }),
    ...(balance_alerts !== undefined && { balanceAlertsMicros: balance_alerts.map(microsOf) }),
    ...(recharge !== undefined && {
      recharge: {
        belowMicros: microsOf(recharge.below),
        addMicros: microsOf(recharge.add),
        perMonthMicros: microsOf(recharge.per_month),
      },
    }),
  };
}

/** The schema has let decimal numbers through; what is left are numbers in powers of ten, and more than five decimals. */
function microsOf(amount: string | number): Micros {
  const micros = parseAmount(String(amount));
  if (micros === undefined) throw new RangeError(`${amount} is no amount of at most five decimals`);
  return micros;
}
