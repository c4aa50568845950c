import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Request/{request_uuid}/ (voice-api.md §4.8): a call that was asked for and is not answered yet. */
export const cancelRequest = defineVoiceCommand({
  name: 'cancel-request',
  summary: 'Cancel a call that is not answered yet',
  tag: 'Call',
  method: 'DELETE',
  path: 'Request/{request_uuid}/',
  parameters: Type.Object({ request_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { calls }) {
    await calls.cancelRequest(scope, parameters.request_uuid);
    return { status: 204 };
  },
});
