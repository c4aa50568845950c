import { Type } from 'typebox';
import { ownerOf } from '../../accounts/account.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, text, url } from '../fields.ts';
import { requestedOwner } from '../ownership.ts';
import { givenPlan, partyOf, planParameters, target } from './plan-parameters.ts';
import { maskingSessionObject, renderMaskingSession } from './session-object.ts';

/** account-numbers.md §13.2 */
const DEFAULTS = {
  sessionExpiryS: 3_600,
  callTimeLimitS: 3_600,
  ringTimeoutS: 120,
  record: false,
  recordFormat: 'mp3',
} as const;
const pin = () => Type.Optional(Type.String({ pattern: '^[0-9]{4,15}$' }));

/** POST Masking/Session/ (account-numbers.md §13.2). */
export const createMaskingSession = defineVoiceCommand({
  name: 'create-masking-session',
  summary: 'Let two parties reach each other by a number that is neither’s',
  tag: 'Masking',
  method: 'POST',
  path: 'Masking/Session/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    ...planParameters,
    first_party: Type.Optional(text(32)),
    second_party: Type.Optional(text(32)),
    geomatch: flag(),
    subaccount: Type.Optional(text(20)),
    initiate_call_to_first_party: flag(),
    is_pin_authentication_required: flag(),
    generate_pin: flag(),
    generate_pin_length: Type.Optional(Type.Integer({ minimum: 4, maximum: 15 })),
    first_party_pin: pin(),
    second_party_pin: pin(),
    pin_prompt_play: Type.Optional(url()),
    pin_retry: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
    pin_retry_wait: Type.Optional(Type.Integer({ minimum: 5, maximum: 10 })),
    incorrect_pin_play: Type.Optional(url()),
    unknown_caller_play: Type.Optional(url()),
    force_pin_authentication: flag(),
    create_session_with_single_party: flag(),
    // As the Go SDK writes it.
    create_session_with_single_Party: flag(),
    virtual_number_cooloff_period: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600 })),
  }),
  refusals: ['forbidden', 'destination_barred', 'concurrency_limit', 'insufficient_credit'],
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.String(),
      session_uuid: Type.String({ format: 'uuid' }),
      virtual_number: Type.String(),
      session: Type.Object(maskingSessionObject),
    }),
  },
  async run({ scope, parameters: given, requesterIp, idempotencyKey }, { maskingSessions, directory, publicUrl }) {
    const owner = await requestedOwner(scope, given.subaccount, directory);
    const session = await maskingSessions.create(scope, {
      firstParty: partyOf('first_party', given.first_party),
      secondParty: partyOf('second_party', given.second_party),
      geomatch: given.geomatch ?? true,
      ownerId: owner === undefined ? ownerOf(scope) : (owner ?? scope.account.authId),
      pinRequired: given.is_pin_authentication_required ?? false,
      firstPin: given.first_party_pin,
      secondPin: given.second_party_pin,
      plan: {
        ...DEFAULTS,
        ...givenPlan(given),
        callsFirstParty: given.initiate_call_to_first_party ?? false,
        generatesPin: given.generate_pin ?? false,
        pinLength: given.generate_pin_length ?? 4,
        pinPrompt: given.pin_prompt_play,
        pinRetries: given.pin_retry ?? 1,
        pinWaitS: given.pin_retry_wait ?? 5,
        incorrectPinPlay: given.incorrect_pin_play,
        unknownCallerPlay: given.unknown_caller_play,
        forcesPin: given.force_pin_authentication ?? false,
        isSingleParty: given.create_session_with_single_party ?? given.create_session_with_single_Party ?? false,
        cooloffS: given.virtual_number_cooloff_period ?? 0,
      },
      callback: target(given.callback_url, given.callback_method),
      requesterIp,
      idempotencyKey,
    });
    return {
      status: 201,
      body: {
        session_uuid: session.sessionId,
        virtual_number: `+${session.virtualNumber}`,
        message: 'Session created',
        session: renderMaskingSession(session, publicUrl),
      },
    };
  },
});
