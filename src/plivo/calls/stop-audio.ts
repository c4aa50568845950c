import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Call/{call_uuid}/Play/ (voice-api.md §6.1). */
export const stopAudio = defineVoiceCommand({
  name: 'stop-audio',
  summary: 'Stop what the API plays on a call',
  tag: 'Call',
  method: 'DELETE',
  path: 'Call/{call_uuid}/Play/',
  parameters: Type.Object({ call_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { calls }) {
    await calls.stopPlay(scope, parameters.call_uuid);
    return { status: 204 };
  },
});
