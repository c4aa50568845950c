import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { isTimeZone, offsetMinutes } from './time-zone.ts';

test('names of the IANA database are time zones, other texts are none', () => {
  for (const name of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'US/Pacific']) assert.ok(isTimeZone(name), name);
  for (const name of ['', 'Berlin', 'Europe/Nowhere', '2026']) assert.ok(!isTimeZone(name), name);
});

test('an offset is that of its moment', () => {
  assert.equal(offsetMinutes(new Date('2026-01-12T09:14:02Z'), 'Europe/Berlin'), 60);
  assert.equal(offsetMinutes(new Date('2026-07-12T09:14:02Z'), 'Europe/Berlin'), 120);
  assert.equal(offsetMinutes(new Date('2026-01-12T09:14:02Z'), 'America/St_Johns'), -210);
});

test('a format, which takes memory that the collector does not see, is made once for a zone', () => {
  const made = mock.method(Intl, 'DateTimeFormat');
  for (let time = 0; time < 1_000; time++) offsetMinutes(new Date(time * 1e9), 'Asia/Kolkata');
  made.mock.restore();
  assert.equal(made.mock.callCount(), 1);
});
