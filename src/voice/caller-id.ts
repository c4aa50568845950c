import type { OwnNumberFacts } from '../messaging/own-numbers.ts';
import { parseDestination as parseNumber } from '../messaging/phone-number.ts';

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
}

/**
 * Whether calls to telephone numbers may show this number (voice-api.md §2, voice-xml.md §6.9): one that is rented and takes calls, or
 * a verified caller ID. A subaccount shows what is assigned to it. SIP addresses and names are none.
 */
export class CallerIds {
  readonly #sources: CallerIdSources;

  constructor(sources: CallerIdSources) {
    this.#sources = sources;
  }

  async mayShow(scope: CallerScope, caller: string): Promise<boolean> {
    const digits = callerDigits(caller);
    if (digits === undefined) return false;
    const owned = await this.#sources.numbers.find(digits);
    const isTheirs =
      owned?.accountId === scope.accountId && (scope.subaccountId === undefined || owned.subaccountId === scope.subaccountId);
    if (isTheirs && owned.voiceEnabled) return true;
    return this.#sources.verified.has(scope, digits);
  }
}

/** Digits of a caller ID that is a number, however it is written. */
export function callerDigits(caller: string): string | undefined {
  const parsed = parseNumber(caller);
  return parsed.ok ? parsed.number.digits : undefined;
}
