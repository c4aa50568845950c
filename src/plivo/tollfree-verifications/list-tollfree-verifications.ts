import { Type } from 'typebox';
import { tollfreeStates } from '../../compliance/tollfree-machine.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { digitsOf } from '../campaign-numbers/campaign-number-object.ts';
import { listSchema, namedList, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { renderTollfree, tollfreeObject } from './tollfree-verification-object.ts';

const DAY_MS = 24 * 3_600_000;
/** Without a filter, and the longest range that may be asked for (compliance.md §7.2). */
const DEFAULT_DAYS = 7;
const MAX_DAYS = 30;
const day = () => Type.Optional(text(40));

/** GET TollfreeVerification/ (compliance.md §7.2), newest first. */
export const listTollfreeVerifications = defineCommand({
  name: 'list-tollfree-verifications',
  summary: 'Toll-free verifications of the last seven days, or of up to thirty',
  tag: 'TollfreeVerification',
  method: 'GET',
  path: 'TollfreeVerification/',
  parameters: Type.Object({
    number: Type.Optional(text(32)),
    status: Type.Optional(oneOf(tollfreeStates)),
    profile_uuid: Type.Optional(text(64)),
    usecase: Type.Optional(text(500)),
    created: day(),
    created__gt: day(),
    created__gte: day(),
    created__lt: day(),
    created__lte: day(),
    ...pageParameters,
  }),
  replies: { 200: listSchema(Type.Object(tollfreeObject)) },
  async run({ scope, parameters, now }, { compliance }) {
    const page = readPage(parameters);
    const { number, status, profile_uuid: profileId, usecase } = parameters;
    const filter = {
      number: number === undefined ? undefined : digitsOf(number),
      status,
      profileId,
      usecase,
      ...readRange(parameters, now),
    };
    const { total, items } = await compliance.tollfree.list(scope, filter, page);
    const found = { total, items: items.map(renderTollfree) };
    return namedList(scope, 'TollfreeVerification/', page, parameters, found, {});
  },
});

type Given = { readonly [Name in 'created' | 'created__gt' | 'created__gte' | 'created__lt' | 'created__lte']?: string };

/** Whole days, UTC. */
function readRange(given: Given, now: number): { readonly from: Date; readonly to: Date } {
  const read = (name: keyof Given) => (given[name] === undefined ? undefined : readDay(name, given[name]));
  const exact = read('created');
  const gt = read('created__gt');
  const lte = read('created__lte');
  const from = exact ?? read('created__gte') ?? (gt === undefined ? undefined : gt + DAY_MS);
  const before = exact === undefined ? (lte === undefined ? read('created__lt') : lte + DAY_MS) : exact + DAY_MS;
  const to = before === undefined ? undefined : before - 1;
  if (from === undefined && to === undefined) return { from: new Date(now - DEFAULT_DAYS * DAY_MS), to: new Date(now) };
  const first = from ?? (to ?? now) - MAX_DAYS * DAY_MS;
  const last = to ?? Math.min(now, first + MAX_DAYS * DAY_MS);
  if (last - first > MAX_DAYS * DAY_MS) {
    throw invalidParameter('created', `created parameter is invalid: the range is longer than ${MAX_DAYS} days`);
  }
  return { from: new Date(first), to: new Date(last) };
}

/** `2026-01-12`, also with a time of day behind it, which is dropped. */
function readDay(name: string, given: string): number {
  const written = /^(\d{4}-\d{2}-\d{2})(?:[T ][\d:.Z+-]*)?$/.exec(given)?.[1];
  const start = written === undefined ? Number.NaN : Date.parse(`${written}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== written) {
    throw invalidParameter(name, `${name} parameter is invalid: a date YYYY-MM-DD is expected`);
  }
  return start;
}
