import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { memberId, memberParameters, readMembers, renderMembers } from './member-selector.ts';

/** POST Conference/{conference_name}/Member/{member_id}/Kick/ (voice-api.md §8): the next element of their documents runs. */
export const kickMember = defineVoiceCommand({
  name: 'kick-member',
  summary: 'Let members leave a conference and go on with their documents',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Member/{member_id}/Kick/',
  parameters: Type.Object(memberParameters),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('kicked'), member_id: memberId() }) },
  async run({ scope, userAgent, parameters: given }, { conferences }) {
    const ids = await conferences.kick(scope, given.conference_name, readMembers(given.member_id));
    return { status: 202, body: { message: 'kicked', member_id: renderMembers(ids, userAgent) } };
  },
});
