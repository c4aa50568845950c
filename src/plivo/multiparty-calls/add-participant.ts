import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { inviteParameters, readInvite } from './invite-parameters.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';
import { readParticipant, readSettings, settingsParameters } from './settings-parameters.ts';

/**
 * POST MultiPartyCall/{mpc_id}/Participant/ (multiparty-calls.md §4.5): dials one of up to twenty destinations, or moves a live call.
 * A name that no live multiparty call has makes one.
 */
export const addParticipant = defineVoiceCommand({
  name: 'add-participant',
  summary: 'Add a participant to a multiparty call, by dialling or by moving a live call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Participant/',
  rateBucket: 'call',
  parameters: Type.Object({ ...mpcParameters, ...inviteParameters, ...settingsParameters }),
  refusals: ['destination_barred', 'concurrency_limit', 'insufficient_credit'],
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.Literal('add participant action initiated'),
      request_uuid: Type.String({ format: 'uuid' }),
      calls: Type.Array(Type.Object({ to: Type.String(), from: Type.String(), call_uuid: Type.String({ format: 'uuid' }) })),
    }),
  },
  async run({ scope, parameters: given, requesterIp }, { multiPartyCalls }) {
    const added = await multiPartyCalls.add(scope, readMpcId(given.mpc_id), {
      invite: readInvite(given),
      settings: readSettings(given),
      participant: readParticipant(given),
      mayBeFirst: given.create_mpc_with_single_participant ?? true,
      requesterIp,
    });
    return {
      status: 201,
      body: {
        message: 'add participant action initiated',
        request_uuid: added.requestId,
        calls: added.calls.map(({ to, from, callId }) => ({ to, from, call_uuid: callId })),
      },
    };
  },
});
