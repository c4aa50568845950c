import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { NumberFilter } from '../../numbers/number-store.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { numberObject, showNumber } from './number-object.ts';
import { numberType, oneType, onOff, readOnOff, readServices, services } from './number-parameters.ts';

const day = () => Type.Optional(text(32));

/** Suffixes of a range, each also with one underscore: the Node SDK loses the other (account-numbers.md §2). */
const RENEWAL = [
  ['renewal_date', '='],
  ['renewal_date__gt', '>'],
  ['renewal_date__gte', '>='],
  ['renewal_date__lt', '<'],
  ['renewal_date__lte', '<='],
  ['renewal_date_gt', '>'],
  ['renewal_date_gte', '>='],
  ['renewal_date_lt', '<'],
  ['renewal_date_lte', '<='],
] as const;

/** The words of the documentation and of the SDKs for one state. */
const TENDLC_STATES: ReadonlyMap<string, string> = new Map([
  ['unregistered', 'UNREGISTERED'],
  ['in_progress', 'PROCESSING'],
  ['processing', 'PROCESSING'],
  ['registered', 'COMPLETED'],
  ['completed', 'COMPLETED'],
]);
const VERIFICATION_STATES: ReadonlyMap<string, string> = new Map([
  ['unverified', 'UNVERIFIED'],
  ['pending_verification', 'PENDING_VERIFICATION'],
  ['verified', 'VERIFIED'],
]);

/** GET Number/ with the filters of account-numbers.md §8.1, newest first. */
export const listNumbers = defineCommand({
  name: 'list-numbers',
  summary: 'Numbers of the account and its subaccounts',
  tag: 'Number',
  method: 'GET',
  path: 'Number/',
  parameters: Type.Object({
    type: numberType(),
    number_type: numberType(),
    number_startswith: Type.Optional(Type.String({ pattern: '^\\+?[0-9]{1,15}$' })),
    subaccount: Type.Optional(text(64)),
    alias: Type.Optional(text()),
    services: services(),
    cnam_lookup: onOff(),
    renewal_date: day(),
    renewal_date__gt: day(),
    renewal_date__gte: day(),
    renewal_date__lt: day(),
    renewal_date__lte: day(),
    renewal_date_gt: day(),
    renewal_date_gte: day(),
    renewal_date_lt: day(),
    renewal_date_lte: day(),
    tendlc_registration_status: Type.Optional(text(32)),
    tendlc_campaign_id: Type.Optional(text(64)),
    toll_free_sms_verification: Type.Optional(text(32)),
    toll_free_sms_verification_order_status: Type.Optional(text(64)),
    ...pageParameters,
  }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(numberObject)) }),
  },
  async run({ scope, parameters }, { numbers }) {
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const filter: NumberFilter = {
      type: oneType(parameters.type ?? parameters.number_type),
      startsWith: parameters.number_startswith?.replace('+', ''),
      alias: parameters.alias,
      services: readServices(parameters.services),
      cnamLookup: readOnOff(parameters.cnam_lookup),
      renewal: RENEWAL.flatMap(([name, operator]) => {
        const given = parameters[name];
        return given === undefined ? [] : [{ operator, day: readDay(name, given) }];
      }),
      tendlcRegistrationStatus: readState('tendlc_registration_status', parameters.tendlc_registration_status, TENDLC_STATES),
      tendlcCampaignId: parameters.tendlc_campaign_id,
      tollFreeVerification: readState('toll_free_sms_verification', parameters.toll_free_sms_verification, VERIFICATION_STATES),
      tollFreeVerificationOrderStatus: parameters.toll_free_sms_verification_order_status,
    };
    const reach = { accountId: scope.account.authId, subaccountId: subaccountFilter(scope, parameters.subaccount) };
    const { total, items } = await numbers.list(reach, filter, page);
    return listReply(scope, 'Number/', page, filters, { total, items: items.map((item) => showNumber(scope, item)) });
  },
});

/** `2026-01-12`, also with a time of day behind it, which is dropped. */
function readDay(name: string, given: string): string {
  const day = /^(\d{4}-\d{2}-\d{2})(?:[T ][\d:.Z+-]*)?$/.exec(given)?.[1];
  const moment = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  if (day === undefined || Number.isNaN(moment) || new Date(moment).toISOString().slice(0, 10) !== day) {
    throw invalidParameter(name, `${name} parameter is invalid: a date YYYY-MM-DD is expected`);
  }
  return day;
}

function readState(name: string, given: string | undefined, states: ReadonlyMap<string, string>): string | undefined {
  if (given === undefined) return undefined;
  const state = states.get(given.toLowerCase());
  if (state === undefined) {
    throw invalidParameter(name, `${name} parameter is invalid: one of ${[...states.keys()].join(', ')} is expected`);
  }
  return state;
}
