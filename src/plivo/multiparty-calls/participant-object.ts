import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import type { MultiPartySelector } from '../../voice/multiparty/multiparty-control.ts';
import { exitCauses, type ParticipantRecord } from '../../voice/multiparty/multiparty-record.ts';
import { nullableString } from '../fields.ts';
import { localSeconds } from '../times.ts';
import { mpcPath } from './multiparty-selector.ts';

const nullableFlag = () => Type.Union([Type.Boolean(), Type.Null()]);
const nullableInteger = () => Type.Union([Type.Integer(), Type.Null()]);

/** A participant (multiparty-calls.md §2.2). */
export const participantObject = {
  member_id: Type.String(),
  mpc_uuid: Type.String({ format: 'uuid' }),
  call_uuid: Type.String({ format: 'uuid' }),
  member_address: Type.String(),
  role: Type.String(),
  coach_mode: nullableFlag(),
  mute: nullableFlag(),
  hold: nullableFlag(),
  join_time: Type.String(),
  exit_time: nullableString(),
  duration: nullableInteger(),
  billed_duration: nullableInteger(),
  billed_amount: nullableString(),
  start_mpc_on_enter: Type.Boolean(),
  end_mpc_on_exit: Type.Boolean(),
  exit_cause: nullableString(),
  resource_uri: Type.String(),
};

/** @param which how its multiparty call was asked for: its URI repeats that */
export function renderParticipant(scope: Scope, which: MultiPartySelector, record: ParticipantRecord) {
  const time = (ms: number) => localSeconds(new Date(ms), scope.account.timezone);
  const { bill } = record;
  return {
    member_id: record.memberId,
    mpc_uuid: record.multiPartyId,
    call_uuid: record.callId,
    member_address: record.address,
    role: record.role,
    coach_mode: record.coach ?? null,
    mute: record.mute ?? null,
    hold: record.hold ?? null,
    join_time: time(record.joinedAt),
    exit_time: record.exitedAt === undefined ? null : time(record.exitedAt),
    duration: bill?.durationS ?? null,
    billed_duration: bill?.billedS ?? null,
    billed_amount: bill ? formatAmount(bill.amountMicros) : null,
    start_mpc_on_enter: record.startOnEnter,
    end_mpc_on_exit: record.endOnExit,
    exit_cause: record.exit === undefined ? null : exitCauses[record.exit],
    resource_uri: `/v1/Account/${scope.authId}/${mpcPath(which)}Participant/${record.memberId}/`,
  };
}
