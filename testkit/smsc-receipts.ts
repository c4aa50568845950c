import { EsmClass, type ShortMessage } from '../src/carriers/smpp/message-pdu.ts';
import { type Tlv, TlvTag } from '../src/carriers/smpp/tlv.ts';

/** A receipt for the SMSC to send. */
export interface SmscReceipt {
  /** As the text or parameter is to have it, whatever the submit response said. */
  readonly messageId: string;
  /** In the words of Appendix B; default DELIVRD. */
  readonly state?: string;
  readonly err?: string;
  /** network_error_code: type and code. */
  readonly network?: readonly [number, number];
  /** Default `text`. */
  readonly form?: 'text' | 'tlv' | 'both';
  /** Default 0x04. */
  readonly esmClass?: number;
  /** In place of the whole Appendix B text. */
  readonly text?: string;
  readonly source?: string;
  readonly dest?: string;
}

const stateNumbers: Readonly<Record<string, number>> = {
  ENROUTE: 1,
  DELIVRD: 2,
  EXPIRED: 3,
  DELETED: 4,
  UNDELIV: 5,
  ACCEPTD: 6,
  UNKNOWN: 7,
  REJECTD: 8,
};

/** The text of SMPP 3.4 Appendix B. */
export function receiptText(messageId: string, state = 'DELIVRD', err = '000'): string {
  return `id:${messageId} sub:001 dlvrd:001 submit date:2601120914 done date:2601120915 stat:${state} err:${err} text:`;
}

/** A deliver_sm body with everything empty but what is given. */
export function deliverBody(given: Partial<ShortMessage>): ShortMessage {
  return {
    serviceType: '',
    sourceTon: 1,
    sourceNpi: 1,
    source: '',
    destTon: 1,
    destNpi: 1,
    dest: '',
    esmClass: 0,
    protocolId: 0,
    priority: 0,
    scheduleDelivery: '',
    validityPeriod: '',
    registeredDelivery: 0,
    replaceIfPresent: 0,
    dataCoding: 0,
    defaultMessageId: 0,
    shortMessage: new Uint8Array(0),
    tlvs: [],
    ...given,
  };
}

/** A C-octet string parameter. */
export function textTlv(tag: number, text: string): Tlv {
  return { tag, value: Buffer.from(`${text}\0`, 'latin1') };
}

export function receiptBody(receipt: SmscReceipt): ShortMessage {
  const { messageId, state = 'DELIVRD', err, network, form = 'text' } = receipt;
  const tlvs: Tlv[] = [];
  if (form !== 'text') {
    tlvs.push(textTlv(TlvTag.receiptedMessageId, messageId));
    tlvs.push({ tag: TlvTag.messageState, value: Uint8Array.of(stateNumbers[state] ?? 7) });
  }
  if (network !== undefined) {
    tlvs.push({ tag: TlvTag.networkErrorCode, value: Uint8Array.of(network[0], network[1] >> 8, network[1] & 0xff) });
  }
  const text = receipt.text ?? (form === 'tlv' ? '' : receiptText(messageId, state, err));
  return deliverBody({
    source: receipt.source ?? '14155550123',
    dest: receipt.dest ?? '14155550100',
    esmClass: receipt.esmClass ?? EsmClass.receipt,
    shortMessage: Buffer.from(text, 'latin1'),
    tlvs,
  });
}
