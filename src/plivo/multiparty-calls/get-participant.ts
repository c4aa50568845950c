import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { memberParameters, readMpcId } from './multiparty-selector.ts';
import { participantObject, renderParticipant } from './participant-object.ts';

/** GET MultiPartyCall/{mpc_id}/Participant/{member_id}/ (multiparty-calls.md §4.7). */
export const getParticipant = defineVoiceCommand({
  name: 'get-participant',
  summary: 'One participant of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'GET',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/',
  parameters: Type.Object(memberParameters),
  replies: { 200: Type.Object({ api_id: apiId(), ...participantObject }) },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const which = readMpcId(parameters.mpc_id);
    const found = await multiPartyCalls.participant(scope, which, parameters.member_id);
    return { status: 200, body: renderParticipant(scope, which, found) };
  },
});
