import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import { CreditWatch, isOutOfCredit } from './credit.ts';

function createWatch(balanceMicros: number, billingMode: 'prepaid' | 'postpaid' = 'prepaid') {
  const rig = createVoiceRig();
  rig.account.current = { ...rig.account.current, billingMode, balanceMicros };
  const watch = new CreditWatch({ clock: rig.clock, live: rig.live, account: async () => rig.account.current });
  return { rig, watch };
}

describe('calls of a prepaid account', () => {
  test('end with 1010 when together they cost more than there is', async () => {
    // A minute costs 8,500.
    const { rig, watch } = createWatch(17_000);
    const calls = [rig.startCall('outbound'), rig.startCall('outbound'), rig.startCall('outbound')];
    calls[0]?.leg.answers();
    calls[1]?.leg.answers();
    await rig.clock.advance(60_000);
    await watch.check();
    assert.equal(rig.ended.length, 0);
    await rig.clock.advance(1_000);
    await watch.check();
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ ended }) => `${ended?.cause.code} ${ended?.cause.source}`),
      ['1010 Plivo', '1010 Plivo'],
    );
    assert.equal(rig.live.size, 1, 'a call that only rings costs nothing');
    await rig.assertClean();
  });

  test('go on while there is credit, and those of others whatever there is', async () => {
    for (const [balance, mode] of [
      [1_000_000, 'prepaid'],
      [0, 'postpaid'],
    ] as const) {
      const { rig, watch } = createWatch(balance, mode);
      rig.startCall('outbound').leg.answers();
      await rig.clock.advance(600_000);
      await watch.check();
      assert.equal(rig.ended.length, 0);
      await rig.assertClean();
    }
  });

  test('cannot be begun without any', () => {
    assert.equal(isOutOfCredit({ billingMode: 'prepaid', balanceMicros: 0 }), true);
    assert.equal(isOutOfCredit({ billingMode: 'prepaid', balanceMicros: 1 }), false);
    assert.equal(isOutOfCredit({ billingMode: 'postpaid', balanceMicros: -5 }), false);
  });
});
