import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers } from './member-selector.ts';

/** DELETE Conference/{conference_name}/Member/{member_id}/Deaf/ (voice-api.md §8). */
export const undeafenMember = defineVoiceCommand({
  name: 'undeafen-member',
  summary: 'Let members of a conference hear again',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Member/{member_id}/Deaf/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { conferences }) {
    await conferences.deafen(scope, given.conference_name, readMembers(given.member_id), false);
    return { status: 204 };
  },
});
