import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange } from './byte-range.ts';

test('first and last byte, open ends and the last bytes', () => {
  assert.deepEqual(parseRange('bytes=0-3', 10), { first: 0, last: 3 });
  assert.deepEqual(parseRange('bytes=4-', 10), { first: 4, last: 9 });
  assert.deepEqual(parseRange('bytes=8-99', 10), { first: 8, last: 9 });
  assert.deepEqual(parseRange('bytes=-4', 10), { first: 6, last: 9 });
  assert.deepEqual(parseRange('Bytes=-99', 10), { first: 0, last: 9 });
});

test('a range behind the end, or of nothing, cannot be satisfied', () => {
  for (const header of ['bytes=10-', 'bytes=10-12', 'bytes=-0']) assert.equal(parseRange(header, 10), 'unsatisfiable', header);
});

test('several ranges, other units and malformed ones mean all of it', () => {
  for (const header of [
    undefined,
    '',
    'bytes=-',
    'bytes=3-1',
    'bytes=0-1,3-4',
    'items=0-1',
    'bytes=a-b',
    `bytes=0-${'9'.repeat(40)}`,
  ]) {
    assert.equal(parseRange(header, 10), undefined, header);
  }
});
