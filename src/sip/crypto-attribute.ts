import { attributesOf, type SdpMedia } from './sdp.ts';

/** `a=crypto` (RFC 4568): the key that a side encrypts what it sends with. */

/** Suites of our offers, the ones wanted most first: every peer has the first. Each makes the INVITE 90 octets longer. */
export const OFFERED_SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_256_CM_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;
/** Suites spoken here. */
export const CRYPTO_SUITES = [...OFFERED_SUITES, 'AES_256_CM_HMAC_SHA1_32'] as const;
export type CryptoSuite = (typeof CRYPTO_SUITES)[number];

export interface CryptoLine {
  /** Ties the answer to a line of the offer. */
  readonly tag: number;
  readonly suite: CryptoSuite;
  /** Master key and salt, one behind the other, base64. */
  readonly key: string;
  /** Octets of the master key identifier that packets of this key carry; 0 = none. */
  readonly mkiBytes: number;
}

/** Octets of master key and salt (RFC 4568 §6.2, RFC 6188 §4). */
export const MASTER_BYTES: Readonly<Record<CryptoSuite, number>> = {
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_256_CM_HMAC_SHA1_80: 46,
  AES_CM_128_HMAC_SHA1_32: 30,
  AES_256_CM_HMAC_SHA1_32: 46,
};

/** Tag, suite, key and session parameters (RFC 4568 §9.1). */
const LINE = /^(0|[1-9][0-9]{0,8}) +([A-Za-z0-9_]+) +([^ ]+)((?: +[^ ]+)*) *$/;
/** One key, perhaps with its lifetime in packets, and the value and length of its identifier (RFC 4568 §6.1). */
const INLINE = /^inline:([A-Za-z0-9+/]+={0,2})(?:\|(?:2\^([0-9]{1,2})|([0-9]{1,15})))?(?:\|([0-9]{1,19}):([0-9]{1,3}))?$/i;
/** The longest identifier (RFC 4568 §6.1). */
const MAX_MKI_BYTES = 128;
/** A key has to last for a call of five hours at 50 packets a second: who wants less has another idea of what a key is for. */
const LEAST_LIFETIME_BITS = 20;
const MAX_LIFETIME_BITS = 48;
/** How many packets may be lost in a row is the receiver's own business (RFC 4568 §6.3). */
const WINDOW_HINT = /^WSH=[0-9]{1,5}$/i;

/** What the line says; undefined where it is malformed, or wants what is not done here. Then it counts as absent (RFC 4568 §7.1.2). */
export function parseCryptoLine(value: string): CryptoLine | undefined {
  const [, tag = '', suiteName = '', keyParameters = '', parameters = ''] = LINE.exec(value.trim()) ?? [];
  const suite = CRYPTO_SUITES.find((known) => known === suiteName.toUpperCase());
  const inline = INLINE.exec(keyParameters);
  if (suite === undefined || inline === null) return undefined;
  const [, key = '', bits, packets, mki, mkiLength] = inline;
  const mkiBytes = Number(mkiLength ?? 0);
  if (Buffer.from(key, 'base64').length !== MASTER_BYTES[suite]) return undefined;
  if (!lastsLongEnough(bits, packets) || mkiBytes > MAX_MKI_BYTES || (mki !== undefined && mkiBytes === 0)) return undefined;
  // Those that begin with a dash need not be understood (RFC 4568 §6.3); of the others each changes what a packet looks like.
  const isPlain = parameters.split(' ').every((word) => word === '' || word.startsWith('-') || WINDOW_HINT.test(word));
  return isPlain ? { tag: Number(tag), suite, key, mkiBytes } : undefined;
}

function lastsLongEnough(bits: string | undefined, packets: string | undefined): boolean {
  if (packets !== undefined) return Number(packets) >= 2 ** LEAST_LIFETIME_BITS;
  return bits === undefined || (Number(bits) >= LEAST_LIFETIME_BITS && Number(bits) <= MAX_LIFETIME_BITS);
}

/** Ours have neither lifetime nor identifier: the key lasts as long as the suite allows. */
export const cryptoAttribute = ({ tag, suite, key }: CryptoLine) => ({ name: 'crypto', value: `${tag} ${suite} inline:${key}` });

/** The lines of a section that can be used, in its order. */
export const cryptoLinesOf = (media: SdpMedia): readonly CryptoLine[] =>
  attributesOf(media, 'crypto').flatMap((value) => parseCryptoLine(value) ?? []);
