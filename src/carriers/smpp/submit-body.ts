import type { OutboundMessage } from '../carrier.ts';
import { endpointOf, type SmppEndpoint } from './addressing.ts';
import { EsmClass, MAX_SHORT_MESSAGE, type ShortMessage } from './message-pdu.ts';
import type { SmppSettings } from './options.ts';
import { EMPTY } from './pdu-fields.ts';
import { codingFor, writeText } from './text-coding.ts';
import { NO_TLVS, octetTlv, shortTlv, type Tlv, TlvTag } from './tlv.ts';
import { CONCAT_HEADER_LENGTH, writeConcatHeader } from './udh.ts';
import { relativeValidity } from './validity.ts';

/** The part of a submit that its segments share. */
export interface SubmitEnvelope {
  readonly message: OutboundMessage;
  readonly source: SmppEndpoint;
  readonly dest: SmppEndpoint;
  readonly validityPeriod: string;
}

/** Which addresses SMPP cannot write. */
export type UnwritableAddress = 'source' | 'dest';

/** The scratch buffer starts with room for any single part and grows for message_payload. */
const SCRATCH_OCTETS = 1024;
/** message_payload's length field is 16 bits; the whole PDU has to stay below what peers read (64 KiB). */
const MAX_PAYLOAD = 65_000;

/** Builds submit_sm bodies of one carrier. A body is valid until the next one is built, because they share the buffer of its text. */
export class SubmitBodies {
  readonly #settings: SmppSettings;
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_OCTETS);

  constructor(settings: SmppSettings) {
    this.#settings = settings;
  }

  envelope(message: OutboundMessage): SubmitEnvelope | UnwritableAddress {
    const { sourceTon, sourceNpi, destTon, destNpi, validityPeriod } = this.#settings;
    const source = endpointOf(message.src, sourceTon, sourceNpi);
    if (source === undefined) return 'source';
    const dest = endpointOf(message.dst, destTon, destNpi);
    if (dest === undefined || dest.address === '') return 'dest';
    return { message, source, dest, validityPeriod: validityPeriod ? relativeValidity(message.validityMs) : '' };
  }

  /** Whether the pending parts go as one submit_sm: all of them are pending and the carrier takes long texts whole. */
  wholeText({ parts, pendingParts }: OutboundMessage): boolean {
    return this.#settings.longMessages === 'payload' && parts.length > 1 && pendingParts.length === parts.length;
  }

  /** The body for one part, or with `part` undefined for the whole text. Throws RangeError when the text does not fit. */
  body(envelope: SubmitEnvelope, part: number | undefined): ShortMessage {
    const { message } = envelope;
    const { parts, encoding } = message;
    const text = part === undefined ? message.text : parts[part];
    if (text === undefined) throw new RangeError(`message has no part ${part}`);
    const segmented = part !== undefined && parts.length > 1;
    const sar = segmented && this.#settings.longMessages === 'sar';
    const udh = segmented && !sar;
    const coding = codingFor(text, encoding, this.#settings.defaultAlphabet);
    this.#ensure(CONCAT_HEADER_LENGTH + text.length * 2);
    let end = 0;
    if (udh)
      end = writeConcatHeader(this.#scratch, 0, { reference: message.concatReference, total: parts.length, part: part + 1 });
    end = writeText(this.#scratch, end, text, coding);
    if (end > MAX_PAYLOAD) throw new RangeError(`text of ${end} octets`);
    const octets = this.#scratch.subarray(0, end);
    const inPayload = end > MAX_SHORT_MESSAGE || (part === undefined && parts.length > 1);
    let tlvs: readonly Tlv[] = NO_TLVS;
    if (sar) tlvs = sarTlvs(message.concatReference, parts.length, part + 1);
    if (inPayload) tlvs = [...tlvs, { tag: TlvTag.messagePayload, value: octets }];
    return {
      serviceType: this.#settings.serviceType,
      sourceTon: envelope.source.ton,
      sourceNpi: envelope.source.npi,
      source: envelope.source.address,
      destTon: envelope.dest.ton,
      destNpi: envelope.dest.npi,
      dest: envelope.dest.address,
      esmClass: udh ? EsmClass.udhi : 0,
      protocolId: 0,
      priority: 0,
      scheduleDelivery: '',
      validityPeriod: envelope.validityPeriod,
      registeredDelivery: this.#settings.registeredDelivery,
      replaceIfPresent: 0,
      dataCoding: coding,
      defaultMessageId: 0,
      shortMessage: inPayload ? EMPTY : octets,
      tlvs,
    };
  }

  #ensure(octets: number): void {
    if (this.#scratch.length < octets) this.#scratch = Buffer.allocUnsafeSlow(octets);
  }
}

function sarTlvs(reference: number, total: number, part: number): readonly Tlv[] {
  return [
    shortTlv(TlvTag.sarMsgRefNum, reference),
    octetTlv(TlvTag.sarTotalSegments, total),
    octetTlv(TlvTag.sarSegmentSeqnum, part),
  ];
}
