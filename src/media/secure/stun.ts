import { createHmac, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';

/** STUN (RFC 8489) as far as the connectivity checks of ICE need it: binding requests read, success responses written. */

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const XOR_MAPPED_ADDRESS = 0x0020;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
/** RFC 8489 §14.7. */
const FINGERPRINT_XOR = 0x5354554e;
const INTEGRITY_BYTES = 20;
/** Checks of browsers have some 100; anything longer is none. */
const MAX_REQUEST_BYTES = 548;
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;

/** A connectivity check. */
export interface BindingRequest {
  readonly transactionId: Buffer;
  /** `own fragment:peer's fragment` (RFC 8445 §7.2.2). */
  readonly username: string;
  /** The peer has chosen this pair (RFC 8445 §7.1.2). */
  readonly useCandidate: boolean;
  /** Octets before the integrity attribute, and its value: `isGenuine` checks them. */
  readonly signed: Buffer;
  readonly integrity: Buffer;
}

/** Reads a binding request; undefined if the datagram is none or lacks what a check must have. */
export function readBindingRequest(packet: Buffer): BindingRequest | undefined {
  const { length } = packet;
  if (length < HEADER_BYTES || length > MAX_REQUEST_BYTES || packet.readUInt16BE(0) !== BINDING_REQUEST) return undefined;
  if (packet.readUInt32BE(4) !== MAGIC_COOKIE || packet.readUInt16BE(2) !== length - HEADER_BYTES) return undefined;
  let username: string | undefined;
  let useCandidate = false;
  for (let at = HEADER_BYTES; at + 4 <= length; ) {
    const type = packet.readUInt16BE(at);
    const size = packet.readUInt16BE(at + 2);
    const start = at + 4;
    if (start + size > length) return undefined;
    if (type === USERNAME) username = packet.toString('utf8', start, start + size);
    else if (type === USE_CANDIDATE) useCandidate = true;
    else if (type === MESSAGE_INTEGRITY) {
      if (size !== INTEGRITY_BYTES || username === undefined) return undefined;
      // The length that is signed ends with the integrity attribute (RFC 8489 §14.5).
      const signed = Buffer.from(packet.subarray(0, at));
      signed.writeUInt16BE(start + size - HEADER_BYTES, 2);
      const integrity = packet.subarray(start, start + size);
      return { transactionId: packet.subarray(8, HEADER_BYTES), username, useCandidate, signed, integrity };
    }
    at = start + Math.ceil(size / 4) * 4;
  }
  return undefined;
}

/** Whether the request was made by somebody who knows the password. */
export function isGenuine({ signed, integrity }: BindingRequest, password: string): boolean {
  return timingSafeEqual(createHmac('sha1', password).update(signed).digest(), integrity);
}

/** The success response to a check that came from this address. */
export function bindingResponse(transactionId: Buffer, from: { address: string; port: number }, password: string): Buffer {
  const address = addressOctets(from.address);
  const mapped = Buffer.alloc(4 + 4 + address.length);
  mapped.writeUInt16BE(XOR_MAPPED_ADDRESS, 0);
  mapped.writeUInt16BE(4 + address.length, 2);
  mapped[5] = address.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
  mapped.writeUInt16BE(from.port ^ (MAGIC_COOKIE >>> 16), 6);
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE, 0);
  transactionId.copy(mask, 4);
  address.forEach((octet, index) => {
    mapped[8 + index] = octet ^ (mask[index] ?? 0);
  });
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(BINDING_SUCCESS, 0);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(header, 8);
  header.writeUInt16BE(mapped.length + 4 + INTEGRITY_BYTES, 2);
  const integrity = attribute(MESSAGE_INTEGRITY, createHmac('sha1', password).update(header).update(mapped).digest());
  header.writeUInt16BE(mapped.length + integrity.length + 8, 2);
  const check = Buffer.alloc(4);
  const body = Buffer.concat([header, mapped, integrity]);
  check.writeUInt32BE((crc32(body) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([body, attribute(FINGERPRINT, check)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value]);
}

function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // `::` stands for as many groups of zeros as are missing.
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = (text: string | undefined) => (text === undefined || text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = groups(tail);
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const octets = Buffer.alloc(16);
  [...before, ...zeros, ...after].slice(0, 8).forEach((group, index) => {
    octets.writeUInt16BE(Number.parseInt(group, 16) & 0xffff, index * 2);
  });
  return octets;
}
