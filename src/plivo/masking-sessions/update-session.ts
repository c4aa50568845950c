import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';
import { givenPlan, partyOf, planParameters, target } from './plan-parameters.ts';
import { maskingSessionObject, renderMaskingSession } from './session-object.ts';

/** POST Masking/Session/{session_uuid}/ (account-numbers.md §13.3). */
export const updateMaskingSession = defineVoiceCommand({
  name: 'update-masking-session',
  summary: 'Change a masking session',
  tag: 'Masking',
  method: 'POST',
  path: 'Masking/Session/{session_uuid}/',
  ownsCallbackUrl: true,
  parameters: Type.Object({
    ...planParameters,
    session_uuid: idInPath(),
    first_party: Type.Optional(text(32)),
    second_party: Type.Optional(text(32)),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), message: Type.String(), session: Type.Object(maskingSessionObject) }) },
  async run({ scope, parameters: given }, { maskingSessions, publicUrl }) {
    const session = await maskingSessions.update(reachOf(scope), given.session_uuid, {
      plan: givenPlan(given),
      callback: target(given.callback_url, given.callback_method),
      firstParty: partyOf('first_party', given.first_party),
      secondParty: partyOf('second_party', given.second_party),
    });
    return { status: 200, body: { message: 'Session updated', session: renderMaskingSession(session, publicUrl) } };
  },
});
