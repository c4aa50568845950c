import type { Charge } from '../billing/rates.ts';
import type { MessageService, OutboundMedia } from '../carriers/carrier.ts';
import type { OutboundState } from './message-state.ts';
import type { LogSetting } from './redaction.ts';

/** An outbound message that has passed every check of the request and is about to be stored. Times are wall-clock milliseconds. */
export interface AcceptedMessage {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly service: MessageService;
  readonly src: string;
  /** What throughput is limited by, beside the number: long_code, toll_free, ... */
  readonly senderKind: string;
  readonly dst: string;
  readonly country: string | undefined;
  /** Of the destination, where the operator's ranges tell it. */
  readonly network?: { readonly mcc: string; readonly mnc: string; readonly name: string } | undefined;
  /** The 10DLC campaign that it is of: that of its sender, where it goes to the US. */
  readonly campaignId?: string | undefined;
  /** That of its sender, wherever it goes. */
  readonly senderCampaignId?: string | undefined;
  readonly isDomestic: boolean;
  readonly text: string;
  readonly units: number;
  readonly charge: Charge;
  readonly log: LogSetting;
  readonly requesterIp: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly callbackMethod: 'GET' | 'POST';
  readonly expirySeconds: number;
  readonly trackable: boolean;
  /** Fails at once with this code instead of being queued: blocked sender, barred country, opted-out recipient. */
  readonly failure: string | undefined;
  readonly media: readonly OutboundMedia[];
  readonly structured: unknown;
  /** DLT ids, conversation: what the record repeats and nothing acts on. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** It carries a code: its callbacks are those of the session. */
  readonly verification?: MessageVerification | undefined;
  /** What makes it may run again and then makes it again, with the same id. */
  readonly mayRepeat: boolean;
  readonly acceptedAt: number;
  /** Undefined: the sender was named, not chosen. */
  readonly chosen?: ChosenSender | undefined;
}

/** The verification session that a message carries a code of. */
export interface MessageVerification {
  readonly sessionId: string;
  /** Of the attempt, from 1. */
  readonly sequence: number;
  /** When the code was asked for, wall-clock milliseconds. */
  readonly requestedAt: number;
}

/** How a Powerpack came to the sender of a message. */
export interface ChosenSender {
  readonly powerpackId: string;
  /** In words, for the timeline. */
  readonly reason: string;
}

/** What status callbacks and the timeline need to know of a message. */
export interface MessageFacts {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly service: MessageService;
  readonly from: string;
  readonly to: string;
  readonly units: number;
  readonly rateMicros: number;
  readonly amountMicros: number;
  readonly mcc: string | null;
  readonly mnc: string | null;
  readonly log: LogSetting;
  readonly requesterIp: string | null;
  readonly powerpackId: string | null;
  readonly verification?: MessageVerification | null;
  readonly callbackUrl: string;
  readonly callbackMethod: 'GET' | 'POST';
  readonly createdAt: number;
  readonly queuedAt: number | null;
  readonly sentAt: number | null;
  readonly finalAt: number | null;
}

/** A state that a message with a callback URL has entered; the dialect makes a webhook of it. */
export interface StatusChange {
  readonly facts: MessageFacts;
  readonly state: OutboundState;
  readonly errorCode: string | null;
  /** 1 for the first callback of the message. */
  readonly sequence: number;
  readonly at: number;
}
