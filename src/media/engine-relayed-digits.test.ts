import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';

describe('keys of a phone', async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  it('are told to a bridged browser, which has no telephone events, until the bridge is gone', async () => {
    const { leg, peer } = await rig.call();
    const browser = await rig.engine.openLeg({ secured: true });
    const told: string[] = [];
    browser.onDigitSent((digit) => told.push(digit));
    const toPhone: string[] = [];
    leg.onDigitSent((digit) => toPhone.push(digit));
    peer.speak(leg.localPort, 0);
    await peer.press('1');
    const bridge = rig.engine.bridge(leg, browser);
    await peer.press('5');
    await until(() => told.length === 1, 'the key of the phone');
    browser.digitFromSignalling('7');
    browser.sendDigits('#', { method: 'rfc4733', toneMs: 60, gapMs: 60 });
    await until(() => told.length === 2, 'the key of ours');
    bridge.dissolve();
    await peer.press('6');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual([told, toPhone], [['5', '#'], []]);
    await Promise.all([leg.close(), browser.close()]);
  });
});
