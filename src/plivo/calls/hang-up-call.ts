import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Call/{call_uuid}/ (voice-api.md §4.8): also takes a call that waits out of the queue. */
export const hangUpCall = defineVoiceCommand({
  name: 'hang-up-call',
  summary: 'Hang up a live call or cancel a queued one',
  tag: 'Call',
  method: 'DELETE',
  path: 'Call/{call_uuid}/',
  parameters: Type.Object({ call_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { calls }) {
    await calls.hangUp(scope, parameters.call_uuid);
    return { status: 204 };
  },
});
