import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parking } from './parking.ts';
import { queuedOutbound } from './queued-outbound.ts';

const message = (id: string) =>
  queuedOutbound({
    id,
    accountId: 'MA1',
    ownerId: 'MA1',
    senderKind: 'long_code',
    service: 'sms',
    src: '14155550100',
    dst: '14155550123',
    text: 'Hello',
    media: [],
    structured: undefined,
    chargeMicros: 0,
    expiresAt: 0,
    attempt: 0,
    tried: [],
    pendingParts: null,
    marked: true,
  });

test('all come out together, in order, when the first one’s time has come', () => {
  const parking = new Parking(10);
  parking.park(message('a'), 500);
  parking.park(message('b'), 300);
  assert.equal(parking.until, 300);
  assert.deepEqual(parking.takeDue(299), []);
  assert.deepEqual(
    parking.takeDue(300).map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual([parking.size, parking.until, parking.takeDue(9_999)], [0, Number.POSITIVE_INFINITY, []]);
});

test('a change of the carriers lets them out at once; of nothing it is none', () => {
  const parking = new Parking(10);
  parking.recheck();
  assert.equal(parking.until, Number.POSITIVE_INFINITY);
  parking.park(message('a'), 500);
  parking.recheck();
  assert.equal(parking.takeDue(0).length, 1);
});

test('a full one takes no more', () => {
  const parking = new Parking(1);
  assert.deepEqual([parking.park(message('a'), 5), parking.park(message('b'), 1)], [true, false]);
  assert.equal(parking.until, 5);
});
