import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { MediaFlow } from '../media-engine.ts';
import type { DatagramSource, RtpSocket } from '../rtp/rtp-socket.ts';
import { SdesTransport } from './sdes-transport.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';
import type { SrtpParameters } from './srtp-suites.ts';

const PEER: DatagramSource = { address: '192.0.2.7', port: 4000 };
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const FLOW: MediaFlow = {
  codec: 'PCMU',
  payloadType: 0,
  telephoneEventPayloadType: 101,
  remoteAddress: PEER.address,
  remotePort: PEER.port,
  remoteRtcpPort: 4001,
  direction: 'sendrecv',
  ptimeMs: 20,
};

function wire() {
  const sent: Buffer[] = [];
  let handler: (packet: Buffer, from: DatagramSource) => void = () => undefined;
  const socket: RtpSocket = {
    onMessage: (next) => {
      handler = next;
    },
    send: (packet) => void sent.push(Buffer.from(packet)),
    close: () => undefined,
  };
  return { socket, sent, deliver: (packet: Uint8Array) => handler(Buffer.from(packet), PEER) };
}

const keys = (): SrtpParameters => ({
  suite: SUITE,
  ownKey: randomBytes(30).toString('base64'),
  peerKey: randomBytes(30).toString('base64'),
  peerMkiBytes: 0,
});
const senderOf = ({ peerKey }: SrtpParameters) => new SrtpSender(SUITE, Buffer.from(peerKey, 'base64'));
const receiverOf = ({ ownKey }: SrtpParameters) => new SrtpReceiver(SUITE, Buffer.from(ownKey, 'base64'));

function packet(sequence: number): Buffer {
  const made = Buffer.alloc(172, sequence);
  made[0] = 0x80;
  made[1] = 0;
  made.writeUInt16BE(sequence, 2);
  made.fill(0x77, 4, 12);
  return made;
}

/** A transport that listens as a leg does. */
function create() {
  const rtp = wire();
  const rtcp = wire();
  let now = 0;
  const transport = new SdesTransport(rtp.socket, rtcp.socket, () => now);
  const heard: Buffer[] = [];
  const reports: Buffer[] = [];
  const listen = () => {
    transport.rtp.onMessage((plain) => heard.push(Buffer.from(plain)));
    transport.rtcp.onMessage((plain) => reports.push(Buffer.from(plain)));
  };
  listen();
  return {
    rtp,
    rtcp,
    transport,
    heard,
    reports,
    pass(ms: number) {
      now += ms;
    },
    flow(srtp: SrtpParameters | undefined): boolean {
      const others = transport.configure({ ...FLOW, srtp });
      if (others) listen();
      return others;
    },
  };
}

describe("the transport of a telephone's leg", () => {
  test('is the plain sockets themselves without keys', () => {
    const { transport, rtp, rtcp, flow } = create();
    assert.equal(flow(undefined), false);
    assert.equal(transport.rtp, rtp.socket);
    assert.equal(transport.rtcp, rtcp.socket);
  });

  test('encrypts what is sent, and takes what the peer has encrypted, with keys of their own for each direction', () => {
    const { transport, rtp, rtcp, heard, reports, flow } = create();
    const agreed = keys();
    assert.equal(flow(agreed), true);
    transport.rtp.send(packet(1), 0, '');
    const [sent] = rtp.sent;
    assert.ok(sent && !sent.includes(Buffer.alloc(8, 1)));
    assert.deepEqual(receiverOf(agreed).openRtp(sent), packet(1));
    rtp.deliver(senderOf(agreed).protectRtp(packet(5)));
    assert.deepEqual(heard, [packet(5)]);
    const report = Buffer.from('80c9000100001234', 'hex');
    transport.rtcp.send(report, 0, '');
    assert.deepEqual(receiverOf(agreed).openRtcp(rtcp.sent[0] ?? Buffer.alloc(0)), report);
    rtcp.deliver(senderOf(agreed).protectRtcp(report));
    assert.deepEqual(reports, [report]);
  });

  test('drops what is in clear, of another key, of its own, and what was heard before', () => {
    const { transport, rtp, heard, flow } = create();
    const agreed = keys();
    flow(agreed);
    rtp.deliver(packet(1));
    rtp.deliver(senderOf(keys()).protectRtp(packet(2)));
    transport.rtp.send(packet(3), 0, '');
    rtp.deliver(rtp.sent[0] ?? Buffer.alloc(0));
    assert.equal(heard.length, 0);
    const replayed = Buffer.from(senderOf(agreed).protectRtp(packet(4)));
    for (let times = 0; times < 3; times++) rtp.deliver(replayed);
    assert.equal(heard.length, 1);
  });

  test('goes on where it is when the keys stay', () => {
    const { transport, rtp, heard, flow } = create();
    const agreed = keys();
    const sender = senderOf(agreed);
    const receiver = receiverOf(agreed);
    flow(agreed);
    for (const sequence of [65_535, 0]) {
      transport.rtp.send(packet(sequence), 0, '');
      rtp.deliver(sender.protectRtp(packet(sequence)));
    }
    assert.equal(flow({ ...agreed }), false);
    transport.rtp.send(packet(1), 0, '');
    const last = Buffer.from(sender.protectRtp(packet(1)));
    rtp.deliver(last);
    rtp.deliver(last);
    assert.equal(heard.length, 3);
    for (const sent of rtp.sent) assert.ok(receiver.openRtp(sent), 'a receiver that goes on follows');
  });

  test('takes new keys, and the peer by its former one until it uses the new', () => {
    const { rtp, heard, flow } = create();
    const [before, after] = [keys(), keys()];
    const former = senderOf(before);
    flow(before);
    rtp.deliver(former.protectRtp(packet(1)));
    assert.equal(flow(after), false);
    rtp.deliver(former.protectRtp(packet(2)));
    assert.equal(heard.length, 2);
    rtp.deliver(senderOf(after).protectRtp(packet(3)));
    rtp.deliver(former.protectRtp(packet(4)));
    assert.equal(heard.length, 3);
  });

  for (const goesOn of [false, true]) {
    test(`follows a peer that ${goesOn ? 'goes on with' : 'begins anew'} its rollovers under a new key`, () => {
      const { rtp, heard, flow } = create();
      const [before, after] = [keys(), keys()];
      flow(before);
      const former = senderOf(before);
      for (const sequence of [65_534, 65_535, 0]) rtp.deliver(former.protectRtp(packet(sequence)));
      flow(after);
      rtp.deliver(former.protectRtp(packet(1)));
      const sender = senderOf(after);
      if (goesOn) for (const sequence of [65_535, 0]) sender.protectRtp(packet(sequence));
      for (const sequence of [2, 3]) rtp.deliver(sender.protectRtp(packet(sequence)));
      assert.deepEqual(heard, [65_534, 65_535, 0, 1, 2, 3].map(packet));
    });
  }

  test('is plain again when that is agreed on', () => {
    const { transport, rtp, heard, flow } = create();
    flow(keys());
    assert.equal(flow(undefined), true);
    assert.equal(transport.rtp, rtp.socket);
    rtp.deliver(packet(1));
    assert.equal(heard.length, 1);
  });

  test('looks at a flood only so far', () => {
    const { rtp, heard, flow, pass } = create();
    const agreed = keys();
    const sender = senderOf(agreed);
    flow(agreed);
    for (let times = 0; times < 1_000; times++) rtp.deliver(packet(times));
    rtp.deliver(sender.protectRtp(packet(1)));
    assert.equal(heard.length, 0);
    pass(20);
    rtp.deliver(sender.protectRtp(packet(2)));
    assert.equal(heard.length, 1);
  });
});
