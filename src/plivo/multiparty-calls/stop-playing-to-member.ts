import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** DELETE MultiPartyCall/{mpc_id}/Member/{member_id}/Play/ (multiparty-calls.md §4.12). */
export const stopPlayingToMember = defineVoiceCommand({
  name: 'stop-playing-to-member',
  summary: 'Stop to play audio to members of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'DELETE',
  path: 'MultiPartyCall/{mpc_id}/Member/{member_id}/Play/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    await multiPartyCalls.stopPlay(scope, readMpcId(parameters.mpc_id), readMembers(parameters.member_id));
    return { status: 204 };
  },
});
