import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { FreshCache } from './fresh-cache.ts';

function counting(clock: VirtualClock, capacity = 3) {
  const loads: string[] = [];
  const cache = new FreshCache<string>(clock, { freshMs: 5_000, capacity }, async (key) => {
    loads.push(key);
    if (key === 'bad') throw new Error('storage is away');
    return `${key}${loads.length}`;
  });
  return { cache, loads };
}

test('a value is loaded once while it is fresh, also by several askers at once', async () => {
  const clock = new VirtualClock();
  const { cache, loads } = counting(clock);
  assert.deepEqual(await Promise.all([cache.get('a'), cache.get('a')]), ['a1', 'a1']);
  await clock.advance(4_999);
  await cache.get('a');
  assert.equal(loads.length, 1);
  await clock.advance(1);
  assert.equal(await cache.get('a'), 'a2');
});

test('an invalidated key is loaded again, even when the load was still under way', async () => {
  const { cache } = counting(new VirtualClock());
  const early = cache.get('a');
  cache.invalidate('a');
  assert.equal(await cache.get('a'), 'a2');
  assert.equal(await early, 'a1');
  assert.equal(await cache.get('a'), 'a2');
});

test('a failed load is not remembered, and the number of entries is bounded', async () => {
  const { cache, loads } = counting(new VirtualClock());
  await assert.rejects(cache.get('bad'));
  await assert.rejects(cache.get('bad'));
  assert.equal(loads.length, 2);
  for (let i = 0; i < 10; i++) await cache.get(`k${i}`);
  assert.equal(cache.size, 3);
});
