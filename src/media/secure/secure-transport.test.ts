import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DtlsClient, keyLength, ProtectionProfileAes128CmHmacSha1_80, RtpHeader, SrtpSession, saltLength } from 'werift';
import { selfSignedCertificate } from '../../runtime/self-signed-certificate.ts';
import type { DatagramSource, RtpSocket } from '../rtp/rtp-socket.ts';
import { DtlsKeys } from './dtls-keys.ts';
import { fingerprintOf, newIceCredentials } from './leg-identity.ts';
import { SecureTransport } from './secure-transport.ts';

const BROWSER: DatagramSource = { address: '192.0.2.7', port: 40_000 };
const STRANGER: DatagramSource = { address: '198.51.100.9', port: 40_000 };
const SHOWN: DatagramSource = { address: '10.0.0.3', port: 9 };
const identityOf = (name: string) => selfSignedCertificate(name, Date.now(), 86_400_000);
/** Longer than a handshake takes, far shorter than its repetitions. */
const HANDSHAKE_MS = 400;

/** A check of somebody who knows the password. */
function check(fragment: string, password: string, nominates = true): Buffer {
  const attribute = (type: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
  };
  const body = Buffer.concat([
    attribute(0x0006, Buffer.from(`${fragment}:peer`)),
    ...(nominates ? [attribute(0x0025, Buffer.alloc(0))] : []),
  ]);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(0x0001, 0);
  header.writeUInt16BE(body.length + 24, 2);
  header.writeUInt32BE(0x2112a442, 4);
  randomBytes(12).copy(header, 8);
  const signature = createHmac('sha1', password).update(header).update(body).digest();
  return Buffer.concat([header, body, attribute(0x0008, signature)]);
}

/** A transport, its wire, and a browser that shakes hands with this certificate and this key. */
function create(shows = identityOf('browser'), holds = shows) {
  const credentials = newIceCredentials();
  const own = identityOf('server');
  let now = 0;
  let deliver: (packet: Buffer, from: DatagramSource) => void = () => undefined;
  const sent: { readonly packet: Buffer; readonly to: DatagramSource }[] = [];
  let isClosed = false;
  const browserSocket = {
    type: 'udp',
    address: { address: '', family: 'IPv4', port: 0 },
    closed: false,
    onData: (_packet: Buffer): void => undefined,
    send: async (packet: Buffer): Promise<void> => deliver(packet, BROWSER),
    close: async (): Promise<void> => undefined,
  };
  const socket: RtpSocket = {
    onMessage: (handler) => {
      deliver = handler;
    },
    send: (packet, port, address) => {
      sent.push({ packet: Buffer.from(packet), to: { address, port } });
      const first = packet[0] ?? 0;
      if (first >= 20 && first <= 63) setImmediate(() => browserSocket.onData(packet));
    },
    close: () => {
      isClosed = true;
    },
  };
  const transport = new SecureTransport(
    socket,
    own,
    credentials,
    (...given) => new DtlsKeys(...given),
    () => now,
  );
  const heard: { readonly packet: Buffer; readonly from: DatagramSource }[] = [];
  transport.rtp.onMessage((packet, from) => heard.push({ packet: Buffer.from(packet), from }));
  return {
    transport,
    credentials,
    sent,
    heard,
    get isClosed() {
      return isClosed;
    },
    pass(ms: number) {
      now += ms;
    },
    deliver: (packet: Buffer, from = BROWSER) => deliver(packet, from),
    expectBrowser: () => transport.expect(fingerprintOf(shows.cert), SHOWN),
    async handshake() {
      const client = new DtlsClient({
        transport: browserSocket,
        cert: shows.cert,
        key: holds.key,
        signatureHash: { hash: 4, signature: 3 },
        srtpProfiles: [ProtectionProfileAes128CmHmacSha1_80],
        extendedMasterSecret: true,
      });
      client.onError.subscribe(() => undefined);
      client.connect().catch(() => undefined);
      await sleep(HANDSHAKE_MS);
      const profile = client.srtp.srtpProfile ?? ProtectionProfileAes128CmHmacSha1_80;
      const keys = client.extractSessionKeys(keyLength(profile), saltLength(profile));
      return new SrtpSession({
        profile,
        keys: {
          localMasterKey: keys.localKey,
          localMasterSalt: keys.localSalt,
          remoteMasterKey: keys.remoteKey,
          remoteMasterSalt: keys.remoteSalt,
        },
      });
    },
  };
}

