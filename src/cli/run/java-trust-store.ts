import { createHash } from 'node:crypto';

/**
 * A trust store of Java in the format JKS, which every release reads: version 2, entries of trusted certificates, and at the end a
 * SHA-1 over the password, a fixed text and everything before. As java.security's JavaKeyStore writes it.
 */
export const TRUST_STORE_TYPE = 'JKS';
/** Guards nothing: the store holds what everybody may read. Java wants one. */
export const TRUST_STORE_PASSWORD = 'changeit';

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
const WHITENER = 'Mighty Aphrodite';

/** @param certificates DER. @param now Unix milliseconds. */
export function javaTrustStore(certificates: readonly Uint8Array[], now: number): Buffer {
  const body = Buffer.concat([
    uint32(MAGIC),
    uint32(VERSION),
    uint32(certificates.length),
    ...certificates.flatMap((certificate, index) => [
      uint32(TRUSTED_CERTIFICATE),
      text(`ca-${index}`),
      uint64(now),
      text('X.509'),
      uint32(certificate.length),
      certificate,
    ]),
  ]);
  const password = Buffer.from(TRUST_STORE_PASSWORD, 'utf16le').swap16();
  return Buffer.concat([body, createHash('sha1').update(password).update(WHITENER).update(body).digest()]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Length in two bytes, then the characters, all of them ASCII here. */
function text(value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([length, Buffer.from(value, 'latin1')]);
}
