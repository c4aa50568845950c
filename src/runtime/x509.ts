import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';

/** X.509 certificates (RFC 5280), signed by ECDSA with SHA-256. Only writes; what is read is read by TLS itself. */

/** DER (X.690): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;
/** Context-specific: [n] around something, or instead of its tag. */
const around = (n: number) => 0xa0 + n;
const instead = (n: number) => 0x80 + n;

const sequence = (...content: readonly Uint8Array[]) => der(TAG.sequence, ...content);
const oid = (...bytes: readonly number[]) => der(TAG.oid, Uint8Array.from(bytes));
const TRUE = der(TAG.boolean, Uint8Array.of(0xff));

const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const SERVER_AUTH = oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
const DAY_MS = 86_400_000;

/** Two digits of the year: from 1950 to 2049. */
const utcTime = (at: number) =>
  der(TAG.utcTime, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
const name = (commonName: string) => sequence(der(TAG.set, sequence(COMMON_NAME, der(TAG.utf8, Buffer.from(commonName)))));
/** id-ce is 2.5.29. */
const extension = (idCe: number, critical: boolean, value: Uint8Array) =>
  sequence(oid(0x55, 0x1d, idCe), ...(critical ? [TRUE] : []), der(TAG.octets, value));

/** §4.2.1.2, method 1 on the whole key: any value that is the same on both sides will do. */
export const keyIdentifier = (publicKey: KeyObject): Buffer =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

/** Extensions (§4.2.1), ready for `writeCertificate`. */
export const extensions = {
  authorityKeyIdentifier: (id: Uint8Array) => extension(35, false, sequence(der(instead(0), id))),
  subjectKeyIdentifier: (id: Uint8Array) => extension(14, false, der(TAG.octets, id)),
  subjectAltNames: (dnsNames: readonly string[]) =>
    extension(17, false, sequence(...dnsNames.map((dns) => der(instead(2), Buffer.from(dns))))),
  /** An authority that signs leaves only. */
  authority: () => extension(19, true, sequence(TRUE, der(TAG.integer, Uint8Array.of(0)))),
  leaf: () => extension(19, true, sequence()),
  /** keyCertSign and cRLSign; of the leaf digitalSignature. */
  keyUsage: (of: 'authority' | 'leaf') =>
    extension(15, true, der(TAG.bits, of === 'authority' ? Uint8Array.of(1, 0x06) : Uint8Array.of(7, 0x80))),
  serverAuthentication: () => extension(37, false, sequence(SERVER_AUTH)),
  /** Nothing but this name and those below it can be certified by the authority. */
  permittedDomain: (domain: string) =>
    extension(30, true, sequence(der(around(0), sequence(der(instead(2), Buffer.from(domain)))))),
} as const;

export interface CertificateContent {
  /** Common names. */
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  /** Private key of the issuer, on a curve. */
  readonly signer: KeyObject;
  /** Unix milliseconds; valid from the day before. */
  readonly now: number;
  readonly validMs: number;
  readonly extensions: readonly Uint8Array[];
}

/** A certificate of version 3 (§4.1) with a random serial number, DER. */
export function writeCertificate(content: CertificateContent): Buffer {
  const toBeSigned = sequence(
    der(around(0), der(TAG.integer, Uint8Array.of(2))),
    der(TAG.integer, Buffer.concat([Uint8Array.of(1), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    name(content.issuer),
    sequence(utcTime(content.now - DAY_MS), utcTime(content.now + content.validMs)),
    name(content.subject),
    content.publicKey.export({ type: 'spki', format: 'der' }),
    der(around(3), sequence(...content.extensions)),
  );
  const signature = sign('sha256', toBeSigned, content.signer);
  return sequence(toBeSigned, ECDSA_WITH_SHA256, der(TAG.bits, Uint8Array.of(0), signature));
}

/** RFC 7468. */
export function certificatePem(certificate: Uint8Array): string {
  const base64 = Buffer.from(certificate)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}
