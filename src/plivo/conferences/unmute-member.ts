import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers } from './member-selector.ts';

/** DELETE Conference/{conference_name}/Member/{member_id}/Mute/ (voice-api.md §8). */
export const unmuteMember = defineVoiceCommand({
  name: 'unmute-member',
  summary: 'Let members of a conference be heard again',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Member/{member_id}/Mute/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { conferences }) {
    await conferences.mute(scope, given.conference_name, readMembers(given.member_id), false);
    return { status: 204 };
  },
});
