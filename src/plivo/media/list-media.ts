import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';
import { mediaObject, renderMedia } from './media-object.ts';

/** GET Media/ (messaging.md §6): what was uploaded, newest first. */
export const listMedia = defineCommand({
  name: 'list-media',
  summary: 'Uploaded media files, newest first',
  tag: 'Media',
  method: 'GET',
  path: 'Media/',
  parameters: Type.Object({ ...pageParameters }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(mediaObject)) }) },
  async run({ scope, parameters }, { media, publicUrl }) {
    const page = readPage(parameters);
    const { total, items } = await media.listUploads(reachOf(scope), page.limit, page.offset);
    return listReply(scope, 'Media/', page, {}, { total, items: items.map((one) => renderMedia(publicUrl, one)) });
  },
});
