import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers } from './member-selector.ts';

/** DELETE Conference/{conference_name}/Member/{member_id}/ (voice-api.md §8): ends their calls. */
export const hangUpMember = defineVoiceCommand({
  name: 'hang-up-member',
  summary: 'Hang up members of a conference',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Member/{member_id}/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { conferences }) {
    await conferences.hangUpMembers(scope, given.conference_name, readMembers(given.member_id));
    return { status: 204 };
  },
});
