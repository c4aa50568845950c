import type { FieldReader } from './pdu-fields.ts';
import { Status } from './statuses.ts';

/** Optional parameter: tag, length, value (SMPP 3.4 §5.3). Values stay octets; readers below give them their type. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tags that are read or written here (SMPP 3.4 §5.3.2). All others are carried along unread. */
export const TlvTag = {
  receiptedMessageId: 0x001e,
  scInterfaceVersion: 0x0210,
  sarMsgRefNum: 0x020c,
  sarTotalSegments: 0x020e,
  sarSegmentSeqnum: 0x020f,
  networkErrorCode: 0x0423,
  messagePayload: 0x0424,
  messageState: 0x0427,
} as const;

/** A PDU of the largest size could hold 16,000 empty parameters; real ones have under ten. */
export const MAX_TLVS = 64;

export const NO_TLVS: readonly Tlv[] = [];

/** Reads optional parameters up to the end of the PDU. A length beyond it makes the PDU faulty (ESME_RINVOPTPARSTREAM). */
export function readTlvs(reader: FieldReader): readonly Tlv[] {
  if (reader.remaining === 0) return NO_TLVS;
  const tlvs: Tlv[] = [];
  while (reader.remaining > 0) {
    if (reader.remaining < 4 || tlvs.length === MAX_TLVS) {
      reader.fail(Status.invalidOptionalStream);
      return NO_TLVS;
    }
    const tag = reader.buffer.readUInt16BE(reader.at);
    const length = reader.buffer.readUInt16BE(reader.at + 2);
    reader.at += 4;
    if (length > reader.remaining) {
      reader.fail(Status.invalidOptionalStream);
      return NO_TLVS;
    }
    tlvs.push({ tag, value: reader.octets(length) });
  }
  return tlvs;
}

export function tlvsSize(tlvs: readonly Tlv[]): number {
  let size = 0;
  for (const tlv of tlvs) size += 4 + tlv.value.length;
  return size;
}

export function writeTlvs(buffer: Buffer, at: number, tlvs: readonly Tlv[]): number {
  let offset = at;
  for (const { tag, value } of tlvs) {
    if (value.length > 0xffff) throw new RangeError(`TLV value of ${value.length} octets`);
    buffer.writeUInt16BE(tag, offset);
    buffer.writeUInt16BE(value.length, offset + 2);
    buffer.set(value, offset + 4);
    offset += 4 + value.length;
  }
  return offset;
}

export function findTlv(tlvs: readonly Tlv[], tag: number): Uint8Array | undefined {
  for (const tlv of tlvs) if (tlv.tag === tag) return tlv.value;
  return undefined;
}

/** Big-endian integer of 1 to 4 octets; undefined when absent or of another length. */
export function tlvInteger(tlvs: readonly Tlv[], tag: number): number | undefined {
  const value = findTlv(tlvs, tag);
  if (value === undefined || value.length === 0 || value.length > 4) return undefined;
  let number = 0;
  for (const octet of value) number = number * 256 + octet;
  return number;
}

/** C-octet string parameter, with or without its NUL. */
export function tlvText(tlvs: readonly Tlv[], tag: number): string | undefined {
  const value = findTlv(tlvs, tag);
  if (value === undefined) return undefined;
  const nul = value.indexOf(0);
  return Buffer.from(value.buffer, value.byteOffset, nul === -1 ? value.length : nul).toString('latin1');
}

export function octetTlv(tag: number, value: number): Tlv {
  return { tag, value: Uint8Array.of(value & 0xff) };
}

export function shortTlv(tag: number, value: number): Tlv {
  return { tag, value: Uint8Array.of((value >> 8) & 0xff, value & 0xff) };
}
