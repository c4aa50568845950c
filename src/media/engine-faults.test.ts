import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { RtpPeer, until } from '../../testkit/rtp-peer.ts';
import { writeRtpHeader } from './rtp/rtp-packet.ts';

function rtp(payloadType: number, sequence: number, ssrc: number, bytes = 160): Uint8Array {
  const packet = new Uint8Array(12 + bytes).fill(0xff, 12);
  writeRtpHeader(packet, payloadType, false, sequence, sequence * 160, ssrc);
  return packet;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('what a leg must bear', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  it('RTP from a wrong address is counted and dropped, and does not turn the sound away', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 0);
    await until(() => peer.packets.length > 3, 'packets');
    await pause(60);
    const thief = await rig.peer();
    thief.ssrc = peer.ssrc;
    thief.speak(leg.localPort, 700);
    await pause(200);
    const stats = await leg.stats();
    assert.ok(stats.strayPackets >= 5, `${stats.strayPackets} strays`);
    assert.equal(thief.packets.length, 0);
    await leg.close();
  });

  it('a peer behind a NAT is followed to where its packets come from', async () => {
    const { leg, peer } = await rig.call({ flow: { remotePort: 9, remoteRtcpPort: 10 } });
    peer.speak(leg.localPort, 0);
    await until(() => peer.packets.length > 3, 'packets at the real address');
    await leg.close();
  });

  it('garbage of every kind does no harm', async () => {
    const { leg, peer } = await rig.call();
    const heard: string[] = [];
    leg.onDigit((digit) => heard.push(digit));
    rig.engine.bridge(leg, (await rig.call()).leg);
    peer.speak(leg.localPort, 440);
    await pause(80);
    const padded = rtp(0, 1, 9);
    padded[0] = 0xa0;
    padded[padded.length - 1] = 255;
    const extended = rtp(0, 2, 9);
    extended[0] = 0x9f;
    const packets = [
      new Uint8Array(0),
      new Uint8Array(1),
      new Uint8Array(11),
      rtp(0, 3, 9, 0),
      rtp(0, 4, 9, 1),
      rtp(0, 5, 9, 1_400),
      rtp(0, 5, 9, 9_000),
      rtp(96, 6, 9),
      rtp(101, 7, 9, 0),
      rtp(101, 8, 9, 3),
      rtp(101, 9, 9, 160),
      padded,
      extended,
      ...Array.from({ length: 200 }, (_, seed) => Uint8Array.from({ length: seed }, (_, at) => (seed * 31 + at * 17) & 0xff)),
    ];
    for (const packet of packets) peer.sendRaw(leg.localPort, packet);
    for (const packet of packets) peer.sendRaw(leg.localPort + 1, packet);
    await pause(100);
    peer.forget();
    await until(() => peer.packets.length > 5, 'packets go on');
    assert.deepEqual(rig.faults, []);
    await leg.close();
  });

  it('a flood from one source leaves the others their time', async (t) => {
    const a = await rig.call();
    const b = await rig.call({ open: { near: a.leg } });
    const flood = rtp(0, 1, 1);
    const socket = createSocket('udp4');
    t.after(() => socket.close());
    const until = performance.now() + 500;
    while (performance.now() < until) {
      for (let burst = 0; burst < 50; burst++) socket.send(flood, a.leg.localPort, '127.0.0.1');
      await pause(1);
    }
    const sent = await b.leg.stats();
    assert.ok(sent.packetsSent >= 15, `${sent.packetsSent} packets sent meanwhile`);
    assert.ok((await a.leg.stats()).packetsReceived < 64 * 40, 'only so many are looked at');
    await Promise.all([a.leg.close(), b.leg.close()]);
  });

  it('reports go out and a BYE ends them', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 0);
    await until(() => peer.reports.includes(200), 'a sender report', 4_500);
    await leg.close();
    await until(() => peer.reports.includes(203), 'a BYE');
    assert.deepEqual(peer.reports.slice(-3), [200, 202, 203]);
  });

  it('after close nothing happens any more, and closing again is harmless', async () => {
    const { leg, peer } = await rig.call();
    await until(() => peer.packets.length > 0, 'a packet, to be counted');
    const playback = leg.play([{ kind: 'silence', ms: 10_000 }], { loop: 1 });
    const digits = leg.sendDigits('1W', { method: 'rfc4733', toneMs: 5_000, gapMs: 100 });
    const [stats, again] = await Promise.all([leg.close(), leg.close()]);
    assert.deepEqual(stats, again);
    assert.equal(await playback.ended, 'closed');
    await digits.allSent;
    assert.equal(await leg.play([{ kind: 'silence', ms: 10 }], { loop: 1 }).ended, 'closed');
    peer.forget();
    await pause(60);
    assert.equal(peer.packets.length, 0);
    assert.deepEqual(await leg.stats(), stats);
  });
});

