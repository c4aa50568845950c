import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { renderStream, streamObject } from './stream-object.ts';

/** GET Call/{call_uuid}/Stream/{stream_id}/ (audio-streaming.md §2). */
export const getStream = defineVoiceCommand({
  name: 'get-stream',
  summary: 'One stream of a call, also when it is over',
  tag: 'Stream',
  method: 'GET',
  path: 'Call/{call_uuid}/Stream/{stream_id}/',
  parameters: Type.Object({ call_uuid: idInPath(), stream_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...streamObject }) },
  async run({ scope, parameters, now }, { streamRecords }) {
    const found = await streamRecords.find(reachOf(scope), parameters.call_uuid, parameters.stream_id);
    if (!found) throw notFound();
    return { status: 200, body: renderStream(scope, found, now) };
  },
});
