import { callbackNumber } from './callback-format.ts';
import type { CallbackConversation } from './message-status.ts';

interface InboundMessageBase {
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  /** Text of an SMS or MMS, text or caption of a WhatsApp message; empty when there is none. */
  readonly text: string;
  /** Parts received; WhatsApp always reads 1. */
  readonly units: number;
  /** Decimal strings; a free message reads a bare `0`. */
  readonly totalRate: string;
  readonly totalAmount: string;
}

export interface InboundSms extends InboundMessageBase {
  readonly type: 'sms';
  /** `null` for numbers that know no opt-out words (short codes): the parameter is left out. */
  readonly intent: 'optout' | 'optin' | 'help' | '' | null;
  readonly powerpackId: string | null;
}

export interface InboundMms extends InboundMessageBase {
  readonly type: 'mms';
  readonly powerpackId: string | null;
  readonly mediaUrls: readonly string[];
  /** Why media could not be taken in, from the list of message error codes. */
  readonly errorCode: string | null;
}

export interface InboundWhatsapp extends InboundMessageBase {
  readonly type: 'whatsapp';
  readonly contentType: 'text' | 'media' | 'button' | 'unknown';
  readonly mediaUrls: readonly string[];
  readonly mimeType: string | null;
  readonly errorCode: string | null;
  readonly conversation: CallbackConversation | null;
}

export type InboundMessageEvent = InboundSms | InboundMms | InboundWhatsapp;

/** Names of the parameters that repeat what the sender wrote or attached. */
export const INBOUND_CONTENT_PARAMS: readonly string[] = ['Text', 'Body'];

/**
 * Parameters of the inbound message callback, in alphabetical order (messaging.md §11). Nothing is redacted here: the
 * application gets its message in full whatever is kept of it.
 */
export function inboundMessageParams(event: InboundMessageEvent): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...common(event), ...particular(event) }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function common(event: InboundMessageEvent): Record<string, string> {
  return {
    From: callbackNumber(event.from),
    MessageUUID: event.messageId,
    To: callbackNumber(event.to),
    TotalAmount: freeAsZero(event.totalAmount),
    TotalRate: freeAsZero(event.totalRate),
    Type: event.type,
    Units: event.type === 'whatsapp' ? '1' : String(event.units),
  };
}

function particular(event: InboundMessageEvent): Record<string, string> {
  switch (event.type) {
    case 'sms':
      return {
        Text: event.text,
        PowerpackUUID: event.powerpackId ?? '',
        ...(event.intent === null ? {} : { MessageIntent: event.intent }),
      };
    case 'mms':
      return {
        // The reference page says Body, its code samples read Text.
        Text: event.text,
        Body: event.text,
        PowerpackUUID: event.powerpackId ?? '',
        MediaCount: String(event.mediaUrls.length),
        ...media(event.mediaUrls),
        ...optional('ErrorCode', event.errorCode),
      };
    case 'whatsapp':
      return {
        Body: event.text,
        ContentType: event.contentType,
        ...media(event.mediaUrls),
        ...optional('MimeType', event.mimeType),
        ...optional('ErrorCode', event.errorCode),
        ...(event.conversation === null
          ? {}
          : {
              ConversationID: event.conversation.id,
              ConversationOrigin: event.conversation.origin,
              ConversationExpirationTimestamp: String(Math.floor(event.conversation.expiresAt / 1000)),
            }),
      };
  }
}

function media(urls: readonly string[]): Record<string, string> {
  return Object.fromEntries(urls.map((url, index) => [`Media${index}`, url]));
}

function optional(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}

function freeAsZero(amount: string): string {
  return /^0(\.0*)?$/.test(amount) ? '0' : amount;
}
