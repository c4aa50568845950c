import { type FieldReader, fieldLimits, PASSWORD_TOLERATED, writeCString } from './pdu-fields.ts';
import { readTlvs, type Tlv, tlvsSize, writeTlvs } from './tlv.ts';

/** Body of bind_transmitter, bind_receiver and bind_transceiver (SMPP 3.4 §4.1). */
export interface Bind {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly interfaceVersion: number;
  readonly addressTon: number;
  readonly addressNpi: number;
  readonly addressRange: string;
}

/** Body of their answers; `tlvs` may hold sc_interface_version. */
export interface BindResponse {
  readonly systemId: string;
  readonly tlvs: readonly Tlv[];
}

/** Body of outbind (§4.1.7): an SMSC asks to be bound to. */
export interface Outbind {
  readonly systemId: string;
  readonly password: string;
}

export const SMPP_3_4 = 0x34;

export function readBind(reader: FieldReader): Bind {
  return {
    systemId: reader.cString(fieldLimits.systemId + 1),
    password: reader.cString(PASSWORD_TOLERATED + 1),
    systemType: reader.cString(fieldLimits.systemType + 1),
    interfaceVersion: reader.u8(),
    addressTon: reader.u8(),
    addressNpi: reader.u8(),
    addressRange: reader.cString(fieldLimits.addressRange + 1),
  };
}

export function bindSize(body: Bind): number {
  return body.systemId.length + body.password.length + body.systemType.length + body.addressRange.length + 7;
}

export function writeBind(buffer: Buffer, at: number, body: Bind): number {
  let offset = writeCString(buffer, at, body.systemId, fieldLimits.systemId);
  offset = writeCString(buffer, offset, body.password, PASSWORD_TOLERATED);
  offset = writeCString(buffer, offset, body.systemType, fieldLimits.systemType);
  buffer[offset++] = body.interfaceVersion;
  buffer[offset++] = body.addressTon;
  buffer[offset++] = body.addressNpi;
  return writeCString(buffer, offset, body.addressRange, fieldLimits.addressRange);
}

/** The body is absent when the bind was refused. */
export function readBindResponse(reader: FieldReader): BindResponse {
  return { systemId: reader.cString(fieldLimits.systemId + 1), tlvs: readTlvs(reader) };
}

export function bindResponseSize(body: BindResponse): number {
  return body.systemId.length + 1 + tlvsSize(body.tlvs);
}

export function writeBindResponse(buffer: Buffer, at: number, body: BindResponse): number {
  return writeTlvs(buffer, writeCString(buffer, at, body.systemId, fieldLimits.systemId), body.tlvs);
}

export function readOutbind(reader: FieldReader): Outbind {
  return { systemId: reader.cString(fieldLimits.systemId + 1), password: reader.cString(PASSWORD_TOLERATED + 1) };
}

export function outbindSize(body: Outbind): number {
  return body.systemId.length + body.password.length + 2;
}

export function writeOutbind(buffer: Buffer, at: number, body: Outbind): number {
  return writeCString(buffer, writeCString(buffer, at, body.systemId, fieldLimits.systemId), body.password, PASSWORD_TOLERATED);
}
