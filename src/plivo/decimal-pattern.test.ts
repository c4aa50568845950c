import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decimalPattern } from './decimal-pattern.ts';

const bound = () => fc.oneof(fc.integer({ min: -30, max: 130 }), fc.integer({ min: -1_000_000, max: 1_000_000_000 }));

test('the pattern of a range matches exactly the numbers in it', () => {
  fc.assert(
    fc.property(bound(), bound(), fc.array(bound()), (a, b, others) => {
      const [least, most] = [Math.min(a, b), Math.max(a, b)];
      const pattern = new RegExp(decimalPattern(least, most), 'u');
      for (const value of [least - 1, least, least + 1, most - 1, most, most + 1, ...others]) {
        assert.equal(pattern.test(String(value)), value >= least && value <= most, `${value} in ${least}..${most}: ${pattern}`);
      }
    }),
  );
});

test('signs and leading zeros are as they come, everything else is no number', () => {
  const pattern = new RegExp(decimalPattern(0, 20), 'u');
  for (const text of ['0', '-0', '+7', '007', '20']) assert.ok(pattern.test(text), text);
  for (const text of ['', '-1', '21', '7.0', '1e1', ' 7', '7 ', '+', '0x1', '７']) assert.ok(!pattern.test(text), text);
});
