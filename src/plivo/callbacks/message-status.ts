import { callbackNumber, callbackTime, redactedNumber } from './callback-format.ts';

/** A WhatsApp conversation window, as both message callbacks tell it. */
export interface CallbackConversation {
  readonly id: string;
  /** `utility`, `authentication`, `marketing` or `service`. */
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the delivery-report callback of one state change says. Times are milliseconds since the epoch. */
export interface MessageStatusEvent {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  /** The `log` setting of the message redacts numbers: `To` ends in `***`. */
  readonly redactTo: boolean;
  readonly type: 'sms' | 'mms' | 'whatsapp';
  readonly status: 'queued' | 'sent' | 'failed' | 'delivered' | 'undelivered' | 'read';
  /** Sent with `failed` and `undelivered` alone. */
  readonly errorCode: string | null;
  readonly units: number;
  /** Decimal strings of five places. Nothing is charged before `sent`: both read `0.00000` with `queued`. */
  readonly totalRate: string;
  readonly totalAmount: string;
  /** Network of the recipient, when it is known. */
  readonly mcc: string | null;
  readonly mnc: string | null;
  /** 1 for the first callback of the message, one more for each that follows. */
  readonly sequence: number;
  readonly messageTime: number;
  readonly queuedTime: number | null;
  readonly sentTime: number | null;
  readonly deliveryReportTime: number | null;
  readonly powerpackId: string | null;
  readonly requesterIp: string | null;
  readonly conversation: CallbackConversation | null;
}

const NO_CHARGE = '0.00000';

/** Parameters of the delivery-report callback, in alphabetical order as on the wire of record (messaging.md §10). */
export function messageStatusParams(event: MessageStatusEvent): Record<string, string> {
  const params: Record<string, string> = {};
  const failed = event.status === 'failed' || event.status === 'undelivered';
  const queued = event.status === 'queued';
  if (event.conversation) {
    params.ConversationExpirationTimestamp = String(Math.floor(event.conversation.expiresAt / 1000));
    params.ConversationID = event.conversation.id;
    params.ConversationOrigin = event.conversation.origin;
  }
  if (event.deliveryReportTime !== null) params.DeliveryReportTime = callbackTime(event.deliveryReportTime);
  if (failed && event.errorCode !== null) params.ErrorCode = event.errorCode;
  params.From = callbackNumber(event.from);
  if (event.mcc !== null) params.MCC = event.mcc;
  if (event.mnc !== null) params.MNC = event.mnc;
  params.MessageTime = callbackTime(event.messageTime);
  params.MessageUUID = event.messageId;
  params.ParentMessageUUID = event.messageId;
  params.PartInfo = '1 of 1';
  params.PowerpackUUID = event.powerpackId ?? '';
  if (event.queuedTime !== null) params.QueuedTime = callbackTime(event.queuedTime);
  if (event.sentTime !== null) params.SentTime = callbackTime(event.sentTime);
  params.Sequence = String(event.sequence);
  params.Status = event.status;
  params.To = event.redactTo ? redactedNumber(event.to) : callbackNumber(event.to);
  params.TotalAmount = queued ? NO_CHARGE : event.totalAmount;
  params.TotalRate = queued ? NO_CHARGE : event.totalRate;
  params.Type = event.type;
  params.Units = String(event.units);
  if (event.requesterIp !== null) params.requester_ip = event.requesterIp;
  return params;
}
