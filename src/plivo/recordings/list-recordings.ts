import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { searchedNumber } from '../calls/call-number.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { type Bound, readNumberRange, storageDurationParameters } from '../number-range.ts';
import { listReply, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { addTimeParameters, readTimeBounds, searchRange } from '../time-filter.ts';
import { DAY_MS, recordingObject, renderRecording } from './recording-object.ts';

/** GET Recording/ (voice-api.md §9): the latest first, of the last seven days unless it is said whose or of when. */
export const listRecordings = defineVoiceCommand({
  name: 'list-recordings',
  summary: 'Recordings of the last 7 days, of a range of at most 30, or of one call, conference or multiparty call',
  tag: 'Recording',
  method: 'GET',
  path: 'Recording/',
  parameters: Type.Object({
    ...pageParameters,
    ...addTimeParameters,
    ...storageDurationParameters,
    subaccount: Type.Optional(text(20)),
    call_uuid: Type.Optional(text(64)),
    from_number: Type.Optional(text(300)),
    to_number: Type.Optional(text(300)),
    conference_name: Type.Optional(text()),
    conference_uuid: Type.Optional(text(64)),
    mpc_name: Type.Optional(text()),
    mpc_uuid: Type.Optional(text(64)),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(recordingObject)) }) },
  async run({ scope, parameters, now }, { recordings, publicUrl, surcharge }) {
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const { fromMs, toMs } = readTimeBounds('add_time', parameters);
    const isByTime = fromMs !== undefined || toMs !== undefined;
    const storedFor = readNumberRange('recording_storage_duration', parameters);
    if (isByTime && storedFor.length > 0) {
      throw invalidParameter(
        'recording_storage_duration',
        'recording_storage_duration and add_time parameters exclude each other',
      );
    }
    const { call_uuid: callId, conference_uuid: conferenceId, mpc_uuid: multiPartyId } = parameters;
    const isOfOne = callId !== undefined || conferenceId !== undefined || multiPartyId !== undefined;
    const anyTime = { fromMs: undefined, toMs: undefined };
    const range =
      storedFor.length > 0
        ? addedWithin(storedFor, now)
        : isOfOne && !isByTime
          ? anyTime
          : searchRange('add_time', parameters, now);
    const filter = {
      ...range,
      ownerId: subaccountFilter(scope, parameters.subaccount),
      callId,
      from: searchedNumber(parameters.from_number),
      to: searchedNumber(parameters.to_number),
      conferenceName: parameters.conference_name,
      conferenceId,
      multiPartyName: parameters.mpc_name,
      multiPartyId,
    };
    const found = await recordings.list(reachOf(scope), filter, page);
    const rate = surcharge('recording_storage');
    const items = found.items.map((recording) => renderRecording(scope, publicUrl, recording, now, rate));
    return listReply(scope, 'Recording/', page, filters, { total: found.total, items });
  },
});

/** Whole days in storage as a range of the moment they were added. Day n is from n to n + 1 times 24 hours ago. */
function addedWithin(bounds: readonly Bound[], now: number): { readonly fromMs: number; readonly toMs: number } {
  let least = 0;
  let most = Number.POSITIVE_INFINITY;
  for (const { comparison, value } of bounds) {
    if (comparison === '=' || comparison === '>=') least = Math.max(least, value);
    if (comparison === '>') least = Math.max(least, value + 1);
    if (comparison === '=' || comparison === '<=') most = Math.min(most, value);
    if (comparison === '<') most = Math.min(most, value - 1);
  }
  return { fromMs: Math.max(0, now - (most + 1) * DAY_MS + 1), toMs: now - least * DAY_MS };
}
