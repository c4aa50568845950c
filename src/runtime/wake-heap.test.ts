import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Sleeper, WakeHeap } from './wake-heap.ts';

describe('WakeHeap', () => {
  it('has the earliest in front whatever is put in, moved and removed', () => {
    const step = fc.tuple(fc.nat(19), fc.constantFrom('set', 'set', 'remove'), fc.nat(100));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const heap = new WakeHeap<Sleeper>();
        const sleepers = Array.from({ length: 20 }, (): Sleeper => ({ wakeAt: 0, heapIndex: -1 }));
        const inside = new Set<Sleeper>();
        for (const [index, action, time] of steps) {
          const sleeper = sleepers[index];
          assert.ok(sleeper);
          if (action === 'set') {
            heap.set(sleeper, time);
            inside.add(sleeper);
          } else {
            heap.remove(sleeper);
            inside.delete(sleeper);
          }
          assert.equal(heap.size, inside.size);
          const earliest = Math.min(...[...inside].map((one) => one.wakeAt));
          assert.equal(heap.earliest?.wakeAt ?? Number.POSITIVE_INFINITY, earliest);
        }
        const order: number[] = [];
        for (let next = heap.earliest; next; next = heap.earliest) {
          order.push(next.wakeAt);
          heap.remove(next);
        }
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        );
        assert.ok(sleepers.every((sleeper) => sleeper.heapIndex === -1));
      }),
    );
  });
});
