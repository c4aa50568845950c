import { type FieldReader, fieldLimits, writeCString } from './pdu-fields.ts';
import { Status } from './statuses.ts';
import { findTlv, NO_TLVS, readTlvs, type Tlv, TlvTag, tlvsSize, writeTlvs } from './tlv.ts';

/** Body of submit_sm and deliver_sm, which have the same layout (SMPP 3.4 §4.4.1, §4.6.1). */
export interface ShortMessage {
  readonly serviceType: string;
  readonly sourceTon: number;
  readonly sourceNpi: number;
  readonly source: string;
  readonly destTon: number;
  readonly destNpi: number;
  readonly dest: string;
  readonly esmClass: number;
  readonly protocolId: number;
  readonly priority: number;
  readonly scheduleDelivery: string;
  readonly validityPeriod: string;
  readonly registeredDelivery: number;
  readonly replaceIfPresent: number;
  readonly dataCoding: number;
  readonly defaultMessageId: number;
  /** At most 254 octets; a decoded one is a view into the receive buffer. */
  readonly shortMessage: Uint8Array;
  readonly tlvs: readonly Tlv[];
}

/** Body of data_sm (§4.7.1): the text is in the message_payload parameter. */
export interface DataMessage {
  readonly serviceType: string;
  readonly sourceTon: number;
  readonly sourceNpi: number;
  readonly source: string;
  readonly destTon: number;
  readonly destNpi: number;
  readonly dest: string;
  readonly esmClass: number;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  readonly tlvs: readonly Tlv[];
}

/** Body of submit_sm_resp, deliver_sm_resp (message id unused, empty) and data_sm_resp. */
export interface MessageResponse {
  readonly messageId: string;
  readonly tlvs: readonly Tlv[];
}

/** Body of alert_notification (§4.12.1): a handset became reachable. */
export interface AlertNotification {
  readonly sourceTon: number;
  readonly sourceNpi: number;
  readonly source: string;
  readonly esmeTon: number;
  readonly esmeNpi: number;
  readonly esme: string;
  readonly tlvs: readonly Tlv[];
}

/** sm_length is one octet, 255 is reserved (§5.2.21). */
export const MAX_SHORT_MESSAGE = 254;
/** data_sm and alert_notification allow addresses of 65 octets with their NUL. */
const LONG_ADDRESS = 64;
const MESSAGE_ID_TOLERATED = 255;

/** esm_class bits (§5.2.12). */
export const EsmClass = {
  typeMask: 0x3c,
  receipt: 0x04,
  deliveryAcknowledgement: 0x08,
  intermediateNotification: 0x20,
  udhi: 0x40,
} as const;

export function readShortMessage(reader: FieldReader): ShortMessage {
  const serviceType = reader.cString(fieldLimits.serviceType + 1);
  const sourceTon = reader.u8();
  const sourceNpi = reader.u8();
  const source = reader.cString(fieldLimits.address + 1);
  const destTon = reader.u8();
  const destNpi = reader.u8();
  const dest = reader.cString(fieldLimits.address + 1);
  const esmClass = reader.u8();
  const protocolId = reader.u8();
  const priority = reader.u8();
  const scheduleDelivery = reader.cString(fieldLimits.time + 1);
  const validityPeriod = reader.cString(fieldLimits.time + 1);
  const registeredDelivery = reader.u8();
  const replaceIfPresent = reader.u8();
  const dataCoding = reader.u8();
  const defaultMessageId = reader.u8();
  const shortMessage = reader.octets(reader.u8());
  return {
    serviceType,
    sourceTon,
    sourceNpi,
    source,
    destTon,
    destNpi,
    dest,
    esmClass,
    protocolId,
    priority,
    scheduleDelivery,
    validityPeriod,
    registeredDelivery,
    replaceIfPresent,
    dataCoding,
    defaultMessageId,
    shortMessage,
    tlvs: readTlvs(reader),
  };
}

export function shortMessageSize(body: ShortMessage): number {
  return (
    body.serviceType.length +
    body.source.length +
    body.dest.length +
    body.scheduleDelivery.length +
    body.validityPeriod.length +
    17 +
    body.shortMessage.length +
    tlvsSize(body.tlvs)
  );
}

