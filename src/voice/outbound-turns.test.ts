import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CALLEE, createCallControlRig } from '../../testkit/call-control-rig.ts';
import { Problem } from '../errors/catalogue.ts';

const OTHER = '14155550124';
const THIRD = '14155550125';

describe('a call whose turn comes while it is being hung up', () => {
  test('is not lost when storage says that it waits no longer', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
    rig.store.cancelQueued = async () => false;
    await assert.rejects(
      rig.control.hangUp(rig.scope, requestIds[2] ?? ''),
      (error: unknown) => error instanceof Problem && error.code === 'not_found',
    );
    await rig.clock.advance(1_000);
    assert.equal(rig.dialled.length, 3);
    await rig.assertClean();
  });

  for (const [what, code, hangUp] of [
    ['a hang-up', 1000, 'hangUp'],
    ['a cancelled request', 1000, 'cancelRequest'],
    ['a hang-up of all', 0, 'hangUpAll'],
  ] as const) {
    test(`is ended by ${what}, though it is not dialled yet`, async () => {
      const rig = createCallControlRig();
      const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD] });
      const answer = Promise.withResolvers<void>();
      const markDialing = rig.store.markDialing.bind(rig.store);
      rig.store.markDialing = async (callId) => {
        const isOurs = await markDialing(callId);
        await answer.promise;
        return isOurs;
      };
      await rig.clock.advance(1_000);
      assert.equal(rig.dialled.length, 2, 'it is no longer queued, and not dialled yet');
      const hungUp = rig.control[hangUp](rig.scope, requestIds[2] ?? '');
      await rig.clock.advance(1);
      answer.resolve();
      await hungUp;
      assert.equal(rig.dialled[2]?.leg.hungUpWith?.code, code);
      await rig.assertClean();
    });
  }

  test('is ended when it was taken out of storage meanwhile', async () => {
    const rig = createCallControlRig();
    const { requestIds } = await rig.place({ to: [CALLEE, OTHER, THIRD, '14155550126'] });
    await rig.store.releaseQueued(requestIds.slice(2));
    for (const callId of requestIds.slice(2)) rig.outbound.forget(callId);
    await rig.clock.advance(1_000);
    const claimQueued = rig.store.claimQueued.bind(rig.store);
    let hungUp: Promise<void> | undefined;
    rig.store.claimQueued = async (...given) => {
      const claimed = await claimQueued(...given);
      hungUp = rig.control.hangUp(rig.scope, requestIds[3] ?? '');
      return claimed;
    };
    await rig.outbound.claim();
    await hungUp;
    assert.deepEqual(
      rig.dialled.map(({ leg }) => leg.hungUpWith?.code),
      [undefined, undefined, undefined, 1000],
    );
    await rig.assertClean();
  });
});
