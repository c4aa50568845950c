/** RTCP compound packets (RFC 3550 §6): sender and receiver reports with CNAME, BYE; written into and read from fixed buffers. */

import type { Reception } from './reception.ts';
import { readUint32, writeUint32 } from './rtp-packet.ts';

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;

/** Seconds from 1900 (NTP) to 1970. */
const NTP_EPOCH_SECONDS = 2_208_988_800;
/** SR 28 + block 24 + SDES 24 + BYE 8 is below it. */
export const RTCP_BUFFER_BYTES = 128;
/** Longest compound that is read; more of it is a flood or a mistake. */
const MAX_RTCP_BYTES = 1_500;

/** Average interval of reports; the real one is uniform between half and one and a half of it (RFC 3550 §6.3.5). */
export const REPORT_INTERVAL_MS = 5_000;

/** @param fraction uniform in [0, 1) */
export function reportDelayMs(fraction: number): number {
  return REPORT_INTERVAL_MS * (0.5 + fraction);
}

/** Middle 32 bits of the NTP time: what LSR, DLSR and round trips are counted in, 1/65536 s. */
export function ntpMiddle(wallMs: number): number {
  return Math.floor((wallMs / 1_000 + NTP_EPOCH_SECONDS) * 65_536) % 0x1_0000_0000;
}

/** What a report says about our own sending. */
export interface SenderFigures {
  readonly ssrc: number;
  readonly packetsSent: number;
  readonly payloadBytesSent: number;
  /** RTP timestamp that belongs to the wall time of the report. */
  readonly timestamp: number;
}

/** What the far end last told in its sender report, for LSR and DLSR. */
export interface FarReport {
  /** Middle 32 bits of the NTP time of its last SR; 0 = none came. */
  lastSenderReport: number;
  lastSenderReportAtMs: number;
  /** Packets of ours it lost so far; undefined = no report came. */
  cumulativeLost: number | undefined;
  roundTripMs: number | undefined;
}

/**
 * Writes a report: SR when anything was sent, else RR; one block about the received source if there is one; CNAME; BYE if asked.
 * @returns length in octets
 */
export function writeReport(
  buffer: Uint8Array,
  sender: SenderFigures,
  reception: Reception,
  far: FarReport,
  wallMs: number,
  monotonicMs: number,
  bye: boolean,
): number {
  const blocks = reception.ssrc === undefined ? 0 : 1;
  const isSender = sender.packetsSent > 0;
  let at = (isSender ? 28 : 8) + blocks * 24;
  header(buffer, 0, blocks, isSender ? SENDER_REPORT : RECEIVER_REPORT, at);
  writeUint32(buffer, 4, sender.ssrc);
  if (isSender) {
    const seconds = Math.floor(wallMs / 1_000);
    writeUint32(buffer, 8, seconds + NTP_EPOCH_SECONDS);
    writeUint32(buffer, 12, Math.floor(((wallMs - seconds * 1_000) / 1_000) * 0x1_0000_0000));
    writeUint32(buffer, 16, sender.timestamp);
    writeUint32(buffer, 20, sender.packetsSent);
    writeUint32(buffer, 24, sender.payloadBytesSent);
  }
  if (reception.ssrc !== undefined) {
    const block = at - 24;
    writeUint32(buffer, block, reception.ssrc);
    writeUint32(buffer, block + 4, (reception.fractionLost() << 24) | Math.min(reception.lost, 0x7f_ffff));
    writeUint32(buffer, block + 8, reception.extendedHighest);
    writeUint32(buffer, block + 12, Math.round(reception.jitterMs * reception.timestampsPerMs));
    writeUint32(buffer, block + 16, far.lastSenderReport);
    const sinceMs = far.lastSenderReport === 0 ? 0 : monotonicMs - far.lastSenderReportAtMs;
    writeUint32(buffer, block + 20, Math.round(sinceMs * 65.536));
  }
  at = writeName(buffer, at, sender.ssrc);
  if (bye) {
    header(buffer, at, 1, BYE, 8);
    writeUint32(buffer, at + 4, sender.ssrc);
    at += 8;
  }
  return at;
}

/**
 * Reads reports about `ssrc` out of a compound into `far`.
 * @returns false when it is no RTCP
 */
export function readReports(packet: Uint8Array, ssrc: number, far: FarReport, wallMs: number, monotonicMs: number): boolean {
  if (packet.length < 8 || packet.length > MAX_RTCP_BYTES) return false;
  let at = 0;
  while (at + 8 <= packet.length) {
    const first = packet[at] ?? 0;
    const type = packet[at + 1] ?? 0;
    const end = at + 4 + (((packet[at + 2] ?? 0) << 8) | (packet[at + 3] ?? 0)) * 4;
    if (first >> 6 !== 2 || type < SENDER_REPORT || type > 207 || end > packet.length) return false;
    let block = at + 8;
    if (type === SENDER_REPORT && end >= at + 28) {
      far.lastSenderReport = ((readUint32(packet, at + 8) & 0xffff) * 0x1_0000 + (readUint32(packet, at + 12) >>> 16)) >>> 0;
      far.lastSenderReportAtMs = monotonicMs;
      block = at + 28;
    }
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      for (let left = first & 0x1f; left > 0 && block + 24 <= end; left--, block += 24) {
        if (readUint32(packet, block) === ssrc) readBlock(packet, block, far, wallMs);
      }
    }
    at = end;
  }
  return true;
}

function readBlock(packet: Uint8Array, block: number, far: FarReport, wallMs: number): void {
  // 24 bits with a sign: duplicates may make it negative.
  far.cumulativeLost = Math.max(0, (readUint32(packet, block + 4) << 8) >> 8);
  const lastReport = readUint32(packet, block + 16);
  if (lastReport === 0) return;
  const roundTrip = (ntpMiddle(wallMs) - lastReport - readUint32(packet, block + 20)) | 0;
  // Below zero: the clock was set meanwhile. Above a minute: an echo of somebody else's report.
  if (roundTrip >= 0 && roundTrip < 60 * 65_536) far.roundTripMs = roundTrip / 65.536;
}

function header(buffer: Uint8Array, at: number, count: number, type: number, bytes: number): void {
  buffer[at] = 0x80 | count;
  buffer[at + 1] = type;
  buffer[at + 2] = (bytes / 4 - 1) >>> 8;
  buffer[at + 3] = bytes / 4 - 1;
}

/** SDES with a CNAME that is random with the SSRC and the same for the life of the leg (RFC 7022 §4.2). */
function writeName(buffer: Uint8Array, at: number, ssrc: number): number {
  header(buffer, at, 1, SOURCE_DESCRIPTION, 20);
  writeUint32(buffer, at + 4, ssrc);
  buffer[at + 8] = 1;
  buffer[at + 9] = 8;
  for (let digit = 0; digit < 8; digit++) {
    const nibble = (ssrc >>> (28 - digit * 4)) & 0xf;
    buffer[at + 10 + digit] = nibble < 10 ? 48 + nibble : 87 + nibble;
  }
  buffer[at + 18] = 0;
  buffer[at + 19] = 0;
  return at + 20;
}
