import { MAX_RTP_BYTES, RTP_HEADER_BYTES, readUint32, writeUint32 } from '../rtp/rtp-packet.ts';
import { type Protection, protectionOf } from './session-keys.ts';
import { RTCP_CLEAR_BYTES, RTCP_INDEX_BYTES, RTCP_TAG_BYTES, type SrtpSuite, srtpSuites } from './srtp-suites.ts';

/** The first bit of the index of RTCP. */
const ENCRYPTED = 0x8000_0000;
const LONGEST_TAG_BYTES = 10;

/** Encrypts and signs the packets of one stream (RFC 3711 §3.3, §3.4). Those of RTP lie in a buffer that is made once. */
export class SrtpSender {
  readonly #tagBytes: number;
  readonly #rtp: Protection;
  readonly #rtcp: Protection;
  readonly #buffer = Buffer.alloc(MAX_RTP_BYTES + LONGEST_TAG_BYTES);
  /** The packet before: one of the same length lies in the same octets. */
  #packet = this.#buffer.subarray(0, 0);
  #rollovers = 0;
  #lastSequence = -1;
  #rtcpIndex = 0;

  /** @param master key and salt, one behind the other, as long as the suite wants them */
  constructor(suite: SrtpSuite, master: Uint8Array) {
    this.#tagBytes = srtpSuites[suite].tagBytes;
    this.#rtp = protectionOf(master, 'rtp');
    this.#rtcp = protectionOf(master, 'rtcp');
  }

  /** An RTP packet with a header of twelve octets, each with the sequence number that follows. What is returned holds until the next call. */
  protectRtp(packet: Uint8Array): Buffer {
    const sequence = ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
    if (sequence < this.#lastSequence) this.#rollovers++;
    this.#lastSequence = sequence;
    const { length } = packet;
    const { stream, hmac } = this.#rtp;
    if (this.#packet.length !== length + this.#tagBytes) this.#packet = this.#buffer.subarray(0, length + this.#tagBytes);
    const out = this.#packet;
    out.set(packet);
    stream.apply(out, RTP_HEADER_BYTES, length, readUint32(packet, 8), this.#rollovers, sequence);
    hmac.sign(out, length, this.#rollovers);
    hmac.digest.copy(out, length, 0, this.#tagBytes);
    return out;
  }

  /** A compound RTCP packet, in a buffer of its own: reports are rare. */
  protectRtcp(packet: Uint8Array): Buffer {
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) % ENCRYPTED;
    const { length } = packet;
    const { stream, hmac } = this.#rtcp;
    const out = Buffer.alloc(length + RTCP_INDEX_BYTES + RTCP_TAG_BYTES);
    out.set(packet);
    stream.apply(out, RTCP_CLEAR_BYTES, length, readUint32(packet, 4), index >>> 16, index & 0xffff);
    writeUint32(out, length, ENCRYPTED | index);
    hmac.sign(out, length + RTCP_INDEX_BYTES, undefined);
    hmac.digest.copy(out, length + RTCP_INDEX_BYTES, 0, RTCP_TAG_BYTES);
    return out;
  }
}
