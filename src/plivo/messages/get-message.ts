import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { messageObject, renderMessage } from './message-object.ts';

/** GET Message/{message_uuid}/ (messaging.md §3.2). */
export const getMessage = defineCommand({
  name: 'get-message',
  summary: 'One message',
  tag: 'Message',
  method: 'GET',
  path: 'Message/{message_uuid}/',
  parameters: Type.Object({ message_uuid: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...messageObject }) },
  async run({ scope, parameters }, { messages }) {
    const message = await messages.find(reachOf(scope), parameters.message_uuid);
    if (!message) throw notFound();
    return { status: 200, body: renderMessage(scope, message) };
  },
});
