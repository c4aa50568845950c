import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { parseDestination } from '../../voice/destination.ts';
import type { ElementUrl } from '../../voice/document.ts';

/** What SDKs join by `<`: one for all destinations, or one for each. */
export const listed = () => Type.Optional(Type.Union([Type.String({ maxLength: 20_000 }), Type.Number(), Type.Boolean()]));
type Listed = string | number | boolean | undefined;

/** Entries of a parameter; a blank one says nothing. */
function entriesOf<Value>(given: Listed, read: (entry: string) => Value): readonly (Value | undefined)[] {
  if (given === undefined) return [undefined];
  return String(given)
    .split('<')
    .map((entry) => (entry.trim() === '' ? undefined : read(entry.trim())));
}

/** The given name, or the one that the .NET SDK sends in its place (voice-api.md §1). */
export const eitherOf = <Value>(documented: Value | undefined, alias: Value | undefined): Value | undefined =>
  documented ?? alias;

export const wholeNumbers = (name: string, given: Listed, least: number): readonly (number | undefined)[] =>
  entriesOf(given, (entry) => {
    const value = Number(entry);
    if (!/^\d{1,9}$/.test(entry) || value < least) {
      throw invalidParameter(name, `${name} parameter is invalid: a whole number of at least ${least} is expected`);
    }
    return value;
  });

export const flags = (name: string, given: Listed): readonly boolean[] =>
  entriesOf(given, (entry) => {
    const lower = entry.toLowerCase();
    if (lower === 'true' || lower === '1') return true;
    if (lower === 'false' || lower === '0') return false;
    throw invalidParameter(name, `${name} parameter is invalid: true or false is expected`);
  }).map((entry) => entry ?? false);

/** Digits and pauses, with the length of a tone in milliseconds behind `@`: what sent-digits.ts reads. */
const SEND_DIGITS = /^[0-9*#A-DwW]{1,100}(?:@\d{1,5})?$/;

export const digitLists = (name: string, given: Listed): readonly (string | undefined)[] =>
  entriesOf(given, (entry) => {
    // The four keys beside the twelve may be written small; `w` and `W` are two different pauses.
    const digits = entry.replaceAll(/[a-d]/g, (key) => key.toUpperCase());
    if (SEND_DIGITS.test(digits)) return digits;
    throw invalidParameter(
      name,
      `${name} parameter is invalid: digits, *, #, w and W, with @milliseconds behind them, are expected`,
    );
  });

/** Of a list with one entry for each destination those that are called; a list with one entry for all as it is. */
export function forEachWanted<Value>(name: string, list: readonly Value[], { destinations, count }: Wanted): readonly Value[] {
  if (list.length === 1) return list;
  if (list.length === count) return destinations.flatMap(({ place }) => list.slice(place, place + 1));
  throw invalidParameter(
    name,
    `${name} parameter is invalid: one value, or one for each of the ${count} destinations is expected`,
  );
}

/** voice-api.md §2: unique destinations of one request. */
const MAX_DESTINATIONS = 1000;

/** What `to` is in JSON: joined by `<`, or (java) an array, or a bare number. */
export const destinations = () =>
  Type.Union([
    Type.String({ maxLength: 600_000 }),
    Type.Number(),
    Type.Array(Type.String({ maxLength: 600 }), { maxItems: 10 * MAX_DESTINATIONS }),
  ]);

export interface Wanted {
  /** Each once, as it was given, with its place among all that were given: lists of options are by that place. */
  readonly destinations: readonly { readonly to: string; readonly place: number }[];
  /** How many were given. */
  readonly count: number;
}

/** Reads `to`. Which hosts are ours makes no difference to whether two destinations are the same. */
export function readDestinations(given: string | number | readonly string[]): Wanted {
  const entries = (typeof given === 'object' ? given : [String(given)])
    .flatMap((entry) => entry.split('<'))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const unique = new Map<string, Wanted['destinations'][number]>();
  for (const [place, to] of entries.entries()) {
    const { address } = parseDestination(to, NO_HOSTS);
    if (!unique.has(address)) unique.set(address, { to, place });
  }
  if (unique.size === 0) throw missingParameter('to');
  if (unique.size > MAX_DESTINATIONS) {
    throw invalidParameter('to', `to parameter is invalid: it has more than ${MAX_DESTINATIONS} destinations`);
  }
  return { destinations: [...unique.values()], count: entries.length };
}

const NO_HOSTS: ReadonlySet<string> = new Set();

/** A URL with its method; undefined when there is none. */
export const urlWithMethod = (url: string | undefined, method: 'GET' | 'POST' | undefined): ElementUrl | undefined =>
  url === undefined ? undefined : { url, method: method ?? 'POST' };

/** How a recording is to be written down; who does it is not told apart. */
export const transcriptionType = () =>
  Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('hybrid'), Type.Literal('manual')]));
