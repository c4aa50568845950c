import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';
import type { SrtpSuite } from './secure/srtp-suites.ts';

/** What SDP would have agreed on, seen from the leg. */
const keysOf = (suite: SrtpSuite, own = 1, peer = 2) => {
  const bytes = suite.startsWith('AES_256') ? 46 : 30;
  const keyOf = (octet: number) => Buffer.alloc(bytes, octet).toString('base64');
  return { suite, ownKey: keyOf(own), peerKey: keyOf(peer), peerMkiBytes: 0 };
};
const SUITE = 'AES_CM_128_HMAC_SHA1_80';

describe('a leg with SRTP', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  /** A leg and its peer, who encrypt as agreed. */
  const encrypted = async (suite: SrtpSuite, codec?: 'G722') => {
    const srtp = keysOf(suite);
    const call = await rig.call({ ...(codec && { codec }), flow: { srtp } });
    call.peer.encrypt(srtp);
    return { ...call, srtp };
  };

  for (const [suite, codec] of [
    [SUITE, undefined],
    ['AES_256_CM_HMAC_SHA1_32', 'G722'],
  ] as const) {
    it(`(${suite}) is bridged with a plain one, and each hears the other and its keys`, async () => {
      const a = await encrypted(suite, codec);
      const b = await rig.call();
      a.peer.speak(a.leg.localPort, 500);
      b.peer.speak(b.leg.localPort, 1_100);
      rig.engine.bridge(a.leg, b.leg);
      await Promise.all([a.peer.hears(1_100), b.peer.hears(500)]);
      await a.peer.press('5');
      await b.peer.press('7');
      await until(() => a.peer.digits.join('') === '7' && b.peer.digits.join('') === '5', 'the digits');
      await Promise.all([a.leg.close(), b.leg.close()]);
    });
  }

  it('exchanges encrypted reports', async () => {
    const { leg, peer } = await encrypted(SUITE);
    peer.speak(leg.localPort, 500);
    await until(() => peer.packets.length > 5, 'audio');
    await leg.close();
    await until(() => peer.reports.includes(203), 'BYE');
    assert.ok(peer.reports.includes(200), 'its counts');
  });

  it('hears nothing of a peer with another key or in clear: that is a media timeout', async () => {
    const { leg, peer, srtp } = await encrypted(SUITE);
    peer.encrypt({ ...srtp, peerKey: keysOf(SUITE, 1, 9).peerKey });
    const timedOut = new Promise<void>((resolve) => void leg.onMediaTimeout(300, resolve));
    const loud: number[] = [];
    leg.observe(({ levelDbov }) => loud.push(levelDbov));
    peer.speak(leg.localPort, 500);
    await timedOut;
    peer.encrypt(undefined);
    await new Promise<void>((resolve) => void leg.onMediaTimeout(300, resolve));
    const { packetsReceived, strayPackets } = await leg.stats();
    assert.equal(packetsReceived, 0);
    assert.ok(strayPackets > 10, `${strayPackets} are counted`);
    assert.ok(
      loud.every((level) => level < -90),
      `no noise: ${loud}`,
    );
    await leg.close();
  });

  it('counts a packet that is sent again once', async () => {
    const { leg, peer } = await encrypted(SUITE);
    const recorded: Buffer[] = [];
    peer.onSent = (packet) => recorded.push(Buffer.from(packet));
    peer.speak(leg.localPort, 500);
    await until(() => recorded.length >= 10, 'ten packets');
    peer.mute();
    let stats = await leg.stats();
    const untilStats = (isSo: () => boolean, what: string) =>
      until(() => {
        void leg.stats().then((now) => {
          stats = now;
        });
        return isSo();
      }, what);
    await untilStats(() => stats.packetsReceived === recorded.length, 'all of them');
    const before = stats.strayPackets;
    for (const packet of recorded) peer.sendRaw(leg.localPort, packet);
    await untilStats(() => stats.strayPackets >= before + recorded.length, 'all of them again');
    assert.deepEqual([stats.packetsReceived, stats.strayPackets], [recorded.length, before + recorded.length]);
    await leg.close();
  });

  it('sends another stream under a new key, and the same one under the same', async () => {
    const { leg, peer, srtp } = await encrypted(SUITE);
    const streams = () => [...new Set(peer.packets.map(({ ssrc }) => ssrc))];
    await until(() => peer.packets.length > 5, 'audio');
    const [first] = streams();
    leg.setFlow(peer.flow({ srtp: { ...srtp, peerKey: keysOf(SUITE, 1, 9).peerKey } }));
    const sent = peer.packets.length;
    await until(() => peer.packets.length > sent + 5, 'more audio');
    assert.deepEqual(streams(), [first]);
    const before = await leg.stats();
    const next = keysOf(SUITE, 3, 9);
    leg.setFlow(peer.flow({ srtp: next }));
    peer.encrypt(next);
    peer.forget();
    await until(() => peer.packets.length > 5, 'audio of the new key');
    const [second, ...others] = streams();
    assert.deepEqual([second !== first, others], [true, []]);
    assert.ok((await leg.stats()).packetsSent > before.packetsSent, 'all of the leg are counted');
    await leg.close();
  });

  it('goes on with new keys, and in clear when that is agreed on', async () => {
    const { leg, peer, srtp } = await encrypted(SUITE);
    const other = await rig.call();
    rig.engine.bridge(leg, other.leg);
    other.peer.speak(other.leg.localPort, 1_100);
    peer.speak(leg.localPort, 500);
    await Promise.all([peer.hears(1_100), other.peer.hears(500)]);
    for (const next of [keysOf('AES_CM_128_HMAC_SHA1_32', 3, 4), { ...srtp, ownKey: keysOf(SUITE, 5, 6).ownKey }, undefined]) {
      leg.setFlow(peer.flow({ srtp: next }));
      peer.encrypt(next);
      peer.forget();
      other.peer.forget();
      await Promise.all([peer.hears(1_100), other.peer.hears(500)]);
    }
    await Promise.all([leg.close(), other.leg.close()]);
  });
});
