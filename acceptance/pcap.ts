/** Capture files as SIPp's play_pcap_audio reads them: Ethernet, IPv4, UDP, RTP. It puts in addresses and checksums by itself. */
import { type RtpPacket, rtpPacket } from './rtp-phone.ts';

const PACKET_US = 20_000;

/** One entry each 20 ms; undefined is a pause. */
export function pcapOf(packets: readonly (RtpPacket | undefined)[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(65_535, 16);
  head.writeUInt32LE(1, 20);
  return Buffer.concat([head, ...packets.flatMap((packet, n) => (packet ? [frame(rtpPacket(packet), n * PACKET_US)] : []))]);
}

function frame(payload: Buffer, atUs: number): Buffer {
  const ethernet = Buffer.alloc(14);
  ethernet.writeUInt16BE(0x0800, 12);
  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(28 + payload.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(17, 9);
  ip.writeUInt32BE(0x7f000001, 12);
  ip.writeUInt32BE(0x7f000001, 16);
  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(6000, 0);
  udp.writeUInt16BE(6002, 2);
  udp.writeUInt16BE(8 + payload.length, 4);
  const whole = Buffer.concat([ethernet, ip, udp, payload]);
  const record = Buffer.alloc(16);
  record.writeUInt32LE(1 + Math.floor(atUs / 1_000_000), 0);
  record.writeUInt32LE(atUs % 1_000_000, 4);
  record.writeUInt32LE(whole.length, 8);
  record.writeUInt32LE(whole.length, 12);
  return Buffer.concat([record, whole]);
}
