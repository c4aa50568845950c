import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { parseDigits } from '../messaging/phone-number.ts';
import { plainCountryName } from './country.ts';
import { alpha3Of } from './iso-alpha-3.ts';
import type { NumberType } from './number.ts';

export type LineType = 'fixed' | 'mobile' | 'voip' | 'toll-free' | 'unknown';

/** What can be known of a number without asking its network. */
export interface NumberLookup {
  /** With `+`. */
  readonly e164: string;
  readonly national: string;
  readonly international: string;
  readonly rfc3966: string;
  readonly country: { readonly name: string; readonly iso2: string; readonly iso3: string } | undefined;
  readonly lineType: LineType;
}

const PLAN_TYPES: Readonly<Record<string, LineType>> = {
  FIXED_LINE: 'fixed',
  MOBILE: 'mobile',
  VOIP: 'voip',
  TOLL_FREE: 'toll-free',
};
const OWN_TYPES: Readonly<Record<NumberType, LineType>> = {
  local: 'fixed',
  national: 'fixed',
  fixed: 'fixed',
  mobile: 'mobile',
  tollfree: 'toll-free',
  shortcode: 'unknown',
};

/**
 * Reads a number with country code, with or without `+`. `ownType`: the number is the asker's own, which decides over the numbering
 * plan. Undefined when no plan has a number of this shape.
 */
export function lookUp(written: string, ownType: NumberType | undefined): NumberLookup | undefined {
  const digits = written.replace(/[\s().-]/g, '').replace(/^\+/, '');
  const shape = parseDigits(digits);
  const parsed = parsePhoneNumberFromString(`+${digits}`);
  if (!shape || !parsed) return undefined;
  const iso2 = shape.countryIso2;
  const iso3 = iso2 === undefined ? undefined : alpha3Of(iso2);
  return {
    e164: parsed.number,
    national: parsed.formatNational(),
    international: parsed.formatInternational(),
    rfc3966: parsed.getURI(),
    country: iso2 !== undefined && iso3 !== undefined ? { name: plainCountryName(iso2), iso2, iso3 } : undefined,
    // In North America the plan does not tell mobile from fixed numbers.
    lineType: ownType === undefined ? (PLAN_TYPES[parsed.getType() ?? ''] ?? 'unknown') : OWN_TYPES[ownType],
  };
}
