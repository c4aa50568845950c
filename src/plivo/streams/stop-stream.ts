import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Call/{call_uuid}/Stream/{stream_id}/ (audio-streaming.md §2): answered when its socket is closed. */
export const stopStream = defineVoiceCommand({
  name: 'stop-stream',
  summary: 'Stop one stream of a call',
  tag: 'Stream',
  method: 'DELETE',
  path: 'Call/{call_uuid}/Stream/{stream_id}/',
  parameters: Type.Object({ call_uuid: idInPath(), stream_id: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { streams }) {
    await streams.stop(scope, parameters.call_uuid, parameters.stream_id);
    return { status: 204 };
  },
});
