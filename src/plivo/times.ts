import { offsetMinutes } from '../runtime/time-zone.ts';

/** Times in the forms that the API uses (messaging.md §22). Records hold milliseconds; the wire has six decimals. */

/** `2026-01-12`: the day of a moment in a time zone (IANA name). */
export const localDay = (time: Date, timeZone: string): string => localTime(time, timeZone).slice(0, 10);

/** `2026-03-02 14:05:11+05:30`: the same without fraction. */
export const localSeconds = (time: Date, timeZone: string): string => localTime(time, timeZone).replace(/\.\d{6}/, '');

/** `2026-01-12 09:20:11.204000`: UTC without saying so. */
export const utcTime = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '000');

/** `2026-01-12T09:20:11.204000Z` */
export const isoTime = (time: Date): string => time.toISOString().replace('Z', '000Z');

/** `2026-01-12 10:20:11.204000+01:00`: the wall clock of a time zone (IANA name) with its offset from UTC at that moment. */
export function localTime(time: Date, timeZone: string): string {
  const offset = offsetMinutes(time, timeZone);
  const wall = new Date(time.getTime() + offset * 60_000).toISOString().replace('T', ' ').replace('Z', '000');
  const minutes = Math.abs(offset);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `01/31/2026 03:04:05`: what the .NET SDK makes of a time. */
const DOTNET_TIME = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2}:\d{2})$/;

/** `YYYY-MM-DD HH:MM[:SS[.ffffff]]`, UTC; a `T`, a trailing `Z` or `+00:00` are tolerated. */
const FILTER_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:Z|[+ ]00:00)?$/;

/**
 * Reads a time of a list filter. It stands for a span as long as its last digit is worth, at least a millisecond: `09:14` is the
 * whole minute. Undefined when it is no time.
 */
export function parseFilterTime(text: string): TimeSpan | undefined {
  const match = FILTER_TIME.exec(text.trim().replace(DOTNET_TIME, '$3-$1-$2 $4'));
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const start = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  const date = new Date(start);
  const exists =
    date.getUTCMonth() === (month ?? 0) - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute;
  if (!exists) return undefined;
  const micros = Number((match[7] ?? '').padEnd(6, '0'));
  const lengthMs = match[6] === undefined ? 60_000 : match[7] === undefined ? 1_000 : Math.max(1, 1_000 / 10 ** match[7].length);
  return { startMs: start + micros / 1000, lengthMs };
}

export interface TimeSpan {
  /** Milliseconds since the epoch, with the microseconds as a fraction. */
  readonly startMs: number;
  readonly lengthMs: number;
}