export function writeShortMessage(buffer: Buffer, at: number, body: ShortMessage): number {
  let offset = writeCString(buffer, at, body.serviceType, fieldLimits.serviceType);
  buffer[offset++] = body.sourceTon;
  buffer[offset++] = body.sourceNpi;
  offset = writeCString(buffer, offset, body.source, fieldLimits.address);
  buffer[offset++] = body.destTon;
  buffer[offset++] = body.destNpi;
  offset = writeCString(buffer, offset, body.dest, fieldLimits.address);
  buffer[offset++] = body.esmClass;
  buffer[offset++] = body.protocolId;
  buffer[offset++] = body.priority;
  offset = writeCString(buffer, offset, body.scheduleDelivery, fieldLimits.time);
  offset = writeCString(buffer, offset, body.validityPeriod, fieldLimits.time);
  buffer[offset++] = body.registeredDelivery;
  buffer[offset++] = body.replaceIfPresent;
  buffer[offset++] = body.dataCoding;
  buffer[offset++] = body.defaultMessageId;
  const length = body.shortMessage.length;
  if (length > MAX_SHORT_MESSAGE) throw new RangeError(`short_message of ${length} octets`);
  buffer[offset++] = length;
  buffer.set(body.shortMessage, offset);
  return writeTlvs(buffer, offset + length, body.tlvs);
}

export function readDataMessage(reader: FieldReader): DataMessage {
  return {
    serviceType: reader.cString(fieldLimits.serviceType + 1),
    sourceTon: reader.u8(),
    sourceNpi: reader.u8(),
    source: reader.cString(LONG_ADDRESS + 1),
    destTon: reader.u8(),
    destNpi: reader.u8(),
    dest: reader.cString(LONG_ADDRESS + 1),
    esmClass: reader.u8(),
    registeredDelivery: reader.u8(),
    dataCoding: reader.u8(),
    tlvs: readTlvs(reader),
  };
}

export function dataMessageSize(body: DataMessage): number {
  return body.serviceType.length + body.source.length + body.dest.length + 10 + tlvsSize(body.tlvs);
}

export function writeDataMessage(buffer: Buffer, at: number, body: DataMessage): number {
  let offset = writeCString(buffer, at, body.serviceType, fieldLimits.serviceType);
  buffer[offset++] = body.sourceTon;
  buffer[offset++] = body.sourceNpi;
  offset = writeCString(buffer, offset, body.source, LONG_ADDRESS);
  buffer[offset++] = body.destTon;
  buffer[offset++] = body.destNpi;
  offset = writeCString(buffer, offset, body.dest, LONG_ADDRESS);
  buffer[offset++] = body.esmClass;
  buffer[offset++] = body.registeredDelivery;
  buffer[offset++] = body.dataCoding;
  return writeTlvs(buffer, offset, body.tlvs);
}

/**
 * The body may be absent when the status is an error (§4.4.2). Ids longer than the specification's 64 are read too, and faulty
 * optional parameters are dropped: a message the SMSC has taken must not lose its id over them.
 */
export function readMessageResponse(reader: FieldReader): MessageResponse {
  const messageId = reader.cString(MESSAGE_ID_TOLERATED + 1);
  if (reader.fault !== Status.ok) return { messageId, tlvs: NO_TLVS };
  const tlvs = readTlvs(reader);
  reader.fault = Status.ok;
  return { messageId, tlvs };
}

export function messageResponseSize(body: MessageResponse): number {
  return body.messageId.length + 1 + tlvsSize(body.tlvs);
}

export function writeMessageResponse(buffer: Buffer, at: number, body: MessageResponse): number {
  return writeTlvs(buffer, writeCString(buffer, at, body.messageId, fieldLimits.messageId), body.tlvs);
}

export function readAlertNotification(reader: FieldReader): AlertNotification {
  return {
    sourceTon: reader.u8(),
    sourceNpi: reader.u8(),
    source: reader.cString(LONG_ADDRESS + 1),
    esmeTon: reader.u8(),
    esmeNpi: reader.u8(),
    esme: reader.cString(LONG_ADDRESS + 1),
    tlvs: readTlvs(reader),
  };
}

export function alertNotificationSize(body: AlertNotification): number {
  return body.source.length + body.esme.length + 6 + tlvsSize(body.tlvs);
}

export function writeAlertNotification(buffer: Buffer, at: number, body: AlertNotification): number {
  let offset = at;
  buffer[offset++] = body.sourceTon;
  buffer[offset++] = body.sourceNpi;
  offset = writeCString(buffer, offset, body.source, LONG_ADDRESS);
  buffer[offset++] = body.esmeTon;
  buffer[offset++] = body.esmeNpi;
  offset = writeCString(buffer, offset, body.esme, LONG_ADDRESS);
  return writeTlvs(buffer, offset, body.tlvs);
}

/** The text octets of a message: short_message, or the message_payload parameter where that is used (§5.3.2.32). */
export function messageOctets(body: { readonly tlvs: readonly Tlv[]; readonly shortMessage?: Uint8Array }): Uint8Array {
  if (body.shortMessage !== undefined && body.shortMessage.length > 0) return body.shortMessage;
  return findTlv(body.tlvs, TlvTag.messagePayload) ?? new Uint8Array(0);
}
