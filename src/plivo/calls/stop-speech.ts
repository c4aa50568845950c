import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Call/{call_uuid}/Speak/ (voice-api.md §6.2). */
export const stopSpeech = defineVoiceCommand({
  name: 'stop-speech',
  summary: 'Stop what the API speaks on a call',
  tag: 'Call',
  method: 'DELETE',
  path: 'Call/{call_uuid}/Speak/',
  parameters: Type.Object({ call_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { calls }) {
    await calls.stopSpeak(scope, parameters.call_uuid);
    return { status: 204 };
  },
});
