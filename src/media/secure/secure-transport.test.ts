import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RtpHeader, type SrtpSession } from 'werift';
import { DtlsBrowser } from '../../../testkit/dtls-browser.ts';
import { iceCheck } from '../../../testkit/ice-check.ts';
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

/** A transport, its wire, and a browser that shakes hands with this certificate and this key. */
function create(shows = identityOf('browser'), holds = shows) {
  const credentials = newIceCredentials();
  const own = identityOf('server');
  let now = 0;
  let deliver: (packet: Buffer, from: DatagramSource) => void = () => undefined;
  const sent: { readonly packet: Buffer; readonly to: DatagramSource }[] = [];
  let isClosed = false;
  const browser = new DtlsBrowser({ cert: shows.cert, key: holds.key }, (packet) => deliver(packet, BROWSER));
  const socket: RtpSocket = {
    onMessage: (handler) => {
      deliver = handler;
    },
    send: (packet, port, address) => {
      sent.push({ packet: Buffer.from(packet), to: { address, port } });
      const first = packet[0] ?? 0;
      if (first >= 20 && first <= 63) setImmediate(() => browser.receive(packet));
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
      browser.connect();
      await sleep(HANDSHAKE_MS);
      return browser.session();
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
    deliver(iceCheck(credentials.fragment, 'guessed-password-of-the-leg'), STRANGER);
    deliver(iceCheck('other', credentials.password), STRANGER);
    assert.equal(sent.length, 0);
    deliver(iceCheck(credentials.fragment, credentials.password));
    assert.deepEqual([sent.length, sent[0]?.to, sent[0]?.packet.readUInt16BE(0)], [1, BROWSER, 0x0101]);
  });

  test('answers a flood of checks only so often', () => {
    const { deliver, sent, credentials, pass } = create();
    const packet = iceCheck(credentials.fragment, credentials.password);
    for (let n = 0; n < 1000; n++) deliver(packet);
    assert.equal(sent.length, 200);
    pass(1000);
    deliver(packet);
    assert.equal(sent.length, 201);
  });

  test('carries audio both ways once the browser has proved its certificate', async () => {
    const rig = create();
    rig.deliver(iceCheck(rig.credentials.fragment, rig.credentials.password));
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
    rig.deliver(iceCheck(rig.credentials.fragment, rig.credentials.password));
    rig.transport.expect(fingerprintOf(identityOf('somebody').cert), SHOWN);
    const session = await rig.handshake();
    rig.deliver(encrypted(session, rtp(1)));
    assert.equal(rig.heard.length, 0);
    rig.transport.rtp.close();
  });

  test('gives no keys to who shows the right certificate without owning its key', async () => {
    const rig = create(identityOf('browser'), identityOf('attacker'));
    rig.deliver(iceCheck(rig.credentials.fragment, rig.credentials.password));
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
    rig.deliver(iceCheck(rig.credentials.fragment, rig.credentials.password));
    const next = newIceCredentials();
    rig.transport.restart(next);
    rig.deliver(iceCheck(rig.credentials.fragment, rig.credentials.password));
    assert.equal(rig.sent.length, 2);
    const session = await rig.handshake();
    const moved: DatagramSource = { address: '192.0.2.8', port: 41_000 };
    rig.deliver(iceCheck(next.fragment, next.password, false), moved);
    rig.transport.rtp.send(rtp(1), 0, '');
    assert.deepEqual(rig.sent.at(-1)?.to, BROWSER, 'not before it is nominated');
    rig.deliver(iceCheck(next.fragment, next.password), moved);
    rig.transport.rtp.send(rtp(2), 0, '');
    assert.deepEqual(rig.sent.at(-1)?.to, moved);
    rig.deliver(encrypted(session, rtp(3)), moved);
    assert.equal(rig.heard.length, 1);
    rig.transport.rtp.close();
  });
});
