import type { MessageService, OutboundMedia, OutboundMessage, TextEncoding } from '../carriers/carrier.ts';
import { segmentText } from './encoding/segments.ts';
import type { QueuedMessage } from './fair-queue.ts';
import type { AcceptedMessage } from './outbound.ts';

/** A message in this node's hands, from acceptance or loaded from the queue table, until its outcome is recorded. */
export interface QueuedOutbound extends QueuedMessage {
  readonly id: string;
  /** The subaccount that sends it, or the account itself. */
  readonly ownerId: string;
  readonly senderKind: string;
  readonly service: MessageService;
  readonly src: string;
  readonly dst: string;
  readonly text: string;
  readonly encoding: TextEncoding;
  readonly parts: readonly string[];
  readonly media: readonly OutboundMedia[];
  readonly structured: unknown;
  readonly chargeMicros: number;
  /** Wall-clock milliseconds. */
  readonly expiresAt: number;
  /** Attempts made so far. */
  attempt: number;
  /** Carriers that refused it or failed for good. */
  tried: readonly string[];
  pendingParts: readonly number[];
  /** The queue row says that it may be on its way: from then on a crash leaves it unknown whether it was submitted. */
  marked: boolean;
  /** Its outcome is decided (expired): whoever takes it from the queue drops it. */
  ended: boolean;
  /** With a carrier, or its answer is being written. */
  submitting: boolean;
  /** Its account may send it and can pay for it. */
  admitted: boolean;
}

export interface QueuedSource {
  readonly id: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly senderKind: string;
  readonly service: MessageService;
  readonly src: string;
  readonly dst: string;
  readonly text: string;
  readonly media: readonly OutboundMedia[];
  readonly structured: unknown;
  readonly chargeMicros: number;
  readonly expiresAt: number;
  readonly attempt: number;
  readonly tried: readonly string[];
  readonly pendingParts: readonly number[] | null;
  readonly marked: boolean;
}

export function queuedOutbound(source: QueuedSource): QueuedOutbound {
  const segmented = source.service === 'sms' ? segmentText(source.text) : undefined;
  const parts = segmented?.parts ?? [source.text];
  return {
    id: source.id,
    account: source.accountId,
    ownerId: source.ownerId,
    sender: source.src,
    cost: parts.length,
    senderKind: source.senderKind,
    service: source.service,
    src: source.src,
    dst: source.dst,
    text: source.text,
    encoding: segmented?.encoding ?? 'ucs2',
    parts,
    media: source.media,
    structured: source.structured,
    chargeMicros: source.chargeMicros,
    expiresAt: source.expiresAt,
    attempt: source.attempt,
    tried: source.tried,
    pendingParts: source.pendingParts ?? parts.map((_, index) => index),
    marked: source.marked,
    ended: false,
    submitting: false,
    admitted: false,
  };
}

export function queuedFromAccepted(message: AcceptedMessage, marked: boolean): QueuedOutbound {
  return queuedOutbound({
    id: message.id,
    accountId: message.accountId,
    ownerId: message.ownerId,
    senderKind: message.senderKind,
    service: message.service,
    src: message.src,
    dst: message.dst,
    text: message.text,
    media: message.media,
    structured: message.structured,
    chargeMicros: message.charge.total,
    expiresAt: message.acceptedAt + message.expirySeconds * 1000,
    attempt: 0,
    tried: [],
    pendingParts: null,
    marked,
  });
}

/** What a carrier gets. The concatenation reference is taken from the random end of the id: stable, and spread over 16 bits. */
export function toCarrier(message: QueuedOutbound, now: number): OutboundMessage {
  return {
    id: message.id,
    attempt: message.attempt + 1,
    service: message.service,
    src: message.src,
    dst: message.dst,
    text: message.text,
    encoding: message.encoding,
    parts: message.parts,
    pendingParts: message.pendingParts,
    concatReference: Number.parseInt(message.id.slice(-4), 16),
    validityMs: Math.max(0, message.expiresAt - now),
    media: message.media,
    ...(message.structured === undefined ? {} : { structured: message.structured }),
  };
}
