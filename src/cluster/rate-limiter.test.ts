import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { SlidingWindows } from './rate-limiter.ts';

const WINDOW_MS = 5_000;

test('lets as many pass in a window as the limit says, and tells the rest when there is room', async () => {
  const clock = new VirtualClock();
  const windows = new SlidingWindows(clock);
  for (let n = 0; n < 3; n++) {
    assert.deepEqual(windows.take('a', 3, WINDOW_MS), { allowed: true });
    await clock.advance(1_000);
  }
  assert.deepEqual(windows.take('a', 3, WINDOW_MS), { allowed: false, retryAfterMs: 2_000 });
  assert.deepEqual(windows.take('b', 3, WINDOW_MS), { allowed: true });
  await clock.advance(1_999);
  assert.equal(windows.take('a', 3, WINDOW_MS).allowed, false);
  await clock.advance(1);
  assert.equal(windows.take('a', 3, WINDOW_MS).allowed, true);
  assert.deepEqual(windows.take('a', 3, WINDOW_MS), { allowed: false, retryAfterMs: 1_000 });
});

test('agrees with counting every event of the window, also when the limit changes', async () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 3_000 }), limit: fc.constantFrom(2, 3, 5) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new VirtualClock();
      const windows = new SlidingWindows(clock);
      const passed: number[] = [];
      for (const { waitMs, limit } of steps) {
        await clock.advance(waitMs);
        const now = clock.monotonic();
        const room = passed.filter((at) => now - at < WINDOW_MS).length < limit;
        assert.equal(windows.peek('a', limit, WINDOW_MS).allowed, room);
        assert.equal(windows.take('a', limit, WINDOW_MS).allowed, room);
        if (room) passed.push(now);
      }
    }),
  );
});

test('holds a bounded number of keys and forgets the one that was not used for longest', () => {
  const windows = new SlidingWindows(new VirtualClock());
  windows.take('first', 1, WINDOW_MS);
  windows.take('second', 2, WINDOW_MS);
  for (let n = 0; n < 9_998; n++) windows.take(`key ${n}`, 1, WINDOW_MS);
  windows.take('second', 2, WINDOW_MS);
  assert.equal(windows.peek('first', 1, WINDOW_MS).allowed, false);
  windows.take('one more', 1, WINDOW_MS);
  assert.equal(windows.peek('first', 1, WINDOW_MS).allowed, true);
  assert.equal(windows.peek('second', 2, WINDOW_MS).allowed, false);
});
