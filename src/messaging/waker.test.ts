import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Waker } from './waker.ts';

function waker() {
  const clock = new VirtualClock();
  const start = clock.now();
  const woken: number[] = [];
  return { clock, woken, waker: new Waker(clock, () => woken.push(clock.now() - start)) };
}

test('the earliest of several wishes wins', async () => {
  const { clock, woken, waker: one } = waker();
  for (const ms of [50, 20, 80]) one.in(ms);
  assert.equal(clock.pending, 1);
  await clock.advance(100);
  assert.deepEqual(woken, [20]);
});

test('no wish is finer than a millisecond or further than a second', async () => {
  const { clock, woken, waker: one } = waker();
  one.in(-5);
  await clock.advance(10);
  one.in(Number.POSITIVE_INFINITY);
  await clock.advance(5_000);
  assert.deepEqual(woken, [1, 1_010]);
});

test('a cancelled wish is none', async () => {
  const { clock, woken, waker: one } = waker();
  one.in(5);
  one.cancel();
  assert.equal(clock.pending, 0);
  one.in(7);
  await clock.advance(10);
  assert.deepEqual(woken, [7]);
});
