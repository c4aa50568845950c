import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchLoad } from './batch-load.ts';

test('look-ups of one turn become one load, those of the next another', async () => {
  const loads: (readonly string[])[] = [];
  const find = batchLoad(async (keys) => {
    loads.push([...keys]);
    return new Map(keys.filter((key) => key !== 'absent').map((key) => [key, key.toUpperCase()]));
  });
  assert.deepEqual(await Promise.all([find('a'), find('b'), find('absent')]), ['A', 'B', undefined]);
  assert.equal(await find('c'), 'C');
  assert.deepEqual(loads, [['a', 'b', 'absent'], ['c']]);
});

test('more keys than one load takes are spread over several', async () => {
  const loads: number[] = [];
  const find = batchLoad(async (keys) => {
    loads.push(keys.length);
    return new Map(keys.map((key) => [key, key]));
  });
  const keys = Array.from({ length: 1_200 }, (_, index) => String(index));
  assert.deepEqual(await Promise.all(keys.map(find)), keys);
  assert.deepEqual(loads, [500, 500, 200]);
});

test('a failed load fails those who asked, and the next one is tried', async () => {
  let fail = true;
  const find = batchLoad(async (keys) => {
    if (fail) throw new Error('away');
    return new Map(keys.map((key) => [key, key]));
  });
  await assert.rejects(Promise.all([find('a'), find('b')]), /away/);
  fail = false;
  assert.equal(await find('a'), 'a');
});
