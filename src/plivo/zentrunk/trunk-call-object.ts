import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import { countryOf } from '../../messaging/phone-number.ts';
import { trunkDomain } from '../../trunking/trunk.ts';
import type { CallRecord } from '../../voice/call-record.ts';
import { hangupCauses } from '../../voice/hangup-cause.ts';
import { nullableString } from '../fields.ts';
import { localSeconds } from '../times.ts';

/** The record of a call over a trunk. */
export const trunkCallObject = {
  call_uuid: Type.String({ format: 'uuid' }),
  from_number: Type.String(),
  to_number: Type.String(),
  call_direction: Type.String(),
  call_duration: Type.Integer(),
  duration: Type.String(),
  bill_duration: Type.Integer(),
  billed_duration: Type.Integer(),
  initiation_time: Type.String(),
  answer_time: nullableString(),
  end_time: Type.String(),
  hangup_cause_name: Type.String(),
  hangup_cause_code: Type.Integer(),
  hangup_source: Type.String(),
  total_rate: Type.String(),
  total_amount: Type.String(),
  trunk_id: Type.String(),
  trunk_domain: Type.String(),
  from_country: nullableString(),
  to_country: nullableString(),
  srtp: Type.Boolean(),
  secure_trunking: Type.Boolean(),
  stir_verification: Type.String(),
  attestation_indicator: Type.String(),
  resource_uri: Type.String(),
};

/** A call of a telephone system comes in to this server and is outbound for its trunk. */
const trunkDirectionOf = (call: CallRecord, outbound: ReadonlySet<string>) =>
  call.applicationId !== null && outbound.has(call.applicationId) ? 'outbound' : 'inbound';

export function showTrunkCall(scope: Scope, call: CallRecord, outbound: ReadonlySet<string>) {
  const at = (time: Date) => localSeconds(time, scope.account.timezone);
  const trunkId = call.applicationId ?? '';
  return {
    call_uuid: call.callId,
    from_number: call.from,
    to_number: call.to,
    call_direction: trunkDirectionOf(call, outbound),
    call_duration: call.billSeconds,
    duration: String(call.billSeconds),
    bill_duration: call.billSeconds,
    billed_duration: call.billedSeconds,
    initiation_time: at(call.initiatedAt),
    answer_time: call.answeredAt && at(call.answeredAt),
    end_time: at(call.endedAt),
    hangup_cause_name: hangupCauses[call.hangupCode],
    hangup_cause_code: call.hangupCode,
    hangup_source: call.hangupSource,
    total_rate: formatAmount(call.rateMicros),
    total_amount: formatAmount(call.amountMicros),
    trunk_id: trunkId,
    trunk_domain: trunkDomain(trunkId),
    from_country: countryOf(call.from) ?? null,
    to_country: countryOf(call.to) ?? null,
    srtp: call.secure,
    secure_trunking: call.secure,
    stir_verification: call.stirVerification,
    attestation_indicator: call.stirAttestation,
    resource_uri: `/v1/Account/${scope.authId}/Zentrunk/Call/${call.callId}/`,
  };
}
