import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { join, silence, sine } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';

describe('playing on a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  it('sends silence until something is played, then the clip, then silence again', async () => {
    const { leg, peer } = await rig.call();
    await peer.hearsSilence();
    const clip = rig.engine.createClip(sine(8_000, 440, 300), 8_000);
    const asked = performance.now();
    const playback = leg.play([{ kind: 'clip', clip }], { loop: 1 });
    await peer.hears(440);
    assert.equal(await playback.ended, 'completed');
    const took = performance.now() - asked;
    assert.ok(took >= 280 && took < 700, `the end is told when the last sample is out, not before: ${took} ms`);
    await peer.hearsSilence();
  });

  it('numbers packets one by one, 160 ticks apart, with a marker on the first alone', async () => {
    const { peer } = await rig.call();
    await until(() => peer.packets.length >= 20, '20 packets');
    const [first] = peer.packets;
    assert.ok(first);
    assert.equal(first.marker, true);
    for (const [index, packet] of peer.packets.entries()) {
      assert.equal(packet.sequence, (first.sequence + index) & 0xffff);
      assert.equal(packet.ssrc, first.ssrc);
      assert.equal(packet.bytes, 160);
      if (index > 0) assert.equal(packet.marker, (packet.timestamp - (peer.packets[index - 1]?.timestamp ?? 0)) >>> 0 !== 160);
    }
  });

  it('keeps to the 20 ms grid over time', async () => {
    const { peer } = await rig.call();
    await until(() => peer.packets.length >= 3, 'packets');
    peer.forget();
    const from = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [first] = peer.packets;
    const last = peer.packets.at(-1);
    assert.ok(first && last);
    const mediaMs = ((last.timestamp - first.timestamp) >>> 0) / 8;
    assert.ok(Math.abs(mediaMs - (performance.now() - from)) < 150, `${mediaMs} ms of audio`);
  });

  it('plays in the background what is heard again after each other play', async () => {
    const { leg, peer } = await rig.call();
    const music = rig.engine.createClip(sine(8_000, 500, 400), 8_000);
    const other = rig.engine.createClip(sine(8_000, 1_500, 400), 8_000);
    const background = leg.play([{ kind: 'clip', clip: music }], { loop: 0, background: true });
    await peer.hears(500);
    assert.equal(await leg.play([{ kind: 'clip', clip: other }], { loop: 1 }).ended, 'completed');
    await peer.hears(500);
    background.stop();
    assert.equal(await background.ended, 'stopped');
    await peer.hearsSilence();
  });

  it('joins a list without a gap and loops it', async () => {
    const { leg, peer } = await rig.call();
    const low = rig.engine.createClip(sine(8_000, 500, 130), 8_000);
    const high = rig.engine.createClip(sine(8_000, 1_500, 110), 8_000);
    const playback = leg.play(
      [
        { kind: 'clip', clip: low },
        { kind: 'clip', clip: high },
      ],
      { loop: 2 },
    );
    await peer.hears(500, 60);
    await peer.hears(1_500, 60);
    await peer.hears(500, 60);
    await peer.hears(1_500, 60);
    assert.equal(await playback.ended, 'completed');
  });

  it('ends after maxMs, on stop, and when another play takes its place', async () => {
    const { leg, peer } = await rig.call();
    const clip = rig.engine.createClip(sine(8_000, 440, 1_000), 8_000);
    const endless = leg.play([{ kind: 'clip', clip }], { loop: 0, maxMs: 100 });
    assert.equal(await endless.ended, 'completed');
    const stopped = leg.play([{ kind: 'tone', tone: 'ringback' }], { loop: 0 });
    await peer.hears(440, 40).catch(() => undefined);
    stopped.stop();
    assert.equal(await stopped.ended, 'stopped');
    const replaced = leg.play([{ kind: 'silence', ms: 5_000 }], { loop: 1 });
    const replacing = leg.play([{ kind: 'tone', tone: { hz: 900, ms: 200, dbov: -12 } }], { loop: 1 });
    assert.equal(await replaced.ended, 'stopped');
    await peer.hears(900);
    assert.equal(await replacing.ended, 'completed');
    assert.equal(await leg.play([], { loop: 0 }).ended, 'completed', 'an empty list is over at once');
  });

  for (const codec of ['PCMU', 'G722'] as const) {
    it(`plays over what is playing, beside it or alone, and that goes on: ${codec}`, async () => {
      const { leg, peer } = await rig.call({ codec });
      const tone = (hz: number, ms: number) => ({ kind: 'tone', tone: { hz, ms, dbov: -15 } }) as const;
      const below = leg.play([tone(500, 1_500)], { loop: 1 });
      await peer.hears(500, 60);
      const asked = performance.now();
      const beside = leg.play([tone(1_200, 5_000)], { loop: 1, mix: true, over: true });
      await until(() => peer.shareOf(1_200) > 0.2 && peer.shareOf(500) > 0.2, 'both');
      const alone = leg.play([tone(1_900, 200)], { loop: 1, over: true });
      assert.equal(await beside.ended, 'stopped', 'one takes the place of the other');
      await peer.hears(1_900, 60);
      assert.equal(await alone.ended, 'completed');
      await peer.hears(500, 60);
      assert.equal(await below.ended, 'completed');
      const took = performance.now() - asked;
      assert.ok(took < 2_200, `it has lost no time: ${took} ms`);
    });
  }

  it('over nothing plays all the same, and ends by stop', async () => {
    const { leg, peer } = await rig.call();
    const playback = leg.play([{ kind: 'tone', tone: 'ringback' }], { loop: 0, mix: true, over: true });
    await until(() => peer.shareOf(440) > 0.2, 'the tone');
    playback.stop();
    assert.equal(await playback.ended, 'stopped');
    await peer.hearsSilence();
  });

  for (const codec of ['PCMA', 'G722'] as const) {
    it(`plays clips of either rate in ${codec}`, async () => {
      const { leg, peer } = await rig.call({ codec });
      for (const rate of [8_000, 16_000] as const) {
        const clip = rig.engine.createClip(join(sine(rate, 700, 250), silence(rate, 150)), rate);
        const playback = leg.play([{ kind: 'clip', clip }], { loop: 1 });
        await peer.hears(700);
        assert.equal(await playback.ended, 'completed');
      }
    });
  }

  it('goes on in the new codec after a re-INVITE', async () => {
    const { leg, peer } = await rig.call();
    const clip = rig.engine.createClip(sine(16_000, 600, 1_000), 16_000);
    const playback = leg.play([{ kind: 'clip', clip }], { loop: 0 });
    await peer.hears(600);
    const other = await rig.peer('G722');
    leg.setFlow(other.flow());
    await other.hears(600);
    playback.stop();
    assert.equal(await playback.ended, 'stopped');
  });

  it('puts 40 ms into a packet when asked to', async () => {
    const { peer } = await rig.call({ flow: { ptimeMs: 40 } });
    await until(() => peer.packets.length >= 5, 'packets');
    assert.deepEqual([...new Set(peer.packets.map((packet) => packet.bytes))], [320]);
  });

  it('sends nothing on hold, and begins a new talk spurt after it', async () => {
    const { leg, peer } = await rig.call();
    await until(() => peer.packets.length >= 3, 'packets');
    leg.setFlow(peer.flow({ direction: 'inactive' }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    peer.forget();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(peer.packets.length, 0);
    leg.setFlow(peer.flow());
    await until(() => peer.packets.length >= 2, 'packets');
    assert.deepEqual(
      peer.packets.slice(0, 2).map((packet) => packet.marker),
      [true, false],
    );
  });

  it('misses nothing while the far end holds the call, and does afterwards', async () => {
    const { leg, peer } = await rig.call();
    await until(() => peer.packets.length >= 3, 'packets');
    leg.setFlow(peer.flow({ direction: 'recvonly' }));
    let timeouts = 0;
    const stop = leg.onMediaTimeout(80, () => timeouts++);
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(timeouts, 0);
    leg.setFlow(peer.flow());
    await until(() => timeouts > 0, 'the timeout');
    stop();
  });

  it('sends the first packet of a play within one tick and some', async () => {
    const { leg, peer } = await rig.call();
    const clip = rig.engine.createClip(sine(8_000, 440, 400, 12_000), 8_000);
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      await peer.hearsSilence(60);
      const from = performance.now();
      const before = peer.packets.length;
      const playback = leg.play([{ kind: 'clip', clip }], { loop: 1 });
      await until(() => peer.packets.length > before && peer.heard(10).some((sample) => Math.abs(sample) > 1_000), 'sound');
      waits.push(performance.now() - from);
      playback.stop();
      await playback.ended;
    }
    waits.sort((a, b) => a - b);
    assert.ok((waits[2] ?? 99) < 45, `median of ${waits.map((wait) => wait.toFixed(0))} ms`);
  });
});
