import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, url } from '../fields.ts';
import { memberId, memberParameters, readMembers, renderMembers } from './member-selector.ts';

/** POST Conference/{conference_name}/Member/{member_id}/Play/ (voice-api.md §8): to some members alone, or to `all`. */
export const playConferenceAudio = defineVoiceCommand({
  name: 'play-conference-audio',
  summary: 'Play an audio file to members of a conference',
  tag: 'Conference',
  method: 'POST',
  path: 'Conference/{conference_name}/Member/{member_id}/Play/',
  parameters: Type.Object({ ...memberParameters, url: url() }),
  replies: {
    202: Type.Object({ api_id: apiId(), message: Type.Literal('play queued into conference'), member_id: memberId() }),
  },
  async run({ scope, userAgent, parameters: given }, { conferences }) {
    const ids = await conferences.play(scope, given.conference_name, readMembers(given.member_id), given.url);
    return { status: 202, body: { message: 'play queued into conference', member_id: renderMembers(ids, userAgent) } };
  },
});
