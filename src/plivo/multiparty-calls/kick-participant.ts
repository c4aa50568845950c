import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** DELETE MultiPartyCall/{mpc_id}/Participant/{member_id}/ (multiparty-calls.md §4.9). */
export const kickParticipant = defineVoiceCommand({
  name: 'kick-participant',
  summary: 'Remove participants from a multiparty call',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.kick(scope, readMpcId(parameters.mpc_id), readMembers(parameters.member_id));
    return { status: 204 };
  },
});
