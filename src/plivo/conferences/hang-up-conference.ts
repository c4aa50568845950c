import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent, text } from '../fields.ts';

/** DELETE Conference/{conference_name}/ (voice-api.md §8): ends the calls of its members. */
export const hangUpConference = defineVoiceCommand({
  name: 'hang-up-conference',
  summary: 'Hang up all members of a conference',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/',
  parameters: Type.Object({ conference_name: text() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { conferences }) {
    await conferences.hangUp(scope, parameters.conference_name);
    return { status: 204 };
  },
});
