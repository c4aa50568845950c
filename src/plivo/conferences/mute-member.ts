import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { memberId, memberParameters, readMembers, renderMembers } from './member-selector.ts';

/** POST Conference/{conference_name}/Member/{member_id}/Mute/ (voice-api.md §8): nobody hears them. */
export const muteMember = defineVoiceCommand({
  name: 'mute-member',
  summary: 'Mute members of a conference',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Member/{member_id}/Mute/',
  parameters: Type.Object(memberParameters),
  replies: { 202: Type.Object({ api_id: apiId(), message: Type.Literal('muted'), member_id: memberId() }) },
  async run({ scope, userAgent, parameters: given }, { conferences }) {
    const ids = await conferences.mute(scope, given.conference_name, readMembers(given.member_id), true);
    return { status: 202, body: { message: 'muted', member_id: renderMembers(ids, userAgent) } };
  },
});
