import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { memberParameters, readMembers } from './member-selector.ts';

/** DELETE Conference/{conference_name}/Member/{member_id}/Speak/ (voice-api.md §8): by the selector that it was started with. */
export const stopConferenceSpeech = defineVoiceCommand({
  name: 'stop-conference-speech',
  summary: 'Stop what the API speaks in a conference',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Member/{member_id}/Speak/',
  parameters: Type.Object(memberParameters),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { conferences }) {
    await conferences.stopSpeak(scope, given.conference_name, readMembers(given.member_id));
    return { status: 204 };
  },
});
