import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import { type MultiPartyRecord, terminationCauses } from '../../voice/multiparty/multiparty-record.ts';
import { nullableString } from '../fields.ts';
import { localSeconds } from '../times.ts';
import { mpcPath } from './multiparty-selector.ts';

const nullableInteger = () => Type.Union([Type.Integer(), Type.Null()]);

/** A multiparty call (multiparty-calls.md §2.1). */
export const multiPartyObject = {
  mpc_uuid: Type.String({ format: 'uuid' }),
  friendly_name: Type.String(),
  status: Type.Union([Type.Literal('Initialized'), Type.Literal('Active'), Type.Literal('Ended')]),
  creation_time: Type.String(),
  start_time: nullableString(),
  end_time: nullableString(),
  duration: nullableInteger(),
  billed_duration: nullableInteger(),
  // A string: the SDKs of Go and .NET fail on a number.
  billed_amount: nullableString(),
  recording: nullableString(),
  participants: Type.String(),
  resource_uri: Type.String(),
  stay_alone: Type.Boolean(),
  sub_account: nullableString(),
  termination_cause: nullableString(),
  termination_cause_code: nullableInteger(),
  max_participants: Type.Integer(),
  max_duration: Type.Integer(),
};

const STATUS = { initialized: 'Initialized', active: 'Active', ended: 'Ended' } as const;

/** A live one is named by its name, which may be given again after its end; an ended one by its id. */
export function renderMultiParty(scope: Scope, record: MultiPartyRecord) {
  const time = (ms: number | undefined) => (ms === undefined ? null : localSeconds(new Date(ms), scope.account.timezone));
  const which = record.state === 'ended' ? ({ by: 'id', id: record.id } as const) : ({ by: 'name', name: record.name } as const);
  const uri = `/v1/Account/${scope.authId}/${mpcPath(which)}`;
  const { bill, terminationCode } = record;
  return {
    mpc_uuid: record.id,
    friendly_name: record.name,
    status: STATUS[record.state],
    creation_time: localSeconds(new Date(record.createdAt), scope.account.timezone),
    start_time: time(record.startedAt),
    end_time: time(record.endedAt),
    duration: bill?.durationS ?? null,
    billed_duration: bill?.billedS ?? null,
    billed_amount: bill ? formatAmount(bill.amountMicros) : null,
    recording: record.recording ?? null,
    participants: `${uri}Participant/`,
    resource_uri: uri,
    stay_alone: record.stayAlone,
    sub_account: record.ownerId === record.accountId ? null : `/v1/Account/${record.accountId}/Subaccount/${record.ownerId}/`,
    termination_cause: terminationCode === undefined ? null : terminationCauses[terminationCode],
    termination_cause_code: terminationCode ?? null,
    max_participants: record.maxParticipants,
    max_duration: record.maxDurationMs / 1_000,
  };
}
