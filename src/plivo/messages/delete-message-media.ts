import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { idInPath, noContent } from '../fields.ts';

/** DELETE Message/{message_uuid}/Media/ (messaging.md §4): all of them; repeating it is no error. */
export const deleteMessageMedia = defineCommand({
  name: 'delete-message-media',
  summary: 'Delete all media of a message',
  tag: 'Message',
  method: 'DELETE',
  path: 'Message/{message_uuid}/Media/',
  parameters: Type.Object({ message_uuid: idInPath() }),
  replies: { 204: noContent },
  async run({ scope, parameters: { message_uuid: messageId } }, { media, messages }) {
    const reach = reachOf(scope);
    const found = await media.ofMessage(reach, messageId);
    if (found.length === 0 && !(await messages.find(reach, messageId))) throw notFound();
    if (found.length > 0) await media.deleteOfMessage(reach, messageId);
    return { status: 204 };
  },
});
