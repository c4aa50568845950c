import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';

describe('a bridge', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  for (const where of ['one worker', 'two workers'] as const) {
    for (const [left, right] of [
      ['PCMU', 'PCMU'],
      ['PCMU', 'G722'],
      ['G722', 'G722'],
    ] as const) {
      it(`of ${left} and ${right} on ${where} lets each hear the other, and nothing after it is dissolved`, async () => {
        const a = await rig.call({ codec: left });
        const b = await rig.call({ codec: right, open: where === 'one worker' ? { near: a.leg } : {} });
        a.peer.speak(a.leg.localPort, 500);
        b.peer.speak(b.leg.localPort, 1_100);
        const bridge = rig.engine.bridge(a.leg, b.leg);
        await Promise.all([a.peer.hears(1_100), b.peer.hears(500)]);
        bridge.dissolve();
        await Promise.all([a.peer.hearsSilence(), b.peer.hearsSilence()]);
        await Promise.all([a.leg.close(), b.leg.close()]);
      });
    }

    it(`passes keys through on ${where}`, async () => {
      const a = await rig.call();
      const b = await rig.call({ open: where === 'one worker' ? { near: a.leg } : {} });
      rig.engine.bridge(a.leg, b.leg);
      a.peer.speak(a.leg.localPort, 0);
      b.peer.speak(b.leg.localPort, 0);
      for (const digit of '5#5') {
        await a.peer.press(digit, 100);
        await new Promise((resolve) => setTimeout(resolve, 80));
      }
      await until(() => b.peer.digits.length >= 3, 'three digits');
      assert.equal(b.peer.digits.join(''), '5#5');
      a.leg.digitFromSignalling('7');
      await until(() => b.peer.digits.length >= 4, 'the digit of signalling');
      assert.equal(b.peer.digits[3], '7');
      await Promise.all([a.leg.close(), b.leg.close()]);
    });
  }

  it('gives a key in-band to a party without telephone events', async () => {
    const a = await rig.call();
    const b = await rig.call({ flow: { telephoneEventPayloadType: undefined } });
    rig.engine.bridge(a.leg, b.leg);
    a.peer.speak(a.leg.localPort, 0);
    await a.peer.press('9', 200);
    await until(() => b.peer.heard(500).some((sample) => Math.abs(sample) > 2_000), 'a tone');
    const tones = b.peer.heard(500).filter((sample) => Math.abs(sample) > 1);
    assert.ok(toneShare(tones, 8_000, 852) > 0.1 && toneShare(tones, 8_000, 1_477) > 0.1, 'the tones of the 9');
    await Promise.all([a.leg.close(), b.leg.close()]);
  });

  it('is interrupted by a play, and mixes one that asks for it', async () => {
    const a = await rig.call();
    const b = await rig.call();
    a.peer.speak(a.leg.localPort, 500);
    rig.engine.bridge(a.leg, b.leg);
    await b.peer.hears(500);
    const clip = rig.engine.createClip(sine(8_000, 1_500, 1_000), 8_000);
    const over = b.leg.play([{ kind: 'clip', clip }], { loop: 0 });
    await b.peer.hears(1_500);
    over.stop();
    await b.peer.hears(500);
    const mixed = b.leg.play([{ kind: 'clip', clip }], { loop: 0, mix: true });
    const share = (hz: number) => toneShare(b.peer.heard(200), 8_000, hz);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(share(500) > 0.25 && share(1_500) > 0.25, 'both are heard');
    mixed.stop();
    await Promise.all([a.leg.close(), b.leg.close()]);
  });

  it('conceals 5 % loss and reordering', async () => {
    const a = await rig.call();
    const b = await rig.call();
    a.peer.network = { loss: 0.05, swapEvery: 7 };
    a.peer.speak(a.leg.localPort, 400);
    rig.engine.bridge(a.leg, b.leg);
    await b.peer.hears(400);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await b.peer.hears(400, 300);
    const stats = await a.leg.stats();
    assert.ok(stats.lost >= 1 && stats.lost <= stats.packetsReceived * 0.12, `${stats.lost} of ${stats.packetsReceived} lost`);
    assert.ok(stats.late >= 1, 'overtaken packets are late by their number');
    await Promise.all([a.leg.close(), b.leg.close()]);
  });

  it('ends with either leg', async () => {
    const a = await rig.call();
    const b = await rig.call();
    rig.engine.bridge(a.leg, b.leg);
    await a.leg.close();
    b.peer.forget();
    await until(() => b.peer.packets.length > 2, 'silence for the one who stays');
    await b.leg.close();
  });
});
