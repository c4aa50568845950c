import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { noContent, text } from '../fields.ts';

/** DELETE Conference/{conference_name}/Record/ (voice-api.md §8): all recordings of the conference. */
export const stopRecordingConference = defineVoiceCommand({
  name: 'stop-recording-conference',
  summary: 'Stop to record a conference',
  tag: 'Conference',
  method: 'DELETE',
  path: 'Conference/{conference_name}/Record/',
  parameters: Type.Object({ conference_name: text() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { conferences }) {
    await conferences.stopRecording(scope, parameters.conference_name);
    return { status: 204 };
  },
});
