import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { until } from '../../testkit/rtp-peer.ts';

const TONES = { method: 'rfc4733', toneMs: 60, gapMs: 60 } as const;

describe('keys that a browser is told', async () => {
  const rig = new MediaRig();
  after(() => rig.close());

  /** A browser's leg whose audio goes nowhere, and what it was told. */
  const browserLeg = async () => {
    const leg = await rig.engine.openLeg({ secured: true });
    leg.setFlow((await rig.peer()).flow());
    const told: string[] = [];
    leg.onDigitSent((digit) => told.push(digit));
    return { leg, told };
  };

  it('are those of a bridged phone, as it has no telephone events, until the bridge is gone', async () => {
    const { leg, peer } = await rig.call();
    const browser = await browserLeg();
    const { told } = browser;
    const toPhone: string[] = [];
    leg.onDigitSent((digit) => toPhone.push(digit));
    const pressed: string[] = [];
    leg.onDigit((digit) => pressed.push(digit));
    peer.speak(leg.localPort, 0);
    await peer.press('1');
    await until(() => pressed.includes('1'), 'the key before the bridge');
    const bridge = rig.engine.bridge(leg, browser.leg);
    await peer.press('5');
    await until(() => told.length === 1, 'the key of the phone');
    browser.leg.digitFromSignalling('7');
    browser.leg.sendDigits('#', TONES);
    await until(() => told.length === 2, 'the key of ours');
    bridge.dissolve();
    await peer.press('6');
    await until(() => pressed.includes('6'), 'the key after the bridge');
    assert.deepEqual([told, toPhone], [['5', '#'], []]);
    await Promise.all([leg.close(), browser.leg.close()]);
  });

  it('are those of one string after those of another that it is still being sent', async () => {
    const { leg, told } = await browserLeg();
    leg.sendDigits('12', TONES);
    await leg.sendDigits('34', TONES).allSent;
    assert.equal(told.join(''), '1234');
    await leg.close();
  });
});
