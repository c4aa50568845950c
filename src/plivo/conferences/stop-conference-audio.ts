import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers } from './member-selector.ts';

/** DELETE Conference/{conference_name}/Member/{member_id}/Play/ (voice-api.md §8): by the selector that it was started with. */
export const stopConferenceAudio = defineVoiceCommand({
  name: 'stop-conference-audio',
  summary: 'Stop what the API plays in a conference',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Member/{member_id}/Play/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { conferences }) {
    await conferences.stopPlay(scope, given.conference_name, readMembers(given.member_id));
    return { status: 204 };
  },
});
