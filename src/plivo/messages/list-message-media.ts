import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { MAX_ATTACHMENTS } from '../../messaging/media.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { messageMediaObject, renderMessageMedia } from '../media/media-object.ts';
import { pageMeta } from '../pagination.ts';

/**
 * GET Message/{message_uuid}/Media/ (messaging.md §4). Media outlive the record of their message: they are kept for a year, records
 * for 90 days.
 */
export const listMessageMedia = defineCommand({
  name: 'list-message-media',
  summary: 'Media of a message',
  tag: 'Message',
  method: 'GET',
  path: 'Message/{message_uuid}/Media/',
  parameters: Type.Object({ message_uuid: idInPath() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      message_uuid: Type.String({ format: 'uuid' }),
      meta: pageMeta,
      objects: Type.Array(Type.Object(messageMediaObject)),
    }),
  },
  async run({ scope, parameters: { message_uuid: messageId } }, { media, messages, publicUrl }) {
    const reach = reachOf(scope);
    const found = await media.ofMessage(reach, messageId);
    if (found.length === 0 && !(await messages.find(reach, messageId))) throw notFound();
    return {
      status: 200,
      body: {
        message_uuid: messageId,
        meta: { limit: MAX_ATTACHMENTS, offset: 0, next: null, previous: null, total_count: found.length },
        objects: found.map((one) => renderMessageMedia(publicUrl, one, messageId)),
      },
    };
  },
});
