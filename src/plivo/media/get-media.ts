import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { mediaObject, renderMedia } from './media-object.ts';

/** GET Media/{media_id}/ (messaging.md §6). */
export const getMedia = defineCommand({
  name: 'get-media',
  summary: 'One media file',
  tag: 'Media',
  method: 'GET',
  path: 'Media/{media_id}/',
  parameters: Type.Object({ media_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...mediaObject }) },
  async run({ scope, parameters }, { media, publicUrl }) {
    const found = await media.find(reachOf(scope), parameters.media_id);
    if (!found) throw notFound();
    return { status: 200, body: renderMedia(publicUrl, found) };
  },
});