describe('the engine', () => {
  it('refuses a leg when all ports are in use, and when they rest after a call', async (t) => {
    const from = 30_000 + Math.floor(Math.random() * 1_000) * 2;
    const rig = new MediaRig({ ports: { from, to: from + 3 } });
    t.after(() => rig.close());
    const [a, b] = [await rig.engine.openLeg(), await rig.engine.openLeg()];
    assert.equal(rig.engine.counts().ports, 4);
    await assert.rejects(rig.engine.openLeg(), /all 2 RTP port pairs are in use/);
    await a.close();
    await assert.rejects(rig.engine.openLeg(), /rest after a call/);
    await b.close();
  });

  it('passes over a port that another program holds', async (t) => {
    const other = await RtpPeer.open();
    const from = other.port - (other.port % 2);
    const rig = new MediaRig({ ports: { from, to: from + 3 } });
    t.after(() => rig.close());
    const leg = await rig.engine.openLeg();
    assert.equal(leg.localPort, from + 2);
    other.close();
  });

  it('outlives a worker: its legs end as closed and hear why, new legs get a new worker', async (t) => {
    const rig = new MediaRig({ workers: 1 });
    t.after(() => rig.close());
    const { leg } = await rig.call();
    const playback = leg.play([{ kind: 'silence', ms: 60_000 }], { loop: 1 });
    const heard = leg.listen({ silenceMs: 60_000 }, new AbortController().signal);
    const failed = new Promise<Error>((resolve) => leg.onFailure(resolve));
    rig.killWorker(leg);
    assert.match((await failed).message, /media worker ended/);
    assert.equal(await playback.ended, 'closed');
    assert.equal(await heard, undefined);
    assert.equal(rig.faults.length, 1);
    assert.deepEqual(rig.engine.counts(), { legs: 0, bridges: 0, rooms: 0, ports: 0, recordings: 0 });
    const { leg: next, peer } = await rig.call();
    await until(() => peer.packets.length > 2, 'packets of the new worker');
    assert.equal((await leg.close()).packetsSent, 0);
    await next.close();
  });

  it('gives everything back after many legs', async (t) => {
    const rig = new MediaRig();
    t.after(() => rig.close());
    const peer = await rig.peer();
    const directory = await mkdtemp(join(tmpdir(), 'ringdown-media-'));
    const clip = rig.engine.createClip(new Int16Array(800), 8_000);
    const descriptors = async () => (await readdir('/proc/self/fd')).length;
    const round = async (count: number) => {
      const legs = await Promise.all(Array.from({ length: count }, () => rig.engine.openLeg()));
      for (const leg of legs) {
        leg.setFlow(peer.flow());
        leg.onDigit(() => undefined);
        leg.play([{ kind: 'clip', clip }], { loop: 0 });
      }
      for (let index = 0; index + 1 < count; index += 2) {
        const [a, b] = [legs[index], legs[index + 1]];
        if (a && b) rig.engine.bridge(a, b);
      }
      const recordings = legs.slice(0, 4).map((leg) => {
        return leg.record({ format: 'wav', channels: 'stereo', path: join(directory, `${leg.localPort}.wav`), maxMs: 1_000 });
      });
      await pause(40);
      await Promise.all(legs.map((leg) => leg.close()));
      for (const { ended } of recordings) assert.equal((await ended).cause, 'closed');
      assert.deepEqual(rig.engine.counts(), { legs: 0, bridges: 0, rooms: 0, ports: 0, recordings: 0 });
    };
    const [one, other] = [await rig.engine.openLeg(), await rig.engine.openLeg()];
    rig.engine.bridge(one, other);
    assert.deepEqual(rig.engine.counts(), { legs: 2, bridges: 1, rooms: 0, ports: 4, recordings: 0 });
    await one.close();
    assert.deepEqual(rig.engine.counts(), { legs: 1, bridges: 0, rooms: 0, ports: 2, recordings: 0 });
    await other.close();
    await round(100);
    await pause(100);
    const before = await descriptors();
    for (let times = 0; times < 9; times++) await round(100);
    await pause(100);
    const after = await descriptors();
    assert.ok(after <= before + 4, `${before} descriptors, then ${after}`);
    await rm(directory, { recursive: true });
  });
});
