import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MediaRig } from '../../testkit/media-rig.ts';
import { hearsOnly } from '../../testkit/room-listening.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { LegHandle } from './leg-handle.ts';
import type { MediaLeg } from './media-engine.ts';

const REST_MS = 10_000;

function threadOf(leg: MediaLeg): object {
  assert.ok(leg instanceof LegHandle);
  return leg.link;
}

describe('threads without legs', () => {
  it('rest after ten seconds, all but one, and are there again for the next calls', async () => {
    const clock = new VirtualClock();
    const rig = new MediaRig({ clock });
    try {
      const first = [await rig.engine.openLeg(), await rig.engine.openLeg()];
      assert.notEqual(...threads(first));
      await Promise.all(first.map((leg) => leg.close()));
      await clock.advance(REST_MS);
      const second = [await rig.engine.openLeg(), await rig.engine.openLeg()];
      const kept = threads(second).filter((thread) => threads(first).includes(thread));
      assert.equal(kept.length, 1);
      assert.deepEqual(rig.faults, []);
    } finally {
      await rig.close();
    }
  });

  it('of which the last has had many legs is replaced by a fresh one, without a gap', async () => {
    const clock = new VirtualClock();
    const rig = new MediaRig({ clock });
    try {
      const many = await Promise.all(Array.from({ length: 80 }, () => rig.engine.openLeg()));
      const worn = new Set(many.map(threadOf));
      await Promise.all(many.map((leg) => leg.close()));
      await clock.advance(REST_MS);
      const next = await rig.engine.openLeg();
      assert.equal(worn.has(threadOf(next)), false);
      assert.deepEqual(rig.faults, []);
    } finally {
      await rig.close();
    }
  });

  it('stay while one of their legs is open', async () => {
    const clock = new VirtualClock();
    const rig = new MediaRig({ clock });
    try {
      const [one, other] = [await rig.engine.openLeg(), await rig.engine.openLeg()];
      await one.close();
      await clock.advance(REST_MS);
      assert.equal((await other.stats()).packetsSent, 0);
      assert.notEqual(threadOf(await rig.engine.openLeg()), threadOf(other));
    } finally {
      await rig.close();
    }
  });

  it('stay while they own a room whose members live elsewhere, and rest when it is closed', async () => {
    const clock = new VirtualClock();
    const rig = new MediaRig({ clock });
    try {
      const owner = await rig.call();
      const a = await rig.call();
      const b = await rig.call({ open: { near: a.leg } });
      assert.notEqual(threadOf(owner.leg), threadOf(a.leg));
      a.peer.speak(a.leg.localPort, 500);
      b.peer.speak(b.leg.localPort, 900);
      const room = rig.engine.createRoom();
      for (const { leg } of [owner, a, b]) room.join(leg, { muted: false, deaf: false, gain: 1, relayDigits: true });
      await hearsOnly(a, [900], [500, 900]);
      const ownersThread = threadOf(owner.leg);
      await owner.leg.close();
      await clock.advance(2 * REST_MS);
      a.peer.forget();
      b.peer.forget();
      await Promise.all([hearsOnly(a, [900], [500, 900]), hearsOnly(b, [500], [500, 900])]);
      room.close();
      await clock.advance(REST_MS);
      assert.notEqual(threadOf(await rig.engine.openLeg()), ownersThread);
      assert.deepEqual(rig.faults, []);
    } finally {
      await rig.close();
    }
  });
});

function threads(legs: readonly MediaLeg[]): [object, object] {
  const [a, b] = legs;
  assert.ok(a && b);
  return [threadOf(a), threadOf(b)];
}
