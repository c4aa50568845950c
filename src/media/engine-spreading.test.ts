import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { LegHandle } from './leg-handle.ts';
import type { MediaLeg } from './media-engine.ts';

function threadOf(leg: MediaLeg): object {
  assert.ok(leg instanceof LegHandle);
  return leg.link;
}

describe('legs', () => {
  it('fill a thread before the next one gets any, then go where there are fewest', async () => {
    const rig = new MediaRig({ legsBeforeNextWorker: 3 });
    try {
      const legs: MediaLeg[] = [];
      for (let count = 0; count < 10; count++) legs.push(await rig.engine.openLeg());
      const first = threadOf(legs[0] ?? assert.fail());
      assert.deepEqual(
        legs.map((leg) => threadOf(leg) === first),
        [true, true, true, false, false, false, true, false, true, false],
      );
      await legs[0]?.close();
      await legs[1]?.close();
      await legs[2]?.close();
      assert.equal(threadOf(await rig.engine.openLeg()), first);
    } finally {
      await rig.close();
    }
  });

  it('of one who wants to be near another go there all the same', async () => {
    const rig = new MediaRig({ legsBeforeNextWorker: 1 });
    try {
      const one = await rig.engine.openLeg();
      const near = await rig.engine.openLeg({ near: one });
      assert.equal(threadOf(near), threadOf(one));
    } finally {
      await rig.close();
    }
  });
});
