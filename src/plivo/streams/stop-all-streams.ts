import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Call/{call_uuid}/Stream/ (audio-streaming.md §2). */
export const stopAllStreams = defineVoiceCommand({
  name: 'stop-all-streams',
  summary: 'Stop the streams of a live call',
  tag: 'Stream',
  method: 'DELETE',
  path: 'Call/{call_uuid}/Stream/',
  parameters: Type.Object({ call_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { streams }) {
    await streams.stopAll(scope, parameters.call_uuid);
    return { status: 204 };
  },
});
