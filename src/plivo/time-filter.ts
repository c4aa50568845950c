import { Type } from 'typebox';
import { invalidParameter } from '../errors/catalogue.ts';
import { text } from './fields.ts';
import { parseFilterTime } from './times.ts';

/** Suffixes of a range filter: `end_time__gte`. One underscore is what the Node SDK makes of two in some names. */
const OPERATORS = ['gt', 'gte', 'lt', 'lte'] as const;
type Operator = (typeof OPERATORS)[number];
type RangeName<Name extends string> = Name | `${Name}__${Operator}` | `${Name}_${Operator}`;

const time = () => Type.Optional(text(40));

/** The filters of calls by their end, of recordings by when they were added, of multiparty calls by both ends. */
export const endTimeParameters = {
  end_time: time(),
  end_time__gt: time(),
  end_time__gte: time(),
  end_time__lt: time(),
  end_time__lte: time(),
  end_time_gt: time(),
  end_time_gte: time(),
  end_time_lt: time(),
  end_time_lte: time(),
};
export const addTimeParameters = {
  add_time: time(),
  add_time__gt: time(),
  add_time__gte: time(),
  add_time__lt: time(),
  add_time__lte: time(),
  add_time_gt: time(),
  add_time_gte: time(),
  add_time_lt: time(),
  add_time_lte: time(),
};
export const creationTimeParameters = {
  creation_time: time(),
  creation_time__gt: time(),
  creation_time__gte: time(),
  creation_time__lt: time(),
  creation_time__lte: time(),
  creation_time_gt: time(),
  creation_time_gte: time(),
  creation_time_lt: time(),
  creation_time_lte: time(),
};

/** Verification sessions by when they began. */
export const sessionTimeParameters = {
  session_time: time(),
  session_time__gt: time(),
  session_time__gte: time(),
  session_time__lt: time(),
  session_time__lte: time(),
  session_time_gt: time(),
  session_time_gte: time(),
  session_time_lt: time(),
  session_time_lte: time(),
};

/** Masking sessions by when they were made. */
export const createdTimeParameters = {
  created_time: time(),
  created_time__gt: time(),
  created_time__gte: time(),
  created_time__lt: time(),
  created_time__lte: time(),
  created_time_gt: time(),
  created_time_gte: time(),
  created_time_lt: time(),
  created_time_lte: time(),
};
/** And by when they end. */
export const expiryTimeParameters = {
  expiry_time: time(),
  expiry_time__gt: time(),
  expiry_time__gte: time(),
  expiry_time__lt: time(),
  expiry_time__lte: time(),
  expiry_time_gt: time(),
  expiry_time_gte: time(),
  expiry_time_lt: time(),
  expiry_time_lte: time(),
};

/** Bounds in whole milliseconds, both included. */
export interface TimeBounds {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** The bounds that all the given filters allow together; undefined where none says anything. */
export function readTimeBounds<Name extends string>(
  name: Name,
  given: { readonly [Each in RangeName<Name>]?: string },
): TimeBounds {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  const read = (parameter: RangeName<Name>) => {
    const value = given[parameter];
    if (value === undefined) return undefined;
    const span = parseFilterTime(value);
    if (span) return { first: Math.floor(span.startMs), next: Math.ceil(span.startMs), length: span.lengthMs };
    throw invalidParameter(parameter, `${parameter} parameter is invalid: YYYY-MM-DD HH:MM[:SS[.ffffff]] in UTC is expected`);
  };
  const exact = read(name);
  if (exact) {
    from = exact.first;
    to = exact.first + exact.length - 1;
  }
  for (const separator of ['__', '_'] as const) {
    const [gt, gte, lt, lte] = OPERATORS.map((operator) => read(`${name}${separator}${operator}`));
    from = Math.max(from, gt ? gt.first + 1 : from, gte ? gte.next : from);
    to = Math.min(to, lt ? lt.next - 1 : to, lte ? lte.first : to);
  }
  return {
    fromMs: from === Number.NEGATIVE_INFINITY ? undefined : from,
    toMs: to === Number.POSITIVE_INFINITY ? undefined : to,
  };
}

const DAY_MS = 24 * 3_600_000;
/** Without a filter; the longest range that may be asked for; and how far back there is anything (voice-api.md §2). */
const DEFAULT_DAYS = 7;
const MAX_DAYS = 30;

/**
 * The range that a list of calls or recordings is about: the last seven days when no filter says otherwise, thirty days from or to a
 * bound that has no other. A longer one is refused.
 */
export function searchRange<Name extends string>(
  name: Name,
  given: { readonly [Each in RangeName<Name>]?: string },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const { fromMs, toMs } = readTimeBounds(name, given);
  if (fromMs === undefined && toMs === undefined) return { fromMs: nowMs - DEFAULT_DAYS * DAY_MS, toMs: nowMs };
  const from = fromMs ?? (toMs ?? nowMs) - MAX_DAYS * DAY_MS;
  const to = toMs ?? from + MAX_DAYS * DAY_MS;
  if (to - from > MAX_DAYS * DAY_MS) {
    throw invalidParameter(name, `${name} parameter is invalid: the range is longer than ${MAX_DAYS} days`);
  }
  return { fromMs: from, toMs: to };
}
