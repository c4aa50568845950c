import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { Micros } from '../../billing/money.ts';
import type { Interaction, MaskingSession, ShownMasking } from '../../masking/session.ts';
import { nullableString } from '../fields.ts';

const interactionObject = Type.Object({
  start_time: Type.String(),
  end_time: Type.String(),
  type: Type.Literal('call'),
  duration: Type.Integer(),
  call_billed_duration: Type.Integer(),
  total_call_amount: Type.Number(),
  total_call_count: Type.Integer(),
  first_party_resource_url: Type.String(),
  second_party_resource_url: Type.String(),
  first_party_status: Type.String(),
  second_party_status: Type.String(),
  recording_resource_url: Type.String(),
  auth_id: Type.String(),
});

/** A masking session (account-numbers.md §13.1). `amount` is whole: the Go SDK reads nothing else. */
export const maskingSessionObject = {
  session_uuid: Type.String({ format: 'uuid' }),
  first_party: Type.String(),
  second_party: Type.String(),
  virtual_number: Type.String(),
  status: Type.String(),
  initiate_call_to_first_party: Type.Boolean(),
  callback_url: Type.String(),
  callback_method: Type.String(),
  created_time: Type.String(),
  modified_time: Type.String(),
  expiry_time: Type.String(),
  duration: Type.Integer(),
  amount: Type.Integer(),
  call_time_limit: Type.Integer(),
  ring_timeout: Type.Integer(),
  first_party_play_url: Type.String(),
  second_party_play_url: Type.String(),
  record: Type.Boolean(),
  record_file_format: Type.String(),
  recording_callback_url: Type.String(),
  recording_callback_method: Type.String(),
  interaction: Type.Union([Type.Array(interactionObject), Type.Null()]),
  total_call_amount: Type.Number(),
  total_call_count: Type.Integer(),
  total_call_billed_duration: Type.Integer(),
  total_session_amount: Type.Number(),
  last_interaction_time: Type.String(),
  is_pin_authentication_required: Type.Boolean(),
  generate_pin: Type.Boolean(),
  generate_pin_length: Type.Integer(),
  first_party_pin: nullableString(),
  second_party_pin: nullableString(),
  pin_prompt_play: Type.String(),
  pin_retry: Type.Integer(),
  pin_retry_wait: Type.Integer(),
  incorrect_pin_play: Type.String(),
  unknown_caller_play: Type.String(),
  create_session_with_single_party: Type.Boolean(),
  virtual_number_cooloff_period: Type.Integer(),
  force_pin_authentication: Type.Boolean(),
};

const MICROS_PER_UNIT = 1_000_000;

export function renderMaskingSession(session: ShownMasking, publicUrl: string) {
  const { plan, interactions, callback } = session;
  const total = (part: (interaction: Interaction) => number) => interactions.reduce((sum, each) => sum + part(each), 0);
  const callAmount = units(total((each) => each.amountMicros));
  const last = interactions.at(-1);
  return {
    session_uuid: session.sessionId,
    first_party: session.firstParty ?? '',
    second_party: session.secondParty ?? '',
    virtual_number: session.virtualNumber,
    status: statusOf(session),
    initiate_call_to_first_party: plan.callsFirstParty,
    callback_url: callback?.url ?? '',
    callback_method: callback?.method ?? 'POST',
    created_time: sessionTime(session.createdAt),
    modified_time: sessionTime(session.modifiedAt),
    expiry_time: sessionTime(session.expiresAt),
    duration: plan.sessionExpiryS,
    amount: 0,
    call_time_limit: plan.callTimeLimitS,
    ring_timeout: plan.ringTimeoutS,
    first_party_play_url: plan.firstPartyPlay ?? '',
    second_party_play_url: plan.secondPartyPlay ?? '',
    record: plan.record,
    record_file_format: plan.recordFormat,
    recording_callback_url: plan.recordingCallback?.url ?? '',
    recording_callback_method: plan.recordingCallback?.method ?? 'POST',
    interaction: interactions.length === 0 ? null : interactions.map((each) => renderInteraction(session, each, publicUrl)),
    total_call_amount: callAmount,
    total_call_count: interactions.length,
    total_call_billed_duration: total((each) => each.billedS),
    total_session_amount: callAmount,
    last_interaction_time: last ? sessionTime(last.startedAt) : '',
    is_pin_authentication_required: session.pinRequired,
    generate_pin: plan.generatesPin,
    generate_pin_length: plan.pinLength,
    first_party_pin: session.firstPin ?? '',
    second_party_pin: session.secondPin ?? '',
    pin_prompt_play: plan.pinPrompt ?? '',
    pin_retry: plan.pinRetries,
    pin_retry_wait: plan.pinWaitS,
    incorrect_pin_play: plan.incorrectPinPlay ?? '',
    unknown_caller_play: plan.unknownCallerPlay ?? '',
    create_session_with_single_party: plan.isSingleParty,
    virtual_number_cooloff_period: plan.cooloffS,
    force_pin_authentication: plan.forcesPin,
  };
}

/** In lists each has its address and keeps its PINs to itself. */
export const listedMaskingObject = { ...maskingSessionObject, resource_uri: Type.String() };

export const renderListedMasking = (scope: Scope, session: ShownMasking, publicUrl: string) => ({
  ...renderMaskingSession(session, publicUrl),
  first_party_pin: null,
  second_party_pin: null,
  resource_uri: `/v1/Account/${scope.authId}/Masking/Session/${session.sessionId}/`,
});

const statusOf = ({ state, isTalking }: ShownMasking): string => (state === 'active' && isTalking ? 'in-progress' : state);

function renderInteraction({ accountId }: MaskingSession, interaction: Interaction, publicUrl: string) {
  const { startedAt, endedAt, firstCallId, secondCallId, recordingId } = interaction;
  const resource = (kind: 'Call' | 'Recording', id: string | null) =>
    id === null ? '' : `${publicUrl}/v1/Account/${accountId}/${kind}/${id}/`;
  return {
    start_time: sessionTime(startedAt),
    end_time: endedAt ? sessionTime(endedAt) : '',
    type: 'call',
    duration: interaction.durationS,
    call_billed_duration: interaction.billedS,
    total_call_amount: units(interaction.amountMicros),
    total_call_count: secondCallId === null ? 1 : 2,
    first_party_resource_url: resource('Call', firstCallId),
    second_party_resource_url: resource('Call', secondCallId),
    first_party_status: interaction.firstStatus,
    second_party_status: interaction.secondStatus,
    recording_resource_url: resource('Recording', recordingId),
    auth_id: accountId,
  };
}

const units = (micros: Micros): number => micros / MICROS_PER_UNIT;

/** `2024-02-01 06:28:15 +0000 UTC` */
const sessionTime = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
