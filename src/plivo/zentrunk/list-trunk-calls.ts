import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { searchedNumber } from '../calls/call-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { billDurationParameters, readNumberRange } from '../number-range.ts';
import { listMeta, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { endTimeParameters, searchRange } from '../time-filter.ts';
import { showTrunkCall, trunkCallObject } from './trunk-call-object.ts';

/**
 * GET Zentrunk/Call/, and on the host zt.plivo.com the path of the call list (sdks.md §2): calls over trunks of the account that ended
 * in the last 7 days, or in a range of at most 30, the latest end first.
 */
export const listTrunkCalls = defineVoiceCommand({
  name: 'list-trunk-calls',
  summary: 'Records of calls over trunks',
  tag: 'Zentrunk',
  method: 'GET',
  path: 'Zentrunk/Call/',
  standsIn: { for: 'list-calls', onHost: 'zt.plivo.com' },
  parameters: Type.Object({
    ...pageParameters,
    ...endTimeParameters,
    ...billDurationParameters,
    call_direction: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound')])),
    from_number: Type.Optional(text(300)),
    to_number: Type.Optional(text(300)),
    hangup_cause_code: Type.Optional(Type.Integer({ minimum: 0, maximum: 32_767 })),
    hangup_source: Type.Optional(text(32)),
    stir_verification: Type.Optional(text(32)),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(trunkCallObject)) }) },
  async run({ scope, parameters, now }, { callRecords, trunking }) {
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const { inbound, outbound } = await trunking.store.idsWithin(reachOf(scope));
    const { call_direction: direction } = parameters;
    const wanted = [...(direction === 'outbound' ? [] : inbound), ...(direction === 'inbound' ? [] : outbound)];
    const filter = {
      ...searchRange('end_time', parameters, now),
      fromPrefix: searchedNumber(parameters.from_number),
      toPrefix: searchedNumber(parameters.to_number),
      billSeconds: readNumberRange('bill_duration', parameters).map(({ comparison, value }) => ({ comparison, seconds: value })),
      hangupCode: parameters.hangup_cause_code,
      hangupSource: parameters.hangup_source,
      stirVerification: parameters.stir_verification,
      applicationIds: wanted,
    };
    const found = await callRecords.list(reachOf(scope), filter, page.limit, page.offset);
    return {
      status: 200,
      body: {
        meta: listMeta(scope, 'Zentrunk/Call/', page, filters, found.total, found.hasMore),
        objects: found.items.map((call) => showTrunkCall(scope, call, outbound)),
      },
    };
  },
});
