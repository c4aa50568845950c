import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { type Micros, unitsOf } from '../../billing/money.ts';
import { startedMinutes } from '../../billing/surcharges.ts';
import type { StoredRecording } from '../../voice/recording-store.ts';
import { recordingUrl } from '../../voice/recordings.ts';
import { localTime } from '../times.ts';

/** A recording (voice-api.md §9). */
export const recordingObject = {
  add_time: Type.String(),
  call_uuid: Type.String({ format: 'uuid' }),
  conference_name: Type.String(),
  conference_uuid: Type.String(),
  from_number: Type.String(),
  monthly_recording_storage_amount: Type.Number(),
  mpc_name: Type.String(),
  mpc_uuid: Type.String(),
  recording_duration_ms: Type.String(),
  recording_end_ms: Type.String(),
  recording_format: Type.String(),
  recording_id: Type.String({ format: 'uuid' }),
  recording_start_ms: Type.String(),
  recording_storage_duration: Type.Integer(),
  recording_storage_rate: Type.Number(),
  recording_type: Type.String(),
  recording_url: Type.String(),
  resource_uri: Type.String(),
  rounded_recording_duration: Type.Integer(),
  to_number: Type.String(),
};

export const DAY_MS = 24 * 3_600_000;
const MINUTE_S = 60;

/** `storageRate`: of a minute for a month, after the first 90 days. */
export function renderRecording(scope: Scope, publicUrl: string, recording: StoredRecording, nowMs: number, storageRate: Micros) {
  const fraction = (ms: number) => ms.toFixed(5);
  return {
    add_time: localTime(recording.addedAt, scope.account.timezone),
    call_uuid: recording.callId,
    conference_name: recording.conference?.name ?? '',
    conference_uuid: recording.conference?.id ?? '',
    from_number: recording.from,
    monthly_recording_storage_amount: unitsOf(storageRate * startedMinutes(recording.durationMs)),
    mpc_name: recording.multiParty?.name ?? '',
    mpc_uuid: recording.multiParty?.id ?? '',
    recording_duration_ms: fraction(recording.durationMs),
    recording_end_ms: fraction(recording.endedAt.getTime()),
    recording_format: recording.format,
    recording_id: recording.recordingId,
    recording_start_ms: fraction(recording.startedAt.getTime()),
    recording_storage_duration: Math.max(0, Math.floor((nowMs - recording.addedAt.getTime()) / DAY_MS)),
    recording_storage_rate: unitsOf(storageRate),
    recording_type: recording.type,
    recording_url: recordingUrl(publicUrl, recording),
    resource_uri: `/v1/Account/${scope.authId}/Recording/${recording.recordingId}/`,
    rounded_recording_duration: Math.ceil(recording.durationMs / 1000 / MINUTE_S) * MINUTE_S,
    to_number: recording.to,
  };
}
