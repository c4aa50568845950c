import type { MessageService } from '../carriers/carrier.ts';
import { inboundStates, type MessageState, outboundStates } from './message-state.ts';

export type MessageDirection = 'inbound' | 'outbound';

export const messageStates: readonly MessageState[] = [...new Set([...outboundStates, ...inboundStates])];

/** What only some messages have; one JSON object in storage, each part written by the one who knows it. */
export interface MessageDetails {
  /** Registration with the Indian DLT platforms. */
  readonly dlt?: { readonly entityId?: string; readonly templateId?: string; readonly templateCategory?: string };
  /** WhatsApp conversation; `expiresAt` in milliseconds since the epoch. */
  readonly conversation?: { readonly id: string; readonly origin: string; readonly expiresAt: number };
  /** WhatsApp template, interactive or location content as it was validated. */
  readonly structured?: unknown;
  readonly conversion?: ConversionFeedback;
}

/** What became of the message at the recipient's (messaging.md §5). */
export interface ConversionFeedback {
  readonly status: 'CONVERTED' | 'NOT_CONVERTED' | 'CONVERTED_WITH_OTHERS';
  /** When it happened, as the customer reported it: ISO 8601. */
  readonly timestamp: string;
  /** When it was reported, milliseconds since the epoch. */
  readonly recordedAt: number;
}

/** A message as its record shows it (messaging.md §3.1): everything but the text, which is never part of it. */
export interface MessageRecord {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly direction: MessageDirection;
  readonly service: MessageService;
  readonly state: MessageState;
  /** Digits without `+`, a short code or an alphanumeric sender; the last three digits `***` where the `log` setting says so. */
  readonly fromNumber: string;
  readonly toNumber: string;
  readonly countryIso2: string | null;
  readonly network: string;
  readonly units: number;
  /** Micro-units of currency: per unit, and for all units. */
  readonly rateMicros: number;
  readonly amountMicros: number;
  readonly feeRateMicros: number;
  readonly feeMicros: number;
  /** `000` when delivered, null while open. */
  readonly errorCode: string | null;
  readonly log: string;
  readonly requesterIp: string | null;
  readonly isDomestic: boolean;
  readonly replacedSender: string | null;
  readonly powerpackId: string | null;
  readonly campaignId: string | null;
  readonly campaignStatus: string | null;
  readonly expirySeconds: number;
  readonly trackable: boolean;
  readonly details: MessageDetails;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly updatedAt: Date;
}

/** Filters of a list; absent = any. */
export interface MessageFilter {
  /** Milliseconds since the epoch, both included; at most 90 days back. */
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly ownerId?: string | undefined;
  readonly direction?: MessageDirection | undefined;
  readonly state?: string | undefined;
  readonly service?: MessageService | undefined;
  readonly errorCode?: string | undefined;
  /** Digits without `+`, or the sender exactly as it is. */
  readonly fromNumber?: string | undefined;
  readonly toNumber?: string | undefined;
  readonly countryIso2?: string | undefined;
  readonly powerpackId?: string | undefined;
  readonly campaignId?: string | undefined;
  readonly campaignStatus?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly conversationOrigin?: string | undefined;
}
