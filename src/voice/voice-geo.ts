import type { AccountSettings } from '../accounts/account.ts';
import type { Destination } from './destination.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';

/** Which settings of an account and a subaccount of it are in force: the subaccount's own where it has any. */
export interface GeoScope {
  readonly account: { readonly settings: AccountSettings };
  readonly subaccount: { readonly settings: AccountSettings } | null;
}

/**
 * Whether geo permissions let a leg out (voice-api.md §2, Geo permissions): undefined, or the cause it ends with at once. Without
 * settings every country may be called. SIP addresses are in no country.
 */
export function barredBy({ account, subaccount }: GeoScope, destination: Destination): HangupCause | undefined {
  if (destination.kind !== 'number') return undefined;
  const { countryIso2, digits } = destination.number;
  const countries = subaccount?.settings.voiceCountries ?? account.settings.voiceCountries;
  if (countries && (countryIso2 === undefined || !countries.includes(countryIso2))) return hangupCause(2030, 'Plivo');
  const prefixes = subaccount?.settings.voiceBarredPrefixes ?? account.settings.voiceBarredPrefixes ?? [];
  return prefixes.some((prefix) => digits.startsWith(prefix)) ? hangupCause(2040, 'Plivo') : undefined;
}
