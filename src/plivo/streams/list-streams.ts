import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { isCounted, listMeta, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { renderStream, streamObject } from './stream-object.ts';

/** GET Call/{call_uuid}/Stream/ (audio-streaming.md §2): the latest first. Its `meta` has the total under both names in use. */
export const listStreams = defineVoiceCommand({
  name: 'list-streams',
  summary: 'Streams of a call',
  tag: 'Stream',
  method: 'GET',
  path: 'Call/{call_uuid}/Stream/',
  parameters: Type.Object({ call_uuid: idInPath(), ...pageParameters }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      meta: Type.Intersect([pageMeta, Type.Object({ count: Type.Optional(Type.Integer()) })]),
      objects: Type.Array(Type.Object(streamObject)),
    }),
  },
  async run({ scope, parameters, now }, { streamRecords }) {
    const page = readPage(parameters);
    const callId = parameters.call_uuid;
    const { total, items } = await streamRecords.list(reachOf(scope), callId, page);
    const meta = listMeta(scope, `Call/${callId}/Stream/`, page, {}, total, page.offset + page.limit < total);
    return {
      status: 200,
      body: {
        meta: { ...meta, ...(isCounted(total) ? { count: total } : {}) },
        objects: items.map((stream) => renderStream(scope, stream, now)),
      },
    };
  },
});
