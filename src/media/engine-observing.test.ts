import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';
import type { DigitMethod, HeardWindow } from './media-engine.ts';

describe('observing a leg', { concurrency: true }, () => {
  let rig: MediaRig;
  before(() => {
    rig = new MediaRig();
  });
  after(() => rig.close());

  for (const codec of ['PCMU', 'G722'] as const) {
    it(`measures level and frequency every 100 ms, ${codec}`, async () => {
      const { leg, peer } = await rig.call({ codec });
      const windows: HeardWindow[] = [];
      const stop = leg.observe((window) => windows.push(window));
      peer.speak(leg.localPort, 1000);
      await until(() => windows.length >= 8, 'windows');
      const { levelDbov, hz = 0, toneShare } = windows.at(-2) ?? assert.fail();
      // The peer's sine has a peak of 8000 of 32768.
      assert.ok(
        Math.abs(levelDbov + 15.3) < 0.5 && Math.abs(hz - 1000) < 3 && toneShare > 0.95,
        `${levelDbov} ${hz} ${toneShare}`,
      );
      peer.speak(leg.localPort, 0);
      await until(() => (windows.at(-1)?.levelDbov ?? 0) < -60, 'silence');
      stop();
      const { length } = windows;
      await new Promise((resolve) => setTimeout(resolve, 250));
      assert.ok(windows.length <= length + 1);
      await leg.close();
    });
  }

  it('goes on in silence while nothing is to be received, and finds keys that sound in the audio', async () => {
    const { leg, peer } = await rig.call({ flow: { direction: 'sendonly' } });
    const windows: HeardWindow[] = [];
    const digits: [string, DigitMethod][] = [];
    leg.observe((window) => windows.push(window));
    leg.onDigit((digit, method) => digits.push([digit, method]));
    peer.speak(leg.localPort, 1000);
    await until(() => windows.length >= 3, 'windows');
    assert.ok(windows.every(({ levelDbov, hz }) => levelDbov === -127 && hz === undefined));
    peer.mute();
    const other = await rig.engine.openLeg();
    const flow = { ...peer.flow(), remotePort: other.localPort, remoteRtcpPort: other.localPort + 1 };
    leg.setFlow(flow);
    other.setFlow({ ...flow, remotePort: leg.localPort, remoteRtcpPort: leg.localPort + 1 });
    await other.sendDigits('5', { method: 'inband', toneMs: 100, gapMs: 100 }).allSent;
    await until(() => digits.length === 1, 'the digit');
    assert.deepEqual(digits, [['5', 'inband']]);
    await Promise.all([leg.close(), other.close()]);
  });
});
