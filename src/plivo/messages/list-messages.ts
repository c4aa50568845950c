import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { messageStates } from '../../messaging/message-record.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listMeta, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { takeOrRefuse } from '../rate-limit.ts';
import { messageObject, renderMessage } from './message-object.ts';
import { messageTimeParameters, messageTimeRange } from './message-time.ts';

/** messaging.md §3.3. */
const LISTS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** States of old that SDKs may still ask for; no message is in them. */
const FORMER_STATES = ['rejected', 'deleted'];

const oneOf = (values: readonly string[]) => Type.Optional(Type.Union(values.map((value) => Type.Literal(value))));

/** GET Message/ (messaging.md §3.3): newest first, without total_count. */
export const listMessages = defineCommand({
  name: 'list-messages',
  summary: 'Messages, newest first; the last 24 hours unless message_time says otherwise',
  tag: 'Message',
  method: 'GET',
  path: 'Message/',
  parameters: Type.Object({
    ...pageParameters,
    ...messageTimeParameters,
    subaccount: Type.Optional(text(20)),
    message_direction: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound')])),
    message_state: oneOf([...messageStates, ...FORMER_STATES]),
    message_type: Type.Optional(Type.Union([Type.Literal('sms'), Type.Literal('mms'), Type.Literal('whatsapp')])),
    error_code: Type.Optional(Type.Integer({ minimum: 0, maximum: 99_999 })),
    powerpack_id: Type.Optional(text()),
    from_number: Type.Optional(text(64)),
    to_number: Type.Optional(text(64)),
    destination_country_iso2: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    tendlc_campaign_id: Type.Optional(text()),
    tendlc_registration_status: oneOf(['registered', 'unregistered']),
    conversation_id: Type.Optional(text()),
    conversation_origin: oneOf(['utility', 'authentication', 'marketing', 'service']),
  }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(messageObject)) }),
  },
  async run({ scope, parameters, now }, { messageSearch, limiter }) {
    const perMinute = scope.account.settings.messageListsPerMinute ?? LISTS_PER_MINUTE;
    const tooMany = `too many requests: message lists are limited to ${perMinute} a minute`;
    await takeOrRefuse(limiter, `message-list:${scope.account.authId}`, perMinute, MINUTE_MS, tooMany);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const page = readPage(parameters);
    const { items, hasMore } = await messageSearch.list(
      reachOf(scope),
      {
        ...messageTimeRange(parameters, now),
        ownerId: subaccountFilter(scope, parameters.subaccount),
        direction: parameters.message_direction,
        state: parameters.message_state,
        service: parameters.message_type,
        errorCode: parameters.error_code === 0 ? '000' : parameters.error_code?.toString(),
        fromNumber: parameters.from_number && sanitiseNumber(parameters.from_number),
        toNumber: parameters.to_number && sanitiseNumber(parameters.to_number),
        countryIso2: parameters.destination_country_iso2?.toUpperCase(),
        powerpackId: parameters.powerpack_id,
        campaignId: parameters.tendlc_campaign_id,
        campaignStatus: parameters.tendlc_registration_status,
        conversationId: parameters.conversation_id,
        conversationOrigin: parameters.conversation_origin,
      },
      page.limit,
      page.offset,
    );
    return {
      status: 200,
      body: {
        meta: listMeta(scope, 'Message/', page, filters, undefined, hasMore),
        objects: items.map((message) => renderMessage(scope, message)),
      },
    };
  },
});
