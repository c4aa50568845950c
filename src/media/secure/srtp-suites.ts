/** What a crypto-suite of SRTP consists of: AES in counter mode with HMAC-SHA1 (RFC 3711 §8.2, RFC 4568 §6.2, RFC 6188 §2). */

export type SrtpSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32';

interface SuiteSizes {
  readonly keyBytes: 16 | 32;
  /** Of the authentication tag behind each RTP packet. */
  readonly tagBytes: 10 | 4;
}

export const srtpSuites: Readonly<Record<SrtpSuite, SuiteSizes>> = {
  AES_CM_128_HMAC_SHA1_80: { keyBytes: 16, tagBytes: 10 },
  AES_CM_128_HMAC_SHA1_32: { keyBytes: 16, tagBytes: 4 },
  AES_256_CM_HMAC_SHA1_80: { keyBytes: 32, tagBytes: 10 },
  AES_256_CM_HMAC_SHA1_32: { keyBytes: 32, tagBytes: 4 },
};

/** Of the master key and of each session key. */
export const SALT_BYTES = 14;
/** RTCP has the long tag in every suite (RFC 4568 §6.2.2). */
export const RTCP_TAG_BYTES = 10;
/** Octets of RTCP that stay in clear: the first header with the sender's SSRC (RFC 3711 §3.4). */
export const RTCP_CLEAR_BYTES = 8;
/** Behind RTCP: whether it is encrypted, and its index of 31 bits. */
export const RTCP_INDEX_BYTES = 4;

/** Both directions of an encrypted stream, as SDP has agreed on them (RFC 4568). */
export interface SrtpParameters {
  readonly suite: SrtpSuite;
  /** Master key and salt, base64: of what this side sends, and of what the peer sends. */
  readonly ownKey: string;
  readonly peerKey: string;
  /** Octets of the master key identifier in each of the peer's packets; 0 = it has none. */
  readonly peerMkiBytes: number;
}
