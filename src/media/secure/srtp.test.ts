import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { ProtectionProfileAes128CmHmacSha1_80, RtpHeader, SrtcpSession, SrtpSession } from 'werift';
import { HmacSha1 } from './hmac-sha1.ts';
import { Keystream } from './keystream.ts';
import { sessionKeys } from './session-keys.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';
import { type SrtpSuite, srtpSuites } from './srtp-suites.ts';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const SUITES = Object.keys(srtpSuites).filter((name): name is SrtpSuite => name in srtpSuites);
const SSRC = 0xcafebabe;

/** An RTP packet of 160 octets of payload, each the lower octet of its sequence number. */
function rtp(sequence: number, ssrc = SSRC, more: { readonly head?: Buffer; readonly first?: number } = {}): Buffer {
  const header = Buffer.alloc(12);
  header[0] = more.first ?? 0x80;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE((sequence * 160) >>> 0, 4);
  header.writeUInt32BE(ssrc >>> 0, 8);
  return Buffer.concat([header, more.head ?? Buffer.alloc(0), Buffer.alloc(160, sequence)]);
}

/** A receiver report without blocks and a CNAME. */
function rtcp(ssrc = SSRC): Buffer {
  const packet = Buffer.alloc(28);
  packet.set([0x80, 201, 0, 1]);
  packet.writeUInt32BE(ssrc, 4);
  packet.set([0x81, 202, 0, 4], 8);
  packet.writeUInt32BE(ssrc, 12);
  packet.set([1, 4], 16);
  packet.write('name', 18);
  return packet;
}

const masterOf = (suite: SrtpSuite): Buffer => randomBytes(srtpSuites[suite].keyBytes + 14);
const pair = (suite: SrtpSuite = 'AES_CM_128_HMAC_SHA1_80') => {
  const master = masterOf(suite);
  return { master, sender: new SrtpSender(suite, master), receiver: new SrtpReceiver(suite, master) };
};
/** The receiver gets a datagram of its own, as from a socket. */
const open = (receiver: SrtpReceiver, packet: Uint8Array): Buffer | undefined => receiver.openRtp(Buffer.from(packet));

