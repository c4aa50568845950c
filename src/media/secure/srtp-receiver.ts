import { MAX_RTP_BYTES, RTP_HEADER_BYTES, readUint32 } from '../rtp/rtp-packet.ts';
import { isTag } from './hmac-sha1.ts';
import { ReplayWindow } from './replay-window.ts';
import { type Protection, protectionOf } from './session-keys.ts';
import { RTCP_CLEAR_BYTES, RTCP_INDEX_BYTES, RTCP_TAG_BYTES, type SrtpSuite, srtpSuites } from './srtp-suites.ts';

const SEQUENCES = 0x1_0000;
const HALF = 0x8000;
/**
 * A peer has one SSRC, and another one each time that it is connected with somebody else. A key that has seen so many forgets the one
 * that has been silent for longest.
 */
const MAX_STREAMS = 64;

/** What is known of one SSRC of the peer. */
class ReceivedStream {
  readonly ssrc: number;
  readonly rtp = new ReplayWindow();
  readonly rtcp = new ReplayWindow();
  /** How often its sequence numbers began anew, and the highest one since (RFC 3711 §3.3.1). */
  rollovers = 0;
  highest = -1;

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  /** The rollovers that a packet of this sequence number has most likely seen (RFC 3711 appendix A); -1 = it is from before the first. */
  rolloversOf(sequence: number): number {
    if (this.highest < 0) return 0;
    if (this.highest < HALF) return sequence - this.highest > HALF ? this.rollovers - 1 : this.rollovers;
    return this.highest - HALF > sequence ? this.rollovers + 1 : this.rollovers;
  }

  add(sequence: number, rollovers: number): void {
    this.rtp.add(rollovers * SEQUENCES + sequence);
    if (rollovers < this.rollovers || (rollovers === this.rollovers && sequence <= this.highest)) return;
    this.rollovers = rollovers;
    this.highest = sequence;
  }
}

/**
 * Checks and decrypts what a peer sends under one master key (RFC 3711 §3.3, §3.4). Nothing is kept of a packet that is not the peer's,
 * and each of its packets is taken once.
 */
export class SrtpReceiver {
  readonly #tagBytes: number;
  readonly #mkiBytes: number;
  readonly #rtp: Protection;
  readonly #rtcp: Protection;
  /** The one heard last is at the end. */
  readonly #streams: ReceivedStream[] = [];

  /** @param master key and salt, one behind the other. `mkiBytes`: of the master key identifier that stands in each packet */
  constructor(suite: SrtpSuite, master: Uint8Array, mkiBytes = 0) {
    this.#tagBytes = srtpSuites[suite].tagBytes;
    this.#mkiBytes = mkiBytes;
    this.#rtp = protectionOf(master, 'rtp');
    this.#rtcp = protectionOf(master, 'rtcp');
  }

  /**
   * The RTP packet, decrypted where it lies; undefined = not the peer's, damaged, or come before. `begunAt`: the rollovers of a stream that
   * is heard for the first time.
   */
  openRtp(packet: Buffer, begunAt = 0): Buffer | undefined {
    const end = packet.length - this.#tagBytes - this.#mkiBytes;
    if (packet.length > MAX_RTP_BYTES) return undefined;
    const payloadStart = end < RTP_HEADER_BYTES ? -1 : headerBytes(packet, end);
    if (payloadStart < 0) return undefined;
    const sequence = sequenceOf(packet);
    const ssrc = readUint32(packet, 8);
    const known = this.#find(ssrc);
    const rollovers = known ? known.rolloversOf(sequence) : begunAt;
    if (rollovers < 0 || known?.rtp.admits(rollovers * SEQUENCES + sequence) === false) return undefined;
    const { hmac, stream: keystream } = this.#rtp;
    hmac.sign(packet, end, rollovers);
    if (!isTag(hmac.digest, packet, end + this.#mkiBytes, this.#tagBytes)) return undefined;
    this.#heard(known, ssrc).add(sequence, rollovers);
    keystream.apply(packet, payloadStart, end, ssrc, rollovers, sequence);
    return packet.subarray(0, end);
  }

  /** The rollovers that a packet of its stream would have now; 0 = of none that was heard. */
  rolloversOf(packet: Uint8Array): number {
    if (packet.length < RTP_HEADER_BYTES) return 0;
    return Math.max(0, this.#find(readUint32(packet, 8))?.rolloversOf(sequenceOf(packet)) ?? 0);
  }

  /** The RTCP packet, as `openRtp`. */
  openRtcp(packet: Buffer): Buffer | undefined {
    const signed = packet.length - RTCP_TAG_BYTES - this.#mkiBytes;
    const end = signed - RTCP_INDEX_BYTES;
    if (end < RTCP_CLEAR_BYTES || packet.length > MAX_RTP_BYTES) return undefined;
    const word = readUint32(packet, end);
    const index = word & 0x7fff_ffff;
    const ssrc = readUint32(packet, 4);
    const known = this.#find(ssrc);
    // Without the first bit it is not encrypted, which nobody has agreed on.
    if (word >>> 31 === 0 || known?.rtcp.admits(index) === false) return undefined;
    const { hmac, stream: keystream } = this.#rtcp;
    hmac.sign(packet, signed, undefined);
    if (!isTag(hmac.digest, packet, signed + this.#mkiBytes, RTCP_TAG_BYTES)) return undefined;
    this.#heard(known, ssrc).rtcp.add(index);
    keystream.apply(packet, RTCP_CLEAR_BYTES, end, ssrc, index >>> 16, index & 0xffff);
    return packet.subarray(0, end);
  }

  #find(ssrc: number): ReceivedStream | undefined {
    const latest = this.#streams.at(-1);
    return latest?.ssrc === ssrc ? latest : this.#streams.find((stream) => stream.ssrc === ssrc);
  }

  /** A packet of this SSRC has shown to be the peer's: only now it is kept. */
  #heard(known: ReceivedStream | undefined, ssrc: number): ReceivedStream {
    const stream = known ?? new ReceivedStream(ssrc);
    if (this.#streams.at(-1) === stream) return stream;
    if (known) this.#streams.splice(this.#streams.indexOf(known), 1);
    else if (this.#streams.length >= MAX_STREAMS) this.#streams.shift();
    this.#streams.push(stream);
    return stream;
  }
}

const sequenceOf = (packet: Uint8Array): number => ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);

/** Octets before the payload, which are in clear: header, CSRC list and extension; -1 = no RTP that ends at `end`. */
function headerBytes(packet: Uint8Array, end: number): number {
  const first = packet[0] ?? 0;
  if (first >> 6 !== 2) return -1;
  let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (start + 4 > end) return -1;
    start += 4 + (((packet[start + 2] ?? 0) << 8) | (packet[start + 3] ?? 0)) * 4;
  }
  return start <= end ? start : -1;
}
