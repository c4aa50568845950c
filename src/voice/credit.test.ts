import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVoiceRig } from '../../testkit/voice-rig.ts';
import { DEFAULT_INCREMENT } from './pricing.ts';

function createWatch(balanceMicros: number, billingMode: 'prepaid' | 'postpaid' = 'prepaid') {
  const rig = createVoiceRig();
  rig.account.current = { ...rig.account.current, billingMode, balanceMicros };
  return { rig, watch: rig.credit };
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

  test('cannot be begun unless the first step is covered besides the calls that are up', async () => {
    const { rig, watch } = createWatch(17_000);
    const rate = { perMinute: 8_500, ...DEFAULT_INCREMENT };
    const owner = () => ({ account: rig.account.current, subaccount: null });
    assert.equal(await watch.canPay(owner(), rate), true);
    rig.startCall('outbound').leg.answers();
    assert.equal(await watch.canPay(owner(), rate), true);
    rig.startCall('outbound').leg.answers();
    assert.equal(await watch.canPay(owner(), rate), false);
    for (const [balanceMicros, billingMode, expected] of [
      [0, 'prepaid', false],
      [8_499, 'prepaid', false],
      [8_500, 'prepaid', true],
      [-5, 'postpaid', true],
    ] as const) {
      const other = createWatch(balanceMicros, billingMode);
      assert.equal(await other.watch.canPay({ account: other.rig.account.current, subaccount: null }, rate), expected);
    }
    await rig.assertClean();
  });

  test('that is answered when nothing is left for it ends alone', async () => {
    const { rig } = createWatch(8_500);
    const first = rig.startCall('inbound');
    const second = rig.startCall('inbound');
    await first.call.answer();
    await rig.clock.advance(1);
    await second.call.answer();
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ callId, ended }) => [callId, ended?.cause.code]),
      [[second.call.id, 1010]],
    );
    await rig.assertClean();
  });

  test('are held against what the account’s calls on other nodes cost', async () => {
    const { rig, watch } = createWatch(17_000);
    rig.startCall('outbound').leg.answers();
    await rig.clock.advance(1_000);
    rig.standing.talkedElsewhere = 8_501;
    await watch.check();
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ ended }) => ended?.cause.code),
      [1010],
    );
    await rig.assertClean();
  });
});

describe('a spend limit', () => {
  test('ends and refuses calls like a balance, prepaid or not', async () => {
    const { rig, watch } = createWatch(0, 'postpaid');
    rig.account.current = { ...rig.account.current, settings: { spend: { perDayMicros: 8_500 } } };
    rig.standing.spendLeft = 8_500;
    rig.startCall('outbound').leg.answers();
    await rig.clock.advance(60_000);
    await watch.check();
    assert.equal(rig.ended.length, 0);
    await rig.clock.advance(1_000);
    await watch.check();
    await rig.clock.advance(1);
    assert.deepEqual(
      rig.ended.map(({ ended }) => ended?.cause.code),
      [1010],
    );
    rig.standing.spendLeft = 0;
    const rate = { perMinute: 8_500, ...DEFAULT_INCREMENT };
    assert.equal(await watch.canPay({ account: rig.account.current, subaccount: null }, rate), false);
    await rig.assertClean();
  });
});
