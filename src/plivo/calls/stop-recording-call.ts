import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent, text } from '../fields.ts';

/** DELETE Call/{call_uuid}/Record/ (voice-api.md §6.4): all recordings of the call, or the one with this URL. */
export const stopRecordingCall = defineVoiceCommand({
  name: 'stop-recording-call',
  summary: 'Stop to record a call',
  tag: 'Call',
  method: 'DELETE',
  path: 'Call/{call_uuid}/Record/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    URL: Type.Optional(text(2_048)),
    url: Type.Optional(text(2_048)),
  }),
  replies: { 204: noContent },
  async run({ scope, parameters: given }, { calls }) {
    await calls.stopRecording(scope, given.call_uuid, given.URL ?? given.url);
    return { status: 204 };
  },
});
