import type { OwnNumberFacts } from '../messaging/own-numbers.ts';
import { parseDestination as parseNumber } from '../messaging/phone-number.ts';
import type { CallOwner, CallPermissions } from './call-permissions.ts';
import type { Destination } from './destination.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';

/** Whose numbers a caller ID is looked for among: a main account's, or those of one subaccount. */
export interface CallerScope {
  readonly accountId: string;
  readonly subaccountId: string | undefined;
}

export interface CallerIdSources {
  readonly numbers: {
    find(digits: string): Promise<(OwnNumberFacts & { readonly voiceEnabled: boolean }) | undefined>;
  };
  readonly verified: { has(scope: CallerScope, digits: string): Promise<boolean> };
  /** The operator's list; absent = there is none. */
  readonly doNotOriginate?: { has(caller: string): boolean } | undefined;
}

/** What accounts may do with calls by their numbers, verified caller IDs and geo settings. */
export class AccountPermissions implements CallPermissions {
  readonly #sources: CallerIdSources;

  constructor(sources: CallerIdSources) {
    this.#sources = sources;
  }

  /**
   * A number that is rented and takes calls, or a verified caller ID (voice-api.md §2, voice-xml.md §6.9). A subaccount shows what is
   * assigned to it. SIP addresses and names are none.
   */
  async mayShow({ account, subaccount }: CallOwner, caller: string): Promise<boolean> {
    const parsed = parseNumber(caller);
    if (!parsed.ok) return false;
    const { digits } = parsed.number;
    const scope = { accountId: account.authId, subaccountId: subaccount?.authId };
    const owned = await this.#sources.numbers.find(digits);
    const isTheirs =
      owned?.accountId === scope.accountId && (scope.subaccountId === undefined || owned.subaccountId === scope.subaccountId);
    if (isTheirs && owned.voiceEnabled) return true;
    return this.#sources.verified.has(scope, digits);
  }

  mayOriginate(caller: string): HangupCause | undefined {
    return this.#sources.doNotOriginate?.has(caller) ? hangupCause(3140, 'Carrier') : undefined;
  }

  /**
   * Geo permissions (voice-api.md §2): the subaccount's own where it has any. Without settings every country may be called. SIP
   * addresses are in no country.
   */
  barred({ account, subaccount }: CallOwner, destination: Destination): HangupCause | undefined {
    if (destination.kind !== 'number') return undefined;
    const { countryIso2, digits } = destination.number;
    const countries = subaccount?.settings.voiceCountries ?? account.settings.voiceCountries;
    if (countries && (countryIso2 === undefined || !countries.includes(countryIso2))) return hangupCause(2030, 'Plivo');
    const beginsWithOneOf = (key: 'voiceBarredPrefixes' | 'voiceDisabledPrefixes') =>
      (subaccount?.settings[key] ?? account.settings[key] ?? []).some((prefix) => digits.startsWith(prefix));
    if (beginsWithOneOf('voiceBarredPrefixes')) return hangupCause(2040, 'Plivo');
    return beginsWithOneOf('voiceDisabledPrefixes') ? hangupCause(2050, 'Plivo') : undefined;
  }
}
