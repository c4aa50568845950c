import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import { messageErrorText } from '../../errors/message-codes.ts';
import type { MessageRecord } from '../../messaging/message-record.ts';
import { nullableString } from '../fields.ts';
import { localTime } from '../times.ts';

/** The message object (messaging.md §3.1). Every key is always there: the PHP SDK reads some without looking. */
export const messageObject = {
  message_uuid: Type.String({ format: 'uuid' }),
  resource_uri: Type.String(),
  message_direction: Type.String(),
  message_state: Type.String(),
  message_type: Type.String(),
  message_time: Type.String(),
  message_sent_time: nullableString(),
  message_updated_time: Type.String(),
  from_number: Type.String(),
  to_number: Type.String(),
  units: Type.Integer(),
  total_rate: Type.String(),
  total_amount: Type.String(),
  carrier_fees_rate: Type.String(),
  carrier_fees: Type.String(),
  error_code: nullableString(),
  error_message: Type.String(),
  powerpack_id: Type.String(),
  requester_ip: Type.String(),
  is_domestic: Type.Boolean(),
  replaced_sender: Type.String(),
  destination_country_iso2: Type.String(),
  destination_network: Type.String(),
  tendlc_campaign_id: Type.String(),
  tendlc_registration_status: Type.String(),
  dlt_entity_id: Type.String(),
  dlt_template_id: Type.String(),
  dlt_template_category: Type.String(),
  conversation_id: Type.String(),
  conversation_origin: Type.String(),
  conversation_expiration_timestamp: Type.String(),
  log: Type.String(),
  message_expiry: Type.Integer(),
};

/** Times are in the main account's time zone; what a message does not have is an empty string. */
export function renderMessage(scope: Scope, message: MessageRecord) {
  const { dlt, conversation } = message.details;
  const at = (time: Date) => localTime(time, scope.account.timezone);
  return {
    message_uuid: message.id,
    resource_uri: `/v1/Account/${scope.authId}/Message/${message.id}/`,
    message_direction: message.direction,
    message_state: message.state,
    message_type: message.service,
    message_time: at(message.createdAt),
    message_sent_time: message.sentAt && at(message.sentAt),
    message_updated_time: at(message.updatedAt),
    from_number: message.fromNumber,
    to_number: message.toNumber,
    units: message.units,
    total_rate: formatAmount(message.rateMicros),
    total_amount: formatAmount(message.amountMicros),
    carrier_fees_rate: formatAmount(message.feeRateMicros),
    carrier_fees: formatAmount(message.feeMicros),
    error_code: message.errorCode,
    error_message: messageErrorText(message.errorCode),
    powerpack_id: message.powerpackId ?? '',
    requester_ip: message.requesterIp ?? '',
    is_domestic: message.isDomestic,
    replaced_sender: message.replacedSender ?? '',
    destination_country_iso2: message.countryIso2 ?? '',
    destination_network: message.network,
    tendlc_campaign_id: message.campaignId ?? '',
    tendlc_registration_status: message.campaignStatus ?? '',
    dlt_entity_id: dlt?.entityId ?? '',
    dlt_template_id: dlt?.templateId ?? '',
    dlt_template_category: dlt?.templateCategory ?? '',
    conversation_id: conversation?.id ?? '',
    conversation_origin: conversation?.origin ?? '',
    conversation_expiration_timestamp: conversation
      ? at(new Date(conversation.expiresAt)).replace(/\.\d{6}/, '') // this one has no fraction
      : '',
    log: message.log,
    message_expiry: message.expirySeconds,
  };
}
