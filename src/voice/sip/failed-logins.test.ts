import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { FailedLogins } from './failed-logins.ts';

const SOURCE = '192.0.2.9';

test('ten failures within a minute lock a source for a minute', async () => {
  const clock = new VirtualClock();
  const logins = new FailedLogins(clock);
  for (let failure = 0; failure < 9; failure++) logins.failed(SOURCE);
  assert.equal(logins.isLocked(SOURCE), false);
  logins.failed(SOURCE);
  assert.equal(logins.isLocked(SOURCE), true);
  assert.equal(logins.isLocked('192.0.2.10'), false);
  await clock.advance(59_999);
  assert.equal(logins.isLocked(SOURCE), true);
  await clock.advance(2);
  assert.equal(logins.isLocked(SOURCE), false);
});

test('failures that are more than a minute apart lock nobody', async () => {
  const clock = new VirtualClock();
  const logins = new FailedLogins(clock);
  for (let failure = 0; failure < 40; failure++) {
    logins.failed(SOURCE);
    await clock.advance(7_000);
  }
  assert.equal(logins.isLocked(SOURCE), false);
});

test('sources beyond ten thousand push out the oldest', () => {
  const logins = new FailedLogins(new VirtualClock());
  for (let failure = 0; failure < 10; failure++) logins.failed(SOURCE);
  for (let source = 0; source < 10_000; source++) logins.failed(`source ${source}`);
  assert.equal(logins.isLocked(SOURCE), false);
});
