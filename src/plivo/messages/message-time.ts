import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { text } from '../fields.ts';
import { parseFilterTime, type TimeSpan } from '../times.ts';

/** messaging.md §3.3: without a filter the last 24 hours are listed, with one at most the last 90 days. */
const DEFAULT_MS = 24 * 3_600_000;
const REACH_BACK_MS = 90 * 24 * 3_600_000;

const time = () => Type.Optional(text(40));

/** `message_time` with its ranges. One underscore is what the Node SDK makes of two (account-numbers.md §2). */
export const messageTimeParameters = {
  message_time: time(),
  message_time__gt: time(),
  message_time__gte: time(),
  message_time__lt: time(),
  message_time__lte: time(),
  message_time_gt: time(),
  message_time_gte: time(),
  message_time_lt: time(),
  message_time_lte: time(),
};

type Given = { readonly [Name in keyof typeof messageTimeParameters]?: string };

/** The bounds in whole milliseconds, both included, that all the given filters allow together. */
export function messageTimeRange(given: Given, nowMs: number): { fromMs: number; toMs: number | undefined } {
  let from = Number.NEGATIVE_INFINITY;
  let to = Number.POSITIVE_INFINITY;
  let filtered = false;
  const apply = (name: keyof Given, narrow: (span: TimeSpan) => void) => {
    const value = given[name];
    if (value === undefined) return;
    const span = parseFilterTime(value);
    if (!span) throw invalidParameter(name, `${name} parameter is invalid: YYYY-MM-DD HH:MM[:SS[.ffffff]] in UTC is expected`);
    filtered = true;
    narrow(span);
  };
  const after = (bound: number) => {
    from = Math.max(from, bound);
  };
  const before = (bound: number) => {
    to = Math.min(to, bound);
  };
  apply('message_time', ({ startMs, lengthMs }) => {
    after(Math.floor(startMs));
    before(Math.floor(startMs) + lengthMs - 1);
  });
  for (const separator of ['__', '_'] as const) {
    apply(`message_time${separator}gt`, ({ startMs }) => after(Math.floor(startMs) + 1));
    apply(`message_time${separator}gte`, ({ startMs }) => after(Math.ceil(startMs)));
    apply(`message_time${separator}lt`, ({ startMs }) => before(Math.ceil(startMs) - 1));
    apply(`message_time${separator}lte`, ({ startMs }) => before(Math.floor(startMs)));
  }
  return {
    fromMs: Math.max(from, nowMs - (filtered ? REACH_BACK_MS : DEFAULT_MS)),
    toMs: to === Number.POSITIVE_INFINITY ? undefined : to,
  };
}
