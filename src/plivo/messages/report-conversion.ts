import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath, text } from '../fields.ts';

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** POST message/{message_uuid}/conversion/ (messaging.md §5): documented in lower case, as no other path is. */
export const reportConversion = defineCommand({
  name: 'report-conversion',
  summary: 'What a message led to at its recipient',
  tag: 'Message',
  method: 'POST',
  path: 'Message/{message_uuid}/Conversion/',
  aliases: ['/v1/account/{auth_id}/message/{message_uuid}/conversion/'],
  parameters: Type.Object({
    message_uuid: idInPath(),
    status: Type.Union([Type.Literal('CONVERTED'), Type.Literal('NOT_CONVERTED'), Type.Literal('CONVERTED_WITH_OTHERS')]),
    timestamp: text(40),
  }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      conversion_uuid: Type.String(),
      message: Type.String(),
      message_uuid: Type.String({ format: 'uuid' }),
    }),
  },
  async run({ scope, parameters, now }, { messages }) {
    const { message_uuid: messageId, status, timestamp } = parameters;
    if (!ISO_8601.test(timestamp) || Number.isNaN(Date.parse(timestamp))) {
      throw invalidParameter('timestamp', 'timestamp parameter is invalid: an ISO 8601 time is expected');
    }
    if (!(await messages.recordConversion(reachOf(scope), messageId, { status, timestamp, recordedAt: now }))) throw notFound();
    return {
      status: 200,
      body: { conversion_uuid: `conv-${messageId}`, message: 'successfully recorded.', message_uuid: messageId },
    };
  },
});
