import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { join, sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { decodeMulaw } from './codecs/g711.ts';
import type { MediaLeg } from './media-engine.ts';
import { FEED_CAPACITY_MS, type StreamEncoding, type StreamRate, type StreamTrack, type TapOptions } from './stream-audio.ts';

const TAP: TapOptions = { tracks: ['inbound'], encoding: 'l16', sampleRate: 8_000, noiseLevel: undefined };

/** Collects what a tap hands out. */
function listenTo(leg: MediaLeg, options: Partial<TapOptions> = {}) {
  const wanted = { ...TAP, ...options };
  const frames: Record<StreamTrack, Uint8Array[]> = { inbound: [], outbound: [] };
  const tap = leg.tap(wanted, (track, audio) => frames[track].push(audio));
  /** The last 200 ms of a track. */
  const latest = (track: StreamTrack) => join(...frames[track].slice(-10).map((bytes) => samplesOf(bytes, wanted.encoding)));
  return { tap, frames, latest };
}

function samplesOf(bytes: Uint8Array, encoding: StreamEncoding): Int16Array {
  if (encoding === 'mulaw') {
    const pcm = new Int16Array(bytes.length);
    decodeMulaw(bytes, 0, bytes.length, pcm);
    return pcm;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length / 2 }, (_, index) => view.getInt16(2 * index, true));
}

describe('a tap of a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  for (const [codec, encoding, sampleRate, bytes] of [
    ['PCMU', 'mulaw', 8_000, 160],
    ['PCMA', 'l16', 8_000, 320],
    ['PCMU', 'l16', 16_000, 640],
    ['PCMU', 'l16', 24_000, 960],
    ['G722', 'mulaw', 8_000, 160],
    ['G722', 'l16', 16_000, 640],
    ['G722', 'l16', 24_000, 960],
  ] as const) {
    it(`hands out what a ${codec} party says as ${encoding} at ${sampleRate} Hz, ${bytes} octets each 20 ms`, async () => {
      const { leg, peer } = await rig.call({ codec });
      const { frames, latest } = listenTo(leg, { encoding, sampleRate });
      peer.speak(leg.localPort, 1_000);
      await until(() => toneShare(latest('inbound'), sampleRate, 1_000) > 0.95, 'the tone');
      assert.deepEqual([...new Set(frames.inbound.map((frame) => frame.length))], [bytes]);
      assert.equal(frames.outbound.length, 0);
      await leg.close();
    });
  }

  it('hands out both tracks apart, and silence while nobody says anything', async () => {
    const { leg, peer } = await rig.call();
    const { frames, latest } = listenTo(leg, { tracks: ['inbound', 'outbound'] });
    await until(() => frames.inbound.length >= 5 && frames.outbound.length >= 5, 'silence');
    assert.ok(latest('inbound').every((sample) => Math.abs(sample) < 16));
    const clip = rig.engine.createClip(sine(8_000, 600, 1_000), 8_000);
    leg.play([{ kind: 'clip', clip }], { loop: 0 });
    peer.speak(leg.localPort, 1_400);
    await until(
      () => toneShare(latest('inbound'), 8_000, 1_400) > 0.95 && toneShare(latest('outbound'), 8_000, 600) > 0.95,
      'both tones',
    );
    await leg.close();
  });

  it('keeps the pace of 50 frames a second and ends when it is stopped', async () => {
    const { leg } = await rig.call();
    const { tap, frames } = listenTo(leg);
    await until(() => frames.inbound.length > 0, 'a frame');
    const before = frames.inbound.length;
    const from = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const expected = (performance.now() - from) / 20;
    assert.ok(Math.abs(frames.inbound.length - before - expected) < 8, `${frames.inbound.length - before} frames`);
    tap.stop();
    const { length } = frames.inbound;
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(frames.inbound.length, length);
    await leg.close();
  });
});

