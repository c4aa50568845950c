/** RTP header (RFC 3550 §5.1): read in place, written in place; nothing is allocated. */

export const RTP_HEADER_BYTES = 12;
/** Longest datagram taken: an Ethernet frame's. 60 ms of G.711 are 492 octets; larger ones are not telephony. */
export const MAX_RTP_BYTES = 1_500;

/** Filled anew by every `readRtpHeader`. One for all legs of a worker, because each packet is dealt with before the next. */
export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Octets of the datagram between which the payload lies; padding, extension and CSRC list are outside. */
  payloadStart: number;
  payloadEnd: number;
}

export function createRtpHeader(): RtpHeader {
  return { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 };
}

/** @returns false when the datagram is no RTP of version 2 whose lengths are consistent (RFC 3550 appendix A.1). */
export function readRtpHeader(packet: Uint8Array, header: RtpHeader): boolean {
  const length = packet.length;
  if (length < RTP_HEADER_BYTES || length > MAX_RTP_BYTES) return false;
  const first = packet[0] ?? 0;
  if (first >> 6 !== 2) return false;
  const second = packet[1] ?? 0;
  // 72-76 with the marker bit are RTCP packet types 200-204: RTCP sent to the RTP port (RFC 5761 §4).
  if (second >= 200 && second <= 204) return false;
  let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (start + 4 > length) return false;
    start += 4 + (((packet[start + 2] ?? 0) << 8) | (packet[start + 3] ?? 0)) * 4;
  }
  let end = length;
  if ((first & 0x20) !== 0) {
    const padding = packet[length - 1] ?? 0;
    if (padding === 0) return false;
    end -= padding;
  }
  if (start > end) return false;
  header.payloadType = second & 0x7f;
  header.marker = (second & 0x80) !== 0;
  header.sequence = ((packet[2] ?? 0) << 8) | (packet[3] ?? 0);
  header.timestamp = readUint32(packet, 4);
  header.ssrc = readUint32(packet, 8);
  header.payloadStart = start;
  header.payloadEnd = end;
  return true;
}

/** Writes the twelve octets of a header without CSRC, extension and padding. */
export function writeRtpHeader(
  packet: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | payloadType;
  packet[2] = sequence >>> 8;
  packet[3] = sequence;
  writeUint32(packet, 4, timestamp);
  writeUint32(packet, 8, ssrc);
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
