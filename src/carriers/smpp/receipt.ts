import type { CarrierReceipt } from '../carrier.ts';
import { type ErrorCodes, hex4, type NetworkError } from './error-codes.ts';
import { EsmClass } from './message-pdu.ts';
import { findTlv, type Tlv, TlvTag, tlvInteger, tlvText } from './tlv.ts';

/** A delivery receipt as read from a deliver_sm or data_sm, from its text (SMPP 3.4 Appendix B) and its parameters together. */
export interface ReadReceipt {
  /** receipted_message_id, which has the form of the submit response. */
  readonly parameterId: string | undefined;
  /** `id:` of the text, which some SMSCs write in another form. */
  readonly textId: string | undefined;
  /** In the words of Appendix B: DELIVRD, UNDELIV, ... */
  readonly state: string;
  readonly err: string | undefined;
  readonly network: NetworkError | undefined;
  /** The message type said that this is not the final state. */
  readonly intermediate: boolean;
}

/** message_state (§5.2.28; 0 and 9 are of version 5.0) in the words of Appendix B. */
const stateNames: readonly string[] = [
  'SCHEDULED',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
  'SKIPPED',
];

/** Ways in which SMSCs spell the states out. */
const stateSpellings: Readonly<Record<string, string>> = {
  DELIVERED: 'DELIVRD',
  DELIVERD: 'DELIVRD',
  UNDELIVERABLE: 'UNDELIV',
  UNDELIVERED: 'UNDELIV',
  UNDELIVRD: 'UNDELIV',
  FAILED: 'UNDELIV',
  ACCEPTED: 'ACCEPTD',
  REJECTED: 'REJECTD',
  BUFFRED: 'ENROUTE',
  BUFFERED: 'ENROUTE',
  EN_ROUTE: 'ENROUTE',
};

const INTERMEDIATE_STATES: ReadonlySet<string> = new Set(['ENROUTE', 'ACCEPTD', 'SCHEDULED']);

/** A receipt's own fields end long before this; what follows is the beginning of the message text. */
const SCANNED_CHARS = 512;

const ID = /(?:^|[\s,;])id\s*:\s*([^\s,;]*?)(?=[\s,;]|sub\s*:|dlvrd\s*:|submit|done|stat\s*:|err\s*:|$)/i;
const STATE = /stat\s*:\s*([a-z_]+?)(?=\s|[^a-z_]|err\s*:|$)/i;
const ERR = /err\s*:\s*([0-9a-z_-]+)/i;
const TEXT_FIELD = /(?:^|\s)text\s*:/i;

/** Whether the message is a receipt: by its type, or by parameters that nothing else has. */
export function isReceipt(esmClass: number, tlvs: readonly Tlv[]): boolean {
  const type = esmClass & EsmClass.typeMask;
  if (type === EsmClass.receipt || type === EsmClass.deliveryAcknowledgement || type === EsmClass.intermediateNotification)
    return true;
  return type === 0 && findTlv(tlvs, TlvTag.receiptedMessageId) !== undefined && findTlv(tlvs, TlvTag.messageState) !== undefined;
}

/** Reads whatever is there; every field may be missing. */
export function readReceipt(esmClass: number, text: string, tlvs: readonly Tlv[]): ReadReceipt {
  const scanned = text.slice(0, SCANNED_CHARS);
  const cut = scanned.search(TEXT_FIELD);
  const fields = cut === -1 ? scanned : scanned.slice(0, cut);
  const word = STATE.exec(fields)?.[1]?.toUpperCase();
  const number = tlvInteger(tlvs, TlvTag.messageState);
  const state = (number === undefined ? undefined : stateNames[number]) ?? (word === undefined ? 'UNKNOWN' : spelt(word));
  const type = esmClass & EsmClass.typeMask;
  return {
    parameterId: filled(tlvText(tlvs, TlvTag.receiptedMessageId)),
    textId: filled(ID.exec(fields)?.[1]),
    state,
    err: ERR.exec(fields)?.[1],
    network: networkError(findTlv(tlvs, TlvTag.networkErrorCode)),
    intermediate: type === EsmClass.deliveryAcknowledgement || type === EsmClass.intermediateNotification,
  };
}

/** State, code and words for the domain. */
export function judgeReceipt(receipt: ReadReceipt, codes: ErrorCodes): Pick<CarrierReceipt, 'state' | 'errorCode' | 'detail'> {
  const { state, err, network } = receipt;
  const words = [`stat:${state}`];
  if (err !== undefined) words.push(`err:${err}`);
  if (network !== undefined) words.push(`network:${network.type}:${hex4(network.code)}`);
  const detail = words.join(' ');
  if (receipt.intermediate || INTERMEDIATE_STATES.has(state)) return { state: 'intermediate', errorCode: '000', detail };
  if (state === 'DELIVRD') return { state: 'delivered', errorCode: '000', detail };
  return { state: 'undelivered', errorCode: codes.ofReceipt(state, err, network), detail };
}

function spelt(word: string): string {
  return stateSpellings[word] ?? word;
}

function filled(text: string | undefined): string | undefined {
  const bare = text?.trim();
  return bare === '' ? undefined : bare;
}

function networkError(value: Uint8Array | undefined): NetworkError | undefined {
  if (value === undefined || value.length !== 3) return undefined;
  return { type: value[0] ?? 0, code: (value[1] ?? 0) * 256 + (value[2] ?? 0) };
}
