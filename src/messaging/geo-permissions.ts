/**
 * Where an account may send, and how much (messaging.md §19, §17): the list of enabled countries, the hourly threshold of each with what
 * happens when it is passed, and the daily cap of a sender. Pure decisions; the counters are the caller's (cluster/).
 */
import type { Account } from '../accounts/account.ts';
import type { MessageErrorCode } from '../errors/message-codes.ts';

/** `block`: stop and tell. `alert`: tell. `ignore`: neither. */
export type ThresholdPolicy = 'block' | 'alert' | 'ignore';

export interface CountryPermission {
  /** Messages an hour; undefined = no threshold. */
  readonly hourlyThreshold: number | undefined;
  readonly policy: ThresholdPolicy;
}

/** Enabled countries by ISO 3166 alpha-2. A country that is not in it is barred. */
export type GeoPermissions = ReadonlyMap<string, CountryPermission>;

/** How long a country stays blocked once its threshold was passed. */
export const THRESHOLD_BLOCK_MS = 24 * 60 * 60 * 1000;

/** Whether a destination may be sent to at all. A number that belongs to no country is barred: nobody can have allowed it. */
export function isCountryEnabled(permissions: GeoPermissions, countryIso2: string | undefined): boolean {
  return countryIso2 !== undefined && permissions.has(countryIso2);
}

/** What the counters say at the moment a message is accepted. */
export interface HourlyUse {
  /** Messages to the country in the current hour, this one not counted. */
  readonly sentThisHour: number;
  /** When an earlier breach blocked the country, wall-clock milliseconds; undefined = it did not. */
  readonly blockedAt: number | undefined;
}

/** A threshold was passed. */
export interface GeoAlert {
  readonly account: Account;
  readonly country: string;
  /** Whether messages to the country are stopped now. */
  readonly blocked: boolean;
  readonly hourlyThreshold: number;
}

/** Tells the operator's customer of it. Resolves when the word is stored. */
export interface GeoAlertNotifier {
  alert(alert: GeoAlert): Promise<void>;
}

export type GeoDecision =
  | { readonly kind: 'allowed'; readonly alert: boolean }
  /** 450 = country barred (a request whose destinations are all barred is refused with 403 instead), 451 = threshold. */
  | { readonly kind: 'fails'; readonly errorCode: Extract<MessageErrorCode, '450' | '451'>; readonly alert: boolean };

/**
 * Whether a message may go to the country now. `alert` is true once for a breach: with the first message over the threshold, when the
 * caller calls the alert webhook and, under `block`, notes `blockedAt`. WhatsApp is not subject to this; the caller does not ask.
 */
export function decideGeo(
  permissions: GeoPermissions,
  countryIso2: string | undefined,
  use: HourlyUse,
  now: number,
): GeoDecision {
  const permission = countryIso2 === undefined ? undefined : permissions.get(countryIso2);
  if (!permission) return { kind: 'fails', errorCode: '450', alert: false };
  const { hourlyThreshold, policy } = permission;
  if (policy === 'block' && use.blockedAt !== undefined && now - use.blockedAt < THRESHOLD_BLOCK_MS) {
    return { kind: 'fails', errorCode: '451', alert: false };
  }
  if (hourlyThreshold === undefined || policy === 'ignore' || use.sentThisHour < hourlyThreshold)
    return { kind: 'allowed', alert: false };
  const isFirstOver = use.sentThisHour === hourlyThreshold;
  if (policy === 'alert') return { kind: 'allowed', alert: isFirstOver };
  return { kind: 'fails', errorCode: '451', alert: true };
}

/** Whether one more message of the sender fits its daily cap; undefined = no cap. */
export function withinDailyCap(sentToday: number, cap: number | undefined): boolean {
  return cap === undefined || sentToday < cap;
}