describe('a feed of a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  for (const codec of ['PCMU', 'G722'] as const) {
    for (const rate of [8_000, 16_000, 24_000] as const satisfies readonly StreamRate[]) {
      it(`is heard by a ${codec} party, from ${rate} Hz`, async () => {
        const { leg, peer } = await rig.call({ codec });
        const feed = leg.feed();
        const pcm = sine(rate, 900, 400);
        assert.equal(feed.push(pcm, rate), pcm.length);
        await peer.hears(900, 200);
        assert.equal(await feed.checkpoint(), true);
        assert.equal(feed.bufferedMs, 0);
        await peer.hearsSilence();
        await leg.close();
      });
    }
  }

  it('joins pieces of any length without a gap', async () => {
    const { leg, peer } = await rig.call();
    const feed = leg.feed();
    const pcm = sine(16_000, 700, 600);
    for (let at = 0; at < pcm.length; at += 137) feed.push(pcm.slice(at, at + 137), 16_000);
    await feed.checkpoint();
    await until(() => toneShare(peer.heard(500), 8_000, 700) > 0.97, '500 ms of an unbroken tone');
    await leg.close();
  });

  it('tells a checkpoint when all before it was sent, and one in an empty queue at once', async () => {
    const { leg } = await rig.call();
    const feed = leg.feed();
    assert.equal(await feed.checkpoint(), true);
    const from = performance.now();
    feed.push(sine(8_000, 500, 300), 8_000);
    assert.equal(await feed.checkpoint(), true);
    const took = performance.now() - from;
    assert.ok(took >= 270 && took < 500, `${took} ms`);
    await leg.close();
  });

  it('falls silent at once when it is cleared, and its checkpoints never come', async () => {
    const { leg, peer } = await rig.call();
    const feed = leg.feed();
    feed.push(sine(8_000, 500, 5_000), 8_000);
    const reached = feed.checkpoint();
    await peer.hears(500);
    feed.clear();
    assert.equal(await reached, false);
    await peer.hearsSilence(100, 300);
    assert.equal(feed.bufferedMs, 0);
    await leg.close();
  });

  it('takes a minute and no more', async () => {
    const { leg } = await rig.call();
    const feed = leg.feed();
    const half = new Int16Array((8 * FEED_CAPACITY_MS) / 2 + 8_000);
    assert.equal(feed.push(half, 8_000), half.length);
    const taken = feed.push(half, 8_000);
    assert.ok(taken < half.length && taken > half.length - 20_000, `${taken}`);
    assert.ok(feed.push(half, 8_000) < 1_000);
    await leg.close();
  });

  // The codecs of the two sides: passed through, transcoded, and with a coder that remembers what it coded before.
  for (const [hears, says] of [
    ['PCMU', 'PCMU'],
    ['G722', 'G722'],
    ['G722', 'PCMU'],
  ] as const) {
    it(`is mixed into what a bridged party says in ${says} to one that hears ${hears}`, async () => {
      const a = await rig.call({ codec: hears });
      const b = await rig.call({ codec: says, open: { near: a.leg } });
      rig.engine.bridge(a.leg, b.leg);
      b.peer.speak(b.leg.localPort, 1_300);
      const feed = a.leg.feed();
      feed.push(sine(8_000, 500, 2_000), 8_000);
      await until(() => {
        const heard = a.peer.heard(200);
        return toneShare(heard, a.peer.codec.sampleRate, 500) > 0.3 && toneShare(heard, a.peer.codec.sampleRate, 1_300) > 0.3;
      }, 'both');
      await Promise.all([a.leg.close(), b.leg.close()]);
    });
  }

  it('ends with its leg: nothing is taken and what waited is told', async () => {
    const { leg } = await rig.call();
    const feed = leg.feed();
    feed.push(sine(8_000, 500, 5_000), 8_000);
    const reached = feed.checkpoint();
    await leg.close();
    assert.equal(await reached, false);
    assert.equal(feed.push(sine(8_000, 500, 20), 8_000), 0);
    assert.equal(await feed.checkpoint(), false);
  });
});
