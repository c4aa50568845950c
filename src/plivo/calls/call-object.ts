import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import type { CallRecord, OpenCall } from '../../voice/call-record.ts';
import { type HangupCode, hangupCauses } from '../../voice/hangup-cause.ts';
import { nullableString } from '../fields.ts';
import { localSeconds, utcTime } from '../times.ts';

/** A call detail record (voice-api.md §4.1). Numbers and strings are what the strictest SDK reads them as. */
export const callObject = {
  answer_time: nullableString(),
  bill_duration: Type.Integer(),
  billed_duration: Type.Integer(),
  call_direction: Type.String(),
  call_duration: Type.Integer(),
  call_state: Type.String(),
  call_uuid: Type.String({ format: 'uuid' }),
  cnam_lookup: Type.String(),
  conference_uuid: nullableString(),
  end_time: Type.String(),
  from_number: Type.String(),
  hangup_cause_code: Type.Integer(),
  hangup_cause_name: Type.String(),
  hangup_source: Type.String(),
  initiation_time: Type.String(),
  parent_call_uuid: nullableString(),
  resource_uri: Type.String(),
  source_ip: Type.String(),
  stir_attestation: Type.String(),
  stir_verification: Type.String(),
  to_number: Type.String(),
  total_amount: Type.String(),
  total_rate: Type.String(),
  voice_network_group: Type.String(),
};

/** Times are in the main account's time zone. */
export function renderCall(scope: Scope, call: CallRecord) {
  const at = (time: Date) => localSeconds(time, scope.account.timezone);
  return {
    answer_time: call.answeredAt && at(call.answeredAt),
    bill_duration: call.billSeconds,
    billed_duration: call.billedSeconds,
    call_direction: call.direction,
    call_duration: call.billSeconds,
    call_state: stateOf(call),
    call_uuid: call.callId,
    cnam_lookup: call.cnamLookup,
    conference_uuid: call.conferenceId,
    end_time: at(call.endedAt),
    from_number: call.from,
    hangup_cause_code: call.hangupCode,
    hangup_cause_name: hangupCauses[call.hangupCode],
    hangup_source: call.hangupSource,
    initiation_time: at(call.initiatedAt),
    parent_call_uuid: call.parentCallId,
    resource_uri: `/v1/Account/${scope.authId}/Call/${call.callId}/`,
    source_ip: call.sourceIp ?? '',
    stir_attestation: call.stirAttestation,
    stir_verification: call.stirVerification,
    to_number: call.to,
    total_amount: formatAmount(call.amountMicros),
    total_rate: formatAmount(call.rateMicros),
    voice_network_group: '',
  };
}

/** How calls that nobody answered ended, by hangup code; every other one failed. */
const UNANSWERED: Partial<Record<HangupCode, string>> = {
  1000: 'CANCEL',
  1010: 'CANCEL',
  1020: 'CANCEL',
  3000: 'NO_ANSWER',
  3010: 'BUSY',
  3100: 'BUSY',
  3020: 'REJECTED',
  3110: 'REJECTED',
  6010: 'TIMEOUT',
};

const stateOf = (call: CallRecord): string => (call.answeredAt ? 'ANSWER' : (UNANSWERED[call.hangupCode] ?? 'FAILED'));

/** A live call (voice-api.md §4.5). All strings, because two SDKs know no others. */
export const liveCallObject = {
  answer_url: Type.String(),
  call_status: Type.Union([Type.Literal('ringing'), Type.Literal('in-progress')]),
  call_uuid: Type.String({ format: 'uuid' }),
  caller_name: Type.String(),
  direction: Type.String(),
  from: Type.String(),
  parent_call_uuid: Type.String(),
  request_uuid: Type.String(),
  session_start: Type.String(),
  stir_attestation: Type.String(),
  stir_verification: Type.String(),
  to: Type.String(),
};

export const renderLiveCall = (call: OpenCall) => ({
  answer_url: call.options.dial?.answer.url ?? '',
  call_status: call.state === 'answered' ? 'in-progress' : 'ringing',
  call_uuid: call.callId,
  caller_name: call.callerName,
  direction: call.direction,
  from: call.from,
  parent_call_uuid: call.parentCallId ?? '',
  request_uuid: call.requestId ?? '',
  session_start: utcTime(new Date(call.initiatedAt)),
  stir_attestation: call.stirAttestation,
  stir_verification: call.stirVerification,
  to: call.to,
});

/** A call that has not been dialled (voice-api.md §4.6). */
export const queuedCallObject = {
  call_status: Type.Literal('queued'),
  call_uuid: Type.String({ format: 'uuid' }),
  caller_name: Type.String(),
  direction: Type.String(),
  from: Type.String(),
  request_uuid: Type.String(),
  to: Type.String(),
};

export const renderQueuedCall = (call: OpenCall) => ({
  call_status: 'queued',
  call_uuid: call.callId,
  caller_name: call.callerName,
  direction: call.direction,
  from: call.from,
  request_uuid: call.requestId ?? call.callId,
  to: call.to,
});
