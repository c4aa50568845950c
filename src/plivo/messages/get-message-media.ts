import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { messageMediaObject, renderMessageMedia } from '../media/media-object.ts';

/** GET Message/{message_uuid}/Media/{media_id}/ (messaging.md §4). */
export const getMessageMedia = defineCommand({
  name: 'get-message-media',
  summary: 'One media file of a message',
  tag: 'Message',
  method: 'GET',
  path: 'Message/{message_uuid}/Media/{media_id}/',
  parameters: Type.Object({ message_uuid: idInPath(), media_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...messageMediaObject }) },
  async run({ scope, parameters: { message_uuid: messageId, media_id: mediaId } }, { media, publicUrl }) {
    const found = (await media.ofMessage(reachOf(scope), messageId)).find((one) => one.mediaId === mediaId.toLowerCase());
    if (!found) throw notFound();
    return { status: 200, body: renderMessageMedia(publicUrl, found, messageId) };
  },
});
