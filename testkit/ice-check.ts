import { createHmac, randomBytes } from 'node:crypto';

/** A connectivity check (RFC 8445 §7.1) of somebody who knows the password. */
export function iceCheck(fragment: string, password: string, nominates = true): Buffer {
  const attribute = (type: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const body = Buffer.concat([
    attribute(0x0006, Buffer.from(`${fragment}:peer`)),
    ...(nominates ? [attribute(0x0025, Buffer.alloc(0))] : []),
  ]);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt16BE(body.length + 24, 2);
  header.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(header, 8);
  const signature = createHmac('sha1', password).update(header).update(body).digest();
  return Buffer.concat([header, body, attribute(0x0008, signature)]);
}
