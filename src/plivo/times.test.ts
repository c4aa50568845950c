import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isoTime, localDay, localTime, parseFilterTime } from './times.ts';

const JANUARY = new Date('2026-01-12T09:14:02.118Z');
const JULY = new Date('2026-07-12T23:30:00.005Z');

test('local times carry the offset of their zone at their moment', () => {
  assert.equal(localTime(JANUARY, 'UTC'), '2026-01-12 09:14:02.118000+00:00');
  assert.equal(localTime(JANUARY, 'Europe/Berlin'), '2026-01-12 10:14:02.118000+01:00');
  assert.equal(localTime(JULY, 'Europe/Berlin'), '2026-07-13 01:30:00.005000+02:00');
  assert.equal(localTime(JANUARY, 'America/St_Johns'), '2026-01-12 05:44:02.118000-03:30');
  assert.equal(localTime(JULY, 'Asia/Kolkata'), '2026-07-13 05:00:00.005000+05:30');
  assert.equal(localTime(JULY, 'Etc/GMT'), '2026-07-12 23:30:00.005000+00:00');
});

test('a day is that of the zone', () => {
  assert.equal(localDay(JULY, 'UTC'), '2026-07-12');
  assert.equal(localDay(JULY, 'Europe/Berlin'), '2026-07-13');
});

test('ISO times have six decimals', () => {
  assert.equal(isoTime(JANUARY), '2026-01-12T09:14:02.118000Z');
});

test('filter times stand for as much as their last digit is worth', () => {
  const minute = Date.UTC(2026, 0, 12, 9, 14);
  assert.deepEqual(parseFilterTime('2026-01-12 09:14'), { startMs: minute, lengthMs: 60_000 });
  assert.deepEqual(parseFilterTime('2026-01-12 09:14:02'), { startMs: minute + 2_000, lengthMs: 1_000 });
  assert.deepEqual(parseFilterTime('2026-01-12T09:14:02.1Z'), { startMs: minute + 2_100, lengthMs: 100 });
  assert.deepEqual(parseFilterTime('2026-01-12 09:14:02.118230'), { startMs: minute + 2_118.23, lengthMs: 1 });
});

test('what is no time is none', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-01-12',
    '2026-02-30 10:00',
    '2026-01-12 24:00',
    '2026-01-12 10:61',
    '2026-13-01 00:00',
    '1768209242',
    "2026-01-12 09:14'; --",
  ]) {
    assert.equal(parseFilterTime(text), undefined, text);
  }
});
