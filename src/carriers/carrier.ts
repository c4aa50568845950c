/**
 * What the messaging engine asks of every way out and in: SMPP, the simulator, later WhatsApp and MMS.
 * A carrier is one file that implements `MessageCarrier` and one line in `carriers/registry.ts`.
 */

export type MessageService = 'sms' | 'mms' | 'whatsapp';

/** GSM 03.38 default alphabet with its extension table, or UCS-2 (UTF-16 code units, big-endian on the air). */
export type TextEncoding = 'gsm7' | 'ucs2';

export interface OutboundMedia {
  readonly mediaId: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Publicly reachable URL under which a carrier can fetch the bytes. */
  readonly url: string;
}

/** A message as it is handed to a carrier. Numbers are digits with country code and no `+`; alphanumeric senders are as given. */
export interface OutboundMessage {
  readonly id: string;
  readonly attempt: number;
  readonly service: MessageService;
  readonly src: string;
  readonly dst: string;
  readonly text: string;
  readonly encoding: TextEncoding;
  /** The text cut into what each segment carries; one entry when it fits a single message (messaging.md §14). */
  readonly parts: readonly string[];
  /** Zero-based indexes into `parts` that this attempt has to submit: all of them, or what an earlier attempt left over. */
  readonly pendingParts: readonly number[];
  /** Concatenation reference, 0-65535, stable for the message on all attempts so that a handset can join parts of two attempts. */
  readonly concatReference: number;
  /** Milliseconds the message may still wait inside the carrier's network; sent as validity period. */
  readonly validityMs: number;
  readonly media: readonly OutboundMedia[];
  /** WhatsApp template/interactive/location as validated JSON, else undefined. */
  readonly structured?: unknown;
}

/** What became of one part of a submit. Times are wall-clock milliseconds. */
export type PartOutcome =
  /** The carrier took it and will use `carrierMessageId` in its receipt. */
  | { readonly kind: 'accepted'; readonly carrierMessageId: string }
  /** The carrier refused this message. `errorCode` is the catalogue's message error code (messaging.md §20). */
  | { readonly kind: 'rejected'; readonly errorCode: string; readonly reason: string }
  /** The carrier asks to slow down (ESME_RTHROTTLED, queue full). Not accepted: it is safe to try again, here or elsewhere. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly reason: string }
  /** It never left this process (link down, shutting down). Safe to try again, here or elsewhere. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** It was written to the link and no answer came before the link died or the timer ran out: trying again may duplicate. */
  | { readonly kind: 'unanswered'; readonly reason: string };

export interface PartReport {
  readonly part: number;
  readonly outcome: PartOutcome;
  /** Which bind or connection carried it, e.g. `lab-smsc#2`. */
  readonly link: string;
  readonly submittedAt: number;
  readonly answeredAt: number;
  /** One line for the timeline without the message text, e.g. `submit_sm seq=7 dc=8 esm=0x40 142 octets -> ESME_ROK`. */
  readonly summary: string;
}

/** A delivery receipt as the carrier sent it. */
export interface CarrierReceipt {
  readonly carrier: string;
  readonly link: string;
  readonly carrierMessageId: string;
  /** Intermediate receipts (`ENROUTE`, `ACCEPTED`) are recorded in the timeline and change no state. */
  readonly state: 'delivered' | 'undelivered' | 'intermediate' | 'read';
  /** Catalogue message error code, `000` when delivered. */
  readonly errorCode: string;
  /** The carrier's own words, for the timeline: `stat:UNDELIV err:011`. Never the message text. */
  readonly detail: string;
  readonly receivedAt: number;
}

/** A message that came in, parts already joined. */
export interface CarrierInbound {
  readonly carrier: string;
  readonly link: string;
  readonly from: string;
  readonly to: string;
  readonly service: MessageService;
  readonly text: string;
  readonly parts: number;
  readonly media: readonly InboundMedia[];
  readonly receivedAt: number;
  /** Given for what a carrier may hand over again after a crash; it is the same each time, and the message is stored once. */
  readonly origin?: InboundOrigin;
}

export interface InboundOrigin {
  /** Unique among what the carrier received at that moment. */
  readonly name: string;
  /** When its first part came, wall-clock milliseconds. */
  readonly at: number;
}

export interface InboundMedia {
  readonly contentType: string;
  readonly fileName?: string;
  readonly bytes: Uint8Array;
}

/**
 * How a carrier speaks back. `receipt` and `inbound` resolve only when what they carry is committed to storage (design rule 1);
 * a carrier acknowledges to its peer after that, and answers a temporary error when they reject.
 */
export interface CarrierEvents {
  receipt(receipt: CarrierReceipt): Promise<void>;
  inbound(message: CarrierInbound): Promise<void>;
  /** Room for more submits appeared, or the carrier went up or down: the dispatcher looks again. */
  changed(carrier: string): void;
}

export interface LinkHealth {
  readonly link: string;
  readonly state: string;
  readonly detail?: string;
}

export interface CarrierHealth {
  /** `down` = no link can take a submit now. `failed` = permanent (wrong password, unknown host): route to the next carrier. */
  readonly state: 'up' | 'down' | 'failed';
  readonly links: readonly LinkHealth[];
}

export interface MessageCarrier {
  readonly name: string;
  readonly kind: string;
  readonly services: ReadonlySet<MessageService>;
  /** How many `parts` can be submitted at this moment without waiting: window places free and throttle not in force. */
  capacity(): number;
  health(): CarrierHealth;
  /** Begins connecting; resolves at once, state is told through `events.changed`. */
  start(events: CarrierEvents): void;
  /**
   * Submits the pending parts in order and resolves with one report for each of them, never rejects.
   * Callers submit while `capacity()` is above 0; a submit at 0 answers `unsent`. A message with more parts than that may be taken
   * whole: the parts beyond wait inside the carrier for their places.
   */
  submit(message: OutboundMessage): Promise<readonly PartReport[]>;
  /** Takes no new submits, lets the outstanding ones be answered (at most `graceMs`), unbinds and closes. */
  stop(graceMs: number): Promise<void>;
}