function rtp(sequence: number): Buffer {
  const packet = Buffer.alloc(12 + 160, sequence);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(0, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 160, 4);
  packet.writeUInt32BE(0x12345678, 8);
  return packet;
}
const encrypted = (session: SrtpSession, packet: Buffer): Buffer => {
  const header = RtpHeader.deSerialize(packet);
  return session.encrypt(packet.subarray(header.payloadOffset), header);
};

describe('the transport of a WebRTC leg', () => {
  test('answers checks of who knows the password, and nobody else', () => {
    const { deliver, sent, credentials } = create();
    deliver(check(credentials.fragment, 'guessed-password-of-the-leg'), STRANGER);
    deliver(check('other', credentials.password), STRANGER);
    assert.equal(sent.length, 0);
    deliver(check(credentials.fragment, credentials.password));
    assert.deepEqual([sent.length, sent[0]?.to, sent[0]?.packet.readUInt16BE(0)], [1, BROWSER, 0x0101]);
  });

  test('answers a flood of checks only so often', () => {
    const { deliver, sent, credentials, pass } = create();
    const packet = check(credentials.fragment, credentials.password);
    for (let n = 0; n < 1000; n++) deliver(packet);
    assert.equal(sent.length, 200);
    pass(1000);
    deliver(packet);
    assert.equal(sent.length, 201);
  });

  test('carries audio both ways once the browser has proved its certificate', async () => {
    const rig = create();
    rig.deliver(check(rig.credentials.fragment, rig.credentials.password));
    rig.transport.rtp.send(rtp(1), 0, '');
    assert.equal(rig.sent.length, 1, 'nothing in clear before there are keys');
    rig.expectBrowser();
    const session = await rig.handshake();
    rig.deliver(encrypted(session, rtp(7)));
    assert.deepEqual(rig.heard, [{ packet: rtp(7), from: SHOWN }]);
    rig.transport.rtp.send(rtp(8), 0, '');
    const last = rig.sent.at(-1);
    assert.ok(last && !last.packet.includes(rtp(8).subarray(12)));
    assert.deepEqual([last.to, Buffer.from(session.decrypt(last.packet))], [BROWSER, rtp(8)]);

    rig.deliver(encrypted(session, rtp(9)), STRANGER);
    rig.deliver(rtp(10));
    const damaged = encrypted(session, rtp(11));
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    rig.deliver(damaged);
    assert.equal(rig.heard.length, 1, 'what others send, what is not encrypted and what was changed is dropped');
    rig.transport.rtp.close();
    assert.equal(rig.isClosed, true);
  });

  test('gives no keys to who shows another certificate than the SDP', async () => {
    const rig = create();
    rig.deliver(check(rig.credentials.fragment, rig.credentials.password));
    rig.transport.expect(fingerprintOf(identityOf('somebody').cert), SHOWN);
    const session = await rig.handshake();
    rig.deliver(encrypted(session, rtp(1)));
    assert.equal(rig.heard.length, 0);
    rig.transport.rtp.close();
  });

  test('gives no keys to who shows the right certificate without owning its key', async () => {
    const rig = create(identityOf('browser'), identityOf('attacker'));
    rig.deliver(check(rig.credentials.fragment, rig.credentials.password));
    rig.expectBrowser();
    const session = await rig.handshake();
    rig.deliver(encrypted(session, rtp(1)));
    assert.equal(rig.heard.length, 0);
    const before = rig.sent.length;
    rig.transport.rtp.send(rtp(2), 0, '');
    assert.equal(rig.sent.length, before);
    rig.transport.rtp.close();
  });

  test('takes checks with the old and the new credentials after a restart, and follows the nomination', async () => {
    const rig = create();
    rig.expectBrowser();
    rig.deliver(check(rig.credentials.fragment, rig.credentials.password));
    const next = newIceCredentials();
    rig.transport.restart(next);
    rig.deliver(check(rig.credentials.fragment, rig.credentials.password));
    assert.equal(rig.sent.length, 2);
    const session = await rig.handshake();
    const moved: DatagramSource = { address: '192.0.2.8', port: 41_000 };
    rig.deliver(check(next.fragment, next.password, false), moved);
    rig.transport.rtp.send(rtp(1), 0, '');
    assert.deepEqual(rig.sent.at(-1)?.to, BROWSER, 'not before it is nominated');
    rig.deliver(check(next.fragment, next.password), moved);
    rig.transport.rtp.send(rtp(2), 0, '');
    assert.deepEqual(rig.sent.at(-1)?.to, moved);
    rig.deliver(encrypted(session, rtp(3)), moved);
    assert.equal(rig.heard.length, 1);
    rig.transport.rtp.close();
  });
});
