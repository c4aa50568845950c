import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSentDigits } from './sent-digits.ts';

test('digits to be sent may say how long each tone is, within what receivers understand', () => {
  assert.deepEqual(readSentDigits('1w2W3@800'), { digits: '1w2W3', toneMs: 800, gapMs: 100 });
  assert.deepEqual(readSentDigits('42#'), { digits: '42#', toneMs: 100, gapMs: 100 });
  for (const [text, toneMs] of [
    ['1@', 100],
    ['1@0', 100],
    ['1@5', 40],
    ['1@99999', 2_000],
  ] as const) {
    assert.equal(readSentDigits(text).toneMs, toneMs, text);
  }
});
