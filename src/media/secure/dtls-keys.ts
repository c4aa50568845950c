import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { DtlsServer, keyLength, ProtectionProfileAes128CmHmacSha1_80, saltLength } from 'werift';
import type { SrtpSuite } from './srtp-suites.ts';

/** Key and certificate of this side, PEM. The key is on the curve P-256. */
export interface DtlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** `a=fingerprint` of the peer: the hash of the certificate that it has to show (RFC 8122 §5). */
export interface Fingerprint {
  readonly algorithm: 'sha-256' | 'sha-384' | 'sha-512';
  /** Octets in hexadecimal, separated by colons. */
  readonly value: string;
}

/** What SRTP begins with in both directions: master key and salt, one behind the other (RFC 5764 §4.2). */
export interface SrtpKeys {
  readonly suite: SrtpSuite;
  readonly own: Buffer;
  readonly peer: Buffer;
}

/** ECDSA with SHA-256, in the numbers of TLS 1.2 (RFC 5246 §7.4.1.4.1). */
const ECDSA_WITH_SHA256 = { hash: 4, signature: 3 } as const;
const CERTIFICATE_VERIFY = 15;
/** Signature schemes that browsers' certificates lead to (RFC 8446 §4.2.3): ecdsa_secp256r1_sha256 and rsa_pkcs1_sha256. */
const VERIFIABLE: ReadonlySet<number> = new Set([0x0403, 0x0401]);
/** Content type 22 and epoch 0: part of a handshake that is not encrypted yet (RFC 6347 §4.1). */
const HANDSHAKE = 22;
const EPOCH_AT = 3;

/** The server side of the DTLS handshake that gives the keys of SRTP (RFC 5764). */
export class DtlsKeys {
  readonly #server: DtlsServer;
  readonly #socket: ReturnType<typeof transport>;
  readonly #fingerprint: Fingerprint;
  readonly #onKeys: (keys: SrtpKeys) => void;
  #isDone = false;

  /** `onKeys` is called once, when the peer has proved that it owns the certificate; never for any other peer. */
  constructor(
    identity: DtlsIdentity,
    fingerprint: Fingerprint,
    send: (packet: Buffer) => void,
    onKeys: (keys: SrtpKeys) => void,
  ) {
    this.#fingerprint = fingerprint;
    this.#onKeys = onKeys;
    this.#socket = transport(send);
    this.#server = new DtlsServer({
      transport: this.#socket,
      cert: identity.cert,
      key: identity.key,
      signatureHash: ECDSA_WITH_SHA256,
      srtpProfiles: [ProtectionProfileAes128CmHmacSha1_80],
      extendedMasterSecret: true,
      certificateRequest: true,
    });
    this.#server.onConnect.subscribe(() => this.#connected());
    // A handshake that fails gives no keys: the leg stays silent until its media timeout.
    this.#server.onError.subscribe(() => undefined);
  }

  receive(packet: Buffer): void {
    // The library would begin anew at a ClientHello that anybody can send.
    if (this.#isDone && packet[0] === HANDSHAKE && packet.readUInt16BE(EPOCH_AT) === 0) return;
    try {
      this.#socket.onData(packet);
    } catch {
      // Malformed: costs itself.
    }
  }

  close(): void {
    this.#socket.closed = true;
  }

  #connected(): void {
    if (this.#isDone || this.#socket.closed) return;
    this.#isDone = true;
    const certificate = this.#server.remoteCertificate;
    const profile = this.#server.srtp.srtpProfile;
    if (certificate === undefined || profile === undefined) return;
    if (!isCertificateOf(certificate, this.#fingerprint) || !this.#ownsKeyOf(certificate)) return;
    const keys = this.#server.extractSessionKeys(keyLength(profile), saltLength(profile));
    this.#onKeys({
      // The only profile that is offered.
      suite: 'AES_CM_128_HMAC_SHA1_80',
      own: Buffer.concat([keys.localKey, keys.localSalt]),
      peer: Buffer.concat([keys.remoteKey, keys.remoteSalt]),
    });
  }

  /**
   * The signature over the handshake (RFC 5246 §7.4.8), which the library takes without looking: without this check whoever has seen
   * the peer's certificate could pass for the peer.
   */
  #ownsKeyOf(certificate: Buffer): boolean {
    const messages = this.#server.dtls.sortedHandshakeCache;
    const at = messages.findIndex(({ msg_type }) => msg_type === CERTIFICATE_VERIFY);
    const body = messages[at]?.fragment;
    if (body === undefined || body.length < 4 || !VERIFIABLE.has(body.readUInt16BE(0))) return false;
    const signed = Buffer.concat(messages.slice(0, at).map((message) => message.serialize()));
    try {
      return verify('sha256', signed, new X509Certificate(certificate).publicKey, body.subarray(4, 4 + body.readUInt16BE(2)));
    } catch {
      return false;
    }
  }
}

/** Whether the certificate, DER, has the fingerprint. */
export function isCertificateOf(certificate: Buffer, { algorithm, value }: Fingerprint): boolean {
  const actual = createHash(algorithm.replace('-', '')).update(certificate).digest();
  const expected = Buffer.from(value.replaceAll(':', ''), 'hex');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** What the library takes for a socket. */
function transport(send: (packet: Buffer) => void) {
  const address: AddressInfo = { address: '', family: 'IPv4', port: 0 };
  return {
    type: 'udp',
    address,
    closed: false,
    onData: (_packet: Buffer): void => undefined,
    async send(packet: Buffer): Promise<void> {
      if (!this.closed) send(packet);
    },
    async close(): Promise<void> {
      this.closed = true;
    },
  };
}
