import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { memberId, memberParameters, readMembers, renderMembers } from './member-selector.ts';

/** POST Conference/{conference_name}/Member/{member_id}/Deaf/ (voice-api.md §8): they hear nobody. */
export const deafenMember = defineVoiceCommand({
  name: 'deafen-member',
  summary: 'Deafen members of a conference',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Member/{member_id}/Deaf/',
  parameters: Type.Object(memberParameters),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('deaf'), member_id: memberId() }) },
  async run({ scope, userAgent, parameters: given }, { conferences }) {
    const ids = await conferences.deafen(scope, given.conference_name, readMembers(given.member_id), true);
    return { status: 202, body: { message: 'deaf', member_id: renderMembers(ids, userAgent) } };
  },
});
