/**
 * Phone numbers as they come in: sanitised (messaging.md §2, §2.2, §15), checked for the shape of E.164, and told by country and kind.
 *
 * "Valid" means shape: a country code that exists, a length that occurs in its plan, at most 14 digits. Whether the number is
 * allocated to anybody is the carrier's to say (errors 50 and 70): tests and documentation live on numbers reserved for fiction,
 * and numbering plans move faster than any table.
 */
import { type PhoneNumber as LibraryNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { LruCache } from '../runtime/lru-cache.ts';

/** Reference §2: a destination has at most 14 characters once sanitised (E.164 itself would allow 15). */
export const MAX_DIGITS = 14;

/** Longer input is no number however it is written; refused before any work is spent on it. */
const MAX_INPUT_LENGTH = 64;

/** Numbering plans tell country and kind by leading digits; seven hold every country and service code. */
const RANGE_DIGITS = 7;
/** What fills up a range to a number that stands for all of it: a subscriber number that every plan could allot. */
const SUBSCRIBER = '2345678';

/** Ranges remembered: reading one costs 20 µs, 22 % of the work of accepting a message when every destination was read anew. */
const CACHE_CAPACITY = 20_000;

export type NumberKind = 'fixed' | 'mobile' | 'fixed_or_mobile' | 'toll_free' | 'other' | 'unknown';

export interface PhoneNumber {
  /** With country code, without `+`. */
  readonly digits: string;
  /** `1`, `44`: the country calling code. */
  readonly callingCode: string;
  /** ISO 3166 alpha-2; of countries that share a calling code the most likely. Undefined for networks of no country (`+883`). */
  readonly countryIso2: string | undefined;
  readonly kind: NumberKind;
}

export type DestinationResult =
  | { readonly ok: true; readonly number: PhoneNumber }
  /** `sanitised` is what is left of the input, as it is reported back among the invalid numbers. */
  | { readonly ok: false; readonly sanitised: string };

const kinds: Readonly<Record<string, NumberKind>> = {
  FIXED_LINE: 'fixed',
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'fixed_or_mobile',
  TOLL_FREE: 'toll_free',
};

const INVALID = Symbol('no number');
const E164_SHAPE = /^[1-9][0-9]{3,}$/;
const cache = new LruCache<string, NumberRange | typeof INVALID>(CACHE_CAPACITY);

/** Removes what people write between digits: `/ - . + ( )` and white space, and the prefix `whatsapp:` that one example shows (§2.6). */
export function sanitiseNumber(input: string): string {
  const withoutScheme = input.startsWith('whatsapp:') ? input.slice('whatsapp:'.length) : input;
  return withoutScheme.replace(/[/\-.+()\s]/g, '');
}

/** One destination as given in a request. */
export function parseDestination(input: string): DestinationResult {
  if (input.length > MAX_INPUT_LENGTH) return { ok: false, sanitised: sanitiseNumber(input.slice(0, MAX_INPUT_LENGTH)) };
  const sanitised = sanitiseNumber(input);
  const number = parseDigits(sanitised);
  return number === undefined ? { ok: false, sanitised } : { ok: true, number };
}

/** What all numbers of one length that begin with the same digits have in common. */
type NumberRange = Omit<PhoneNumber, 'digits'>;

/** A number of digits with country code; undefined when it has not the shape of E.164. */
export function parseDigits(digits: string): PhoneNumber | undefined {
  if (digits.length > MAX_DIGITS || !E164_SHAPE.test(digits)) return undefined;
  const key = `${digits.slice(0, RANGE_DIGITS)} ${digits.length}`;
  let range = cache.get(key);
  if (range === undefined) {
    range = readRange(digits) ?? INVALID;
    cache.set(key, range);
  }
  return range === INVALID ? undefined : { digits, ...range };
}

/** Country of a number of digits, or undefined when it is none or belongs to no country. */
export function countryOf(digits: string): string | undefined {
  return parseDigits(digits)?.countryIso2;
}

export interface DestinationList {
  /** In the order given, without duplicates. */
  readonly numbers: readonly PhoneNumber[];
  /** Sanitised, in the order given, without duplicates. */
  readonly invalid: readonly string[];
}

/**
 * The destinations of one request, joined by `<` (§2.2). The limit of 1000 counts what is left after dropping duplicates and is the
 * caller's to apply: over it the whole request is refused. Empty entries (`a<<b`, a trailing `<`) are dropped.
 */
export function parseDestinations(joined: string): DestinationList {
  const numbers = new Map<string, PhoneNumber>();
  const invalid = new Set<string>();
  for (const entry of joined.split('<')) {
    const result = parseDestination(entry);
    if (result.ok) numbers.set(result.number.digits, result.number);
    else if (result.sanitised !== '' || entry.trim() !== '') invalid.add(result.sanitised);
  }
  return { numbers: [...numbers.values()], invalid: [...invalid] };
}

function readRange(digits: string): NumberRange | undefined {
  const rest = digits.length - RANGE_DIGITS;
  const sample = rest > 0 ? digits.slice(0, RANGE_DIGITS) + SUBSCRIBER.slice(0, rest).padEnd(rest, '0') : digits;
  const parsed = parsePhoneNumberFromString(`+${sample}`);
  // A library that reads other digits out of the input (a carrier code, an old trunk prefix) has read another number.
  if (!parsed || parsed.number !== `+${sample}` || !parsed.isPossible()) return undefined;
  return {
    callingCode: parsed.countryCallingCode,
    countryIso2: parsed.country ?? likelyCountry(parsed),
    kind: kinds[parsed.getType() ?? ''] ?? (parsed.getType() === undefined ? 'unknown' : 'other'),
  };
}

/**
 * Country of a number that no plan has allocated. In the North American plan the area code decides: the same area code with a
 * subscriber number that is allocated anywhere tells the country. Elsewhere the main country of the calling code.
 */
function likelyCountry(parsed: LibraryNumber): string | undefined {
  if (parsed.countryCallingCode === '1') {
    const sameArea = parsePhoneNumberFromString(`+1${parsed.nationalNumber.slice(0, 3)}2345678`)?.country;
    return sameArea ?? 'US';
  }
  return parsed.getPossibleCountries()[0];
}
