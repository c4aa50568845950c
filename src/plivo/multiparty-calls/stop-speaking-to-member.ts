import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** DELETE MultiPartyCall/{mpc_id}/Member/{member_id}/Speak/ (multiparty-calls.md §4.13). */
export const stopSpeakingToMember = defineVoiceCommand({
  name: 'stop-speaking-to-member',
  summary: 'Stop to speak to members of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/Member/{member_id}/Speak/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.stopSpeak(scope, readMpcId(parameters.mpc_id), readMembers(parameters.member_id));
    return { status: 204 };
  },
});
