import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { parseLogSetting } from '../../messaging/redaction.ts';
import { readWhatsapp } from '../../messaging/whatsapp.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, httpMethod, text, url } from '../fields.ts';

/** messaging.md §2: seconds in the queue, 5-10799 when given, else three hours. */
const DEFAULT_EXPIRY_SECONDS = 10_800;
const MAX_EXPIRY_SECONDS = 10_799;
const MAX_ATTACHMENTS = 10;
/** 1000 destinations of at most 14 characters with what people write between digits. */
const MAX_DST_LENGTH = 40_000;
/** Far above every service's own limit, which is told by the service's own error. */
const MAX_TEXT_LENGTH = 20_000;

const parameters = Type.Object({
  src: Type.Optional(text(64)),
  powerpack_uuid: Type.Optional(text(64)),
  dst: text(MAX_DST_LENGTH),
  text: Type.Optional(Type.String({ maxLength: MAX_TEXT_LENGTH })),
  type: Type.Optional(Type.Union([Type.Literal('sms'), Type.Literal('mms'), Type.Literal('whatsapp')])),
  media_urls: Type.Optional(Type.Array(url(), { maxItems: MAX_ATTACHMENTS })),
  media_ids: Type.Optional(Type.Array(text(64), { maxItems: MAX_ATTACHMENTS })),
  template: Type.Optional(Type.Object({}, { additionalProperties: true })),
  interactive: Type.Optional(Type.Object({}, { additionalProperties: true })),
  location: Type.Optional(Type.Object({}, { additionalProperties: true })),
  url: Type.Optional(url()),
  method: httpMethod(),
  message_expiry: Type.Optional(Type.Integer({ minimum: 5, maximum: MAX_EXPIRY_SECONDS })),
  log: Type.Optional(Type.Union([Type.Boolean(), Type.String()])),
  trackable: flag(),
  dlt_entity_id: Type.Optional(text(64)),
  dlt_template_id: Type.Optional(text(64)),
  dlt_template_category: Type.Optional(text(32)),
});

/** POST Message/ (messaging.md §2): queues one message for each destination. */
export const sendMessage = defineCommand({
  name: 'send-message',
  summary: 'Send an SMS, MMS or WhatsApp message to 1 to 1000 destinations',
  tag: 'Message',
  method: 'POST',
  path: 'Message/',
  parameters,
  refusals: ['destination_barred', 'insufficient_credit'],
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('message(s) queued'),
      message_uuid: Type.Array(Type.String()),
      invalid_number: Type.Optional(Type.Array(Type.String())),
    }),
  },
  async run({ scope, parameters: given, requesterIp, idempotencyKey }, { sending }) {
    if (given.src !== undefined && given.powerpack_uuid !== undefined) {
      throw invalidParameter('src', 'src and powerpack_uuid parameters exclude each other');
    }
    if (given.src === undefined && given.powerpack_uuid === undefined) throw missingParameter('src');
    const service = given.type ?? 'sms';
    const mediaUrls = given.media_urls ?? [];
    const mediaIds = given.media_ids ?? [];
    if (mediaUrls.length + mediaIds.length > MAX_ATTACHMENTS) {
      throw invalidParameter('media_urls', `media_urls and media_ids parameters have more than ${MAX_ATTACHMENTS} attachments`);
    }
    if (service === 'mms' && mediaUrls.length + mediaIds.length === 0) throw missingParameter('media_urls');
    const structured = readWhatsapp({ ...given, service, mediaCount: mediaUrls.length + mediaIds.length });
    const log = parseLogSetting(given.log ?? 'true');
    if (!log)
      throw invalidParameter('log', 'log parameter is invalid: one of true, false, content_only, number_only is expected');
    const details = {
      ...(given.dlt_entity_id !== undefined && { dlt_entity_id: given.dlt_entity_id }),
      ...(given.dlt_template_id !== undefined && { dlt_template_id: given.dlt_template_id }),
      ...(given.dlt_template_category !== undefined && { dlt_template_category: given.dlt_template_category }),
    };
    const sent = await sending.send(scope, {
      src: given.src,
      powerpackId: given.powerpack_uuid,
      dst: given.dst,
      text: given.text,
      service,
      mediaUrls: service === 'sms' ? [] : mediaUrls,
      mediaIds: service === 'sms' ? [] : mediaIds,
      structured,
      callbackUrl: given.url,
      callbackMethod: given.method ?? 'POST',
      expirySeconds: given.message_expiry ?? DEFAULT_EXPIRY_SECONDS,
      log,
      trackable: given.trackable ?? false,
      details: Object.keys(details).length > 0 ? details : undefined,
      requesterIp,
      idempotencyKey,
    });
    return {
      status: 202,
      body: {
        message: 'message(s) queued',
        message_uuid: sent.messageIds,
        ...(sent.invalid.length > 0 && { invalid_number: sent.invalid }),
      },
    };
  },
});
