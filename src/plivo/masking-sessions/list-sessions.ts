import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listMeta, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { createdTimeParameters, expiryTimeParameters, readTimeBounds, searchRange } from '../time-filter.ts';
import { listedMaskingObject, renderListedMasking } from './session-object.ts';

const seconds = () => Type.Optional(Type.Integer({ minimum: 0 }));

/** GET Masking/Session/ (account-numbers.md §13.3), newest first: those of the last seven days unless a filter says otherwise. */
export const listMaskingSessions = defineVoiceCommand({
  name: 'list-masking-sessions',
  summary: 'Masking sessions, newest first',
  tag: 'Masking',
  method: 'GET',
  path: 'Masking/Session/',
  parameters: Type.Object({
    ...pageParameters,
    ...createdTimeParameters,
    ...expiryTimeParameters,
    first_party: Type.Optional(text(32)),
    second_party: Type.Optional(text(32)),
    virtual_number: Type.Optional(text(32)),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('expired'), Type.Literal('all')])),
    subaccount: Type.Optional(text(20)),
    duration: seconds(),
    duration__gt: seconds(),
    duration__gte: seconds(),
    duration__lt: seconds(),
    duration__lte: seconds(),
    duration_gt: seconds(),
    duration_gte: seconds(),
    duration_lt: seconds(),
    duration_lte: seconds(),
  }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      response: Type.Object({ meta: pageMeta, objects: Type.Array(Type.Object(listedMaskingObject)) }),
    }),
  },
  async run({ scope, parameters: given, now }, { maskingSessions, publicUrl }) {
    const page = readPage(given);
    const { limit: _, offset: __, ...filters } = given;
    const created = searchRange('created_time', given, now);
    const expiry = readTimeBounds('expiry_time', given);
    const number = (text: string | undefined) => (text === undefined ? undefined : sanitiseNumber(text));
    const over = given.duration__gt ?? given.duration_gt;
    const under = given.duration__lt ?? given.duration_lt;
    const { total, items } = await maskingSessions.list(
      reachOf(scope),
      {
        subaccountId: subaccountFilter(scope, given.subaccount),
        firstParty: number(given.first_party),
        secondParty: number(given.second_party),
        virtualNumber: number(given.virtual_number),
        state: given.status === 'all' ? undefined : given.status,
        createdAfter: created.fromMs,
        createdBefore: created.toMs,
        expiresAfter: expiry.fromMs,
        expiresBefore: expiry.toMs,
        durationFrom: given.duration ?? given.duration__gte ?? given.duration_gte ?? (over === undefined ? undefined : over + 1),
        durationTo: given.duration ?? given.duration__lte ?? given.duration_lte ?? (under === undefined ? undefined : under - 1),
      },
      page,
    );
    const meta = listMeta(scope, 'Masking/Session/', page, filters, total, page.offset + page.limit < total);
    return {
      status: 200,
      body: { response: { meta, objects: items.map((item) => renderListedMasking(scope, item, publicUrl)) } },
    };
  },
});