describe('what SRTP is made of', () => {
  test('is the key stream of RFC 3711 appendix B.2', () => {
    const stream = new Keystream(hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'));
    const octets = new Uint8Array(48);
    stream.apply(octets, 0, 48, 0, 0, 0);
    assert.equal(
      Buffer.from(octets).toString('hex').toUpperCase(),
      'E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0',
    );
  });

  test('is the key stream of RFC 6188 §7.3', () => {
    const key = hex('57f82fe3613fd170a85ec93c40b1f092 2ec4cb0dc025b58272147cc438944a98');
    const octets = Buffer.alloc(48);
    new Keystream(key, hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD')).apply(octets, 0, 48, 0, 0, 0);
    assert.deepEqual(
      octets,
      hex('92bdd28a93c3f52511c677d08b5515a4 9da71b2378a854f67050756ded165bac 63c4868b7096d88421b563b8c94c9a31'),
    );
  });

  test('is the key derivation of RFC 3711 appendix B.3', () => {
    const master = hex('E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6');
    const { cipherKey, salt, authenticationKey } = sessionKeys(master, 'rtp');
    assert.equal(cipherKey.toString('hex'), 'c61e7a93744f39ee10734afe3ff7a087');
    assert.equal(salt.toString('hex'), '30cbbc08863d8c85d49db34a9ae1');
    assert.equal(authenticationKey.toString('hex'), 'cebe321f6ff7716b6fd4ab49af256a156d38baa4');
  });

  test('is the key derivation of RFC 6188 §7.4', () => {
    const master = hex(`f0f04914b513f2763a1b1fa130f10e29 98f6f6e43e4309d1e622a0e332b9f1b6 3b04803de51ee7c96423ab5b78d2`);
    const { cipherKey, salt, authenticationKey } = sessionKeys(master, 'rtp');
    assert.equal(cipherKey.toString('hex'), '5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4');
    assert.equal(salt.toString('hex'), 'fa31791685ca444a9e07c6c64e93');
    assert.equal(authenticationKey.toString('hex'), 'fd9c32d39ed5fbb5a9dc96b30818454d1313dc05');
  });

  test('is HMAC-SHA1 as of RFC 2202, and of the library for every length of a packet', () => {
    const known = new HmacSha1(Buffer.alloc(20, 0x0b));
    known.sign(Buffer.from('Hi There'), 8, undefined);
    assert.equal(known.digest.toString('hex'), 'b617318655057264e28bc0b6fb378c8ef146be00');
    const key = randomBytes(20);
    const hmac = new HmacSha1(key);
    const suffix = Buffer.from('fedcba98', 'hex');
    const message = randomBytes(300);
    for (let length = 0; length <= 300; length++) {
      const part = message.subarray(0, length);
      hmac.sign(message, length, undefined);
      assert.deepEqual(hmac.digest, createHmac('sha1', key).update(part).digest(), `${length}`);
      hmac.sign(message, length, 0xfedcba98);
      assert.deepEqual(hmac.digest, createHmac('sha1', key).update(part).update(suffix).digest(), `${length} and four`);
    }
  });

  test('is the packet that libsrtp checks itself with', () => {
    const master = hex('e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6');
    const plain = hex('800f1234decafbadcafebabe abababababababababababababababab');
    const encrypted = hex('800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb');
    assert.deepEqual(Buffer.from(new SrtpSender('AES_CM_128_HMAC_SHA1_80', master).protectRtp(plain)), encrypted);
    assert.deepEqual(new SrtpReceiver('AES_CM_128_HMAC_SHA1_80', master).openRtp(encrypted), plain);
  });
});

describe('a packet of SRTP', () => {
  for (const suite of SUITES) {
    test(`of ${suite} comes back as it was, with a tag of that length, and nothing of it is in clear`, () => {
      const { sender, receiver } = pair(suite);
      const sent = Buffer.from(sender.protectRtp(rtp(7)));
      assert.equal(sent.length, 172 + srtpSuites[suite].tagBytes);
      assert.deepEqual(sent.subarray(0, 12), rtp(7).subarray(0, 12));
      assert.equal(sent.includes(Buffer.alloc(8, 7)), false);
      assert.deepEqual(open(receiver, sent), rtp(7));
      const report = sender.protectRtcp(rtcp());
      assert.equal(report.length, 28 + 4 + 10, 'reports have the long tag');
      assert.deepEqual(receiver.openRtcp(Buffer.from(report)), rtcp());
    });
  }

  test('may have a CSRC list and an extension, which stay in clear', () => {
    const { master, receiver } = pair();
    const session = weriftSession(master);
    const head = hex('00000001 00000002 bede0001 10aa0000');
    const packet = rtp(9, SSRC, { first: 0x92, head });
    const header = RtpHeader.deSerialize(packet);
    const sent = session.srtp.encrypt(packet.subarray(header.payloadOffset), header);
    assert.deepEqual(open(receiver, sent), packet);
  });

  test('is not taken twice, nor when it is older than can be told', () => {
    const { sender, receiver } = pair();
    const packets = Array.from({ length: 300 }, (_, n) => Buffer.from(sender.protectRtp(rtp(n))));
    const at = (n: number) => open(receiver, packets[n] ?? Buffer.alloc(0)) !== undefined;
    assert.deepEqual(
      [at(200), at(200), at(199), at(199), at(73), at(72), at(201), at(73)],
      [true, false, true, false, true, false, true, false],
    );
  });

  test('is not taken when it was changed, whoever it is from', () => {
    const { sender, receiver } = pair();
    const sent = Buffer.from(sender.protectRtp(rtp(1)));
    for (let at = 0; at < sent.length; at++) {
      const changed = Buffer.from(sent);
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      assert.equal(receiver.openRtp(changed), undefined, `octet ${at}`);
    }
    for (let length = 0; length < sent.length; length++) assert.equal(open(receiver, sent.subarray(0, length)), undefined);
    assert.equal(open(pair().receiver, sent), undefined, 'another key');
    assert.ok(open(receiver, sent), 'none of that has used up its index');
  });

  test('is followed over the end of the sequence numbers, also out of order', () => {
    const { sender, receiver } = pair();
    const order = [65_533, 65_535, 65_536, 65_534, 65_538, 65_537, 65_539];
    const packets = new Map(
      Array.from({ length: 8 }, (_, n) => 65_532 + n).map((n) => [n, Buffer.from(sender.protectRtp(rtp(n)))]),
    );
    for (const n of order) assert.deepEqual(open(receiver, packets.get(n) ?? Buffer.alloc(0)), rtp(n), String(n));
    for (const n of order) assert.equal(open(receiver, packets.get(n) ?? Buffer.alloc(0)), undefined, `${n} again`);
  });

  test('of another SSRC has indexes of its own, and one that was forgotten begins anew', () => {
    const { master, receiver } = pair();
    const senders = Array.from({ length: 65 }, () => new SrtpSender('AES_CM_128_HMAC_SHA1_80', master));
    const packets = senders.map((sender, ssrc) => Buffer.from(sender.protectRtp(rtp(5, ssrc))));
    const taken = () => packets.map((packet) => open(receiver, packet) !== undefined);
    assert.ok(taken().every(Boolean));
    const again = packets.slice(1).map((packet) => open(receiver, packet) !== undefined);
    assert.ok(!again.includes(true), 'the last 64 are known');
  });

  test('carries the identifier of the key where the peer has said so', () => {
    const { master, sender } = pair();
    const receiver = new SrtpReceiver('AES_CM_128_HMAC_SHA1_80', master, 4);
    const sent = Buffer.from(sender.protectRtp(rtp(3)));
    const identified = Buffer.concat([sent.subarray(0, 172), Buffer.from([0, 0, 0, 1]), sent.subarray(172)]);
    assert.deepEqual(receiver.openRtp(identified), rtp(3));
    assert.equal(open(receiver, sent), undefined);
  });
});

describe('a report of SRTCP', () => {
  test('is not taken twice, changed, or in clear', () => {
    const { sender, receiver } = pair();
    const [first, second] = [sender.protectRtcp(rtcp()), sender.protectRtcp(rtcp())];
    assert.ok(first && second && !first.equals(second));
    for (let at = 0; at < first.length; at++) {
      const changed = Buffer.from(first);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(receiver.openRtcp(changed), undefined, `octet ${at}`);
    }
    assert.deepEqual(receiver.openRtcp(Buffer.from(second)), rtcp());
    assert.deepEqual(receiver.openRtcp(Buffer.from(first)), rtcp(), 'they overtake each other');
    assert.equal(receiver.openRtcp(Buffer.from(first)), undefined);
    assert.equal(receiver.openRtcp(rtcp()), undefined);
  });
});

function weriftSession(master: Buffer) {
  const key = master.subarray(0, 16);
  const salt = master.subarray(16);
  const config = {
    keys: { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt },
    profile: ProtectionProfileAes128CmHmacSha1_80,
  } as const;
  return { srtp: new SrtpSession(config), srtcp: new SrtcpSession(config) };
}

test('another implementation reads what is sent here, and the other way round', () => {
  const { master, sender, receiver } = pair();
  const { srtp, srtcp } = weriftSession(master);
  for (const n of [65_534, 65_535, 65_536, 65_537]) {
    assert.deepEqual(Buffer.from(srtp.decrypt(Buffer.from(sender.protectRtp(rtp(n))))), rtp(n));
    const header = RtpHeader.deSerialize(rtp(n));
    assert.deepEqual(open(receiver, srtp.encrypt(rtp(n).subarray(12), header)), rtp(n));
  }
  assert.deepEqual(Buffer.from(srtcp.decrypt(sender.protectRtcp(rtcp()))), rtcp());
  assert.deepEqual(receiver.openRtcp(Buffer.from(srtcp.encrypt(rtcp()))), rtcp());
});
