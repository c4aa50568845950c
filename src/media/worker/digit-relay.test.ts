import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DigitRelay } from './digit-relay.ts';

const turns = (relay: DigitRelay, count: number) => Array.from({ length: count }, () => relay.next() || '-').join('');

test('a key is passed on as long as it is held', () => {
  const relay = new DigitRelay();
  relay.press('5');
  assert.equal(turns(relay, 6), '555555');
  relay.release();
  assert.equal(turns(relay, 4), '----');
});

test('keys that came and went between two turns are each passed on, apart from one another', () => {
  const relay = new DigitRelay();
  for (const digit of '77#') {
    relay.press(digit);
    relay.release();
  }
  assert.equal(turns(relay, 16), '777--777--###---');
});

test('what waits is bounded and can be dropped', () => {
  const relay = new DigitRelay();
  for (let times = 0; times < 1_000; times++) relay.press('1');
  relay.release();
  assert.equal(turns(relay, 1_000).replaceAll('-', '').length, 32 * 3);
  relay.press('2');
  relay.next();
  relay.clear();
  assert.equal(turns(relay, 4), '----');
});
