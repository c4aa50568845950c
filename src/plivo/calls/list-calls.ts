import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { isUuid } from '../../runtime/ids.ts';
import type { CallFilter } from '../../voice/call-record.ts';
import type { FoundCalls } from '../../voice/call-record-store.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { billDurationParameters, readNumberRange } from '../number-range.ts';
import { listMeta, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { endTimeParameters, searchRange } from '../time-filter.ts';
import { searchedNumber } from './call-number.ts';
import { callObject, renderCall } from './call-object.ts';

const NONE: FoundCalls = { total: 0, items: [], hasMore: false };

/**
 * GET Call/ (voice-api.md §4.4): records, the latest end first. With `status` the ids of live (§4.5) or queued (§4.6) calls, without
 * meta.
 */
export const listCalls = defineVoiceCommand({
  name: 'list-calls',
  summary: 'Records of calls that ended in the last 7 days, or in a range of at most 30; or ids of live or queued calls',
  tag: 'Call',
  method: 'GET',
  path: 'Call/',
  parameters: Type.Object({
    ...pageParameters,
    ...endTimeParameters,
    ...billDurationParameters,
    status: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('queued')])),
    subaccount: Type.Optional(text(20)),
    call_direction: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound')])),
    from_number: Type.Optional(text(300)),
    to_number: Type.Optional(text(300)),
    parent_call_uuid: Type.Optional(text(64)),
    hangup_cause_code: Type.Optional(Type.Integer({ minimum: 0, maximum: 32_767 })),
    hangup_source: Type.Optional(text(32)),
    stir_verification: Type.Optional(text(32)),
  }),
  replies: {
    200: Type.Union([
      Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(callObject)) }),
      Type.Object({ api_id: apiId(), calls: Type.Array(Type.String({ format: 'uuid' })) }),
    ]),
  },
  async run({ scope, parameters, now }, { callRecords, openCalls }) {
    const page = readPage(parameters);
    const reach = reachOf(scope);
    const common = {
      ownerId: subaccountFilter(scope, parameters.subaccount),
      direction: parameters.call_direction,
      fromPrefix: searchedNumber(parameters.from_number),
      toPrefix: searchedNumber(parameters.to_number),
    };
    if (parameters.status !== undefined) {
      const list =
        parameters.status === 'live'
          ? openCalls.listLive(reach, common, page.limit, page.offset)
          : openCalls.listQueued(reach, common, page.limit, page.offset);
      return { status: 200, body: { calls: await list } };
    }
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const parent = parameters.parent_call_uuid;
    const filter: CallFilter = {
      ...common,
      ...searchRange('end_time', parameters, now),
      parentCallId: parent,
      billSeconds: readNumberRange('bill_duration', parameters).map(({ comparison, value }) => ({ comparison, seconds: value })),
      hangupCode: parameters.hangup_cause_code,
      hangupSource: parameters.hangup_source,
      stirVerification: parameters.stir_verification,
    };
    const isNone = parent !== undefined && !isUuid(parent);
    const found = isNone ? NONE : await callRecords.list(reach, filter, page.limit, page.offset);
    return {
      status: 200,
      body: {
        meta: listMeta(scope, 'Call/', page, filters, found.total, found.hasMore),
        objects: found.items.map((call) => renderCall(scope, call)),
      },
    };
  },
});
