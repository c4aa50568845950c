import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { RtpHeader } from 'werift';
import { DtlsBrowser } from '../../testkit/dtls-browser.ts';
import { iceCheck } from '../../testkit/ice-check.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { selfSignedCertificate } from '../runtime/self-signed-certificate.ts';
import { fingerprintOf } from './secure/leg-identity.ts';

/** The thread of handshakes starts with the first leg, on a machine that does other things. */
const HANDSHAKE_MS = 20_000;
const FIRST_DTLS = 20;
const LAST_DTLS = 63;
/** Of the payload type of PCMU, in an RTP packet's second octet. */
const PCMU = 0;

describe('a secured leg', async () => {
  const rig = new MediaRig({ workers: 1 });
  after(() => rig.close());

  /** A browser on a socket of its own that has shaken hands with a leg. */
  async function connected() {
    const identity = selfSignedCertificate('browser', Date.now(), 86_400_000);
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const leg = await rig.engine.openLeg({ secured: true });
    const { security } = leg;
    assert.ok(security);
    const packets: Buffer[] = [];
    const browser = new DtlsBrowser(identity, (packet) => socket.send(packet, leg.localPort, '127.0.0.1'));
    socket.on('message', (packet) => {
      const first = packet[0] ?? 0;
      if (first >= FIRST_DTLS && first <= LAST_DTLS) browser.receive(packet);
      else if ((packet[1] ?? 0) % 128 === PCMU) packets.push(packet);
    });
    leg.setFlow({
      codec: 'PCMU',
      payloadType: PCMU,
      telephoneEventPayloadType: undefined,
      remoteAddress: '127.0.0.1',
      remotePort: socket.address().port,
      remoteRtcpPort: socket.address().port,
      direction: 'sendrecv',
      ptimeMs: 20,
      fingerprint: fingerprintOf(identity.cert),
    });
    const answered = once(socket, 'message');
    socket.send(iceCheck(security.credentials.fragment, security.credentials.password), leg.localPort, '127.0.0.1');
    await answered;
    packets.length = 0;
    browser.connect();
    await until(() => browser.isConnected && packets.length > 0, 'audio', HANDSHAKE_MS);
    return { leg, socket, session: browser.session(), packets };
  }

  it('speaks and hears once its handshake, in a thread of its own, is done; so does the next one', async () => {
    for (const _ of ['first', 'second']) {
      const { leg, socket, session, packets } = await connected();
      const [first] = packets;
      assert.ok(first);
      const plain = session.decrypt(first);
      assert.equal(plain.length, 12 + 160);
      const header = RtpHeader.deSerialize(plain);
      socket.send(session.encrypt(plain.subarray(12), header), leg.localPort, '127.0.0.1');
      const deadline = performance.now() + 2_000;
      while ((await leg.stats()).packetsReceived === 0) assert.ok(performance.now() < deadline, 'it has heard the packet');
      await leg.close();
      socket.close();
    }
  });
});
