import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { Usage } from './usage.ts';
import { UsageStore } from './usage-store.ts';

let database: TestDatabase;
let clock: VirtualClock;
let store: UsageStore;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  await database.storage.pool.query('truncate usage_counters');
  clock = new VirtualClock(Date.UTC(2026, 0, 12, 9, 30));
  store = new UsageStore(database.storage.pool);
});

const node = () => new Usage(store, clock, silentLog);
const stored = async (scope: string) =>
  (await database.storage.pool.query('select used from usage_counters where scope = $1 order by period', [scope])).rows.map(
    (row) => row.used,
  );

test('each event learns how many came before it', async () => {
  const usage = node();
  assert.deepEqual([await usage.count('a', 'day'), await usage.count('a', 'day'), await usage.count('b', 'day')], [0, 1, 0]);
  assert.equal(await usage.used('a', 'day'), 2);
});

test('events that come at once are all counted', async () => {
  const usage = node();
  const before = await Promise.all(Array.from({ length: 20 }, () => usage.count('a', 'hour')));
  assert.deepEqual(
    [...before].sort((x, y) => x - y),
    Array.from({ length: 20 }, (_, index) => index),
  );
});

test('hours and days begin anew', async () => {
  const usage = node();
  await usage.count('a', 'hour');
  await usage.count('a', 'day');
  await clock.advance(30 * 60_000);
  assert.deepEqual([await usage.used('a', 'hour'), await usage.used('a', 'day')], [0, 1]);
  await clock.advance(14 * 3_600_000);
  assert.equal(await usage.used('a', 'day'), 0);
});

test('counts are kept over a restart, and those of other nodes are seen at the next flush', async () => {
  const [one, other] = [node(), node()];
  for (let count = 0; count < 3; count++) await one.count('a', 'day');
  await other.count('a', 'day');
  await one.stop();
  await other.stop();
  assert.deepEqual(await stored('a'), [4]);
  assert.equal(await other.used('a', 'day'), 4);
  assert.equal(await node().used('a', 'day'), 4);
});

test('they are written every second, and again when that failed', async () => {
  const usage = node();
  usage.start();
  await usage.count('a', 'day');
  const { add } = UsageStore.prototype;
  let failures = 0;
  store.add = async () => {
    failures++;
    throw new Error('away');
  };
  await clock.advance(1_000);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([failures, await stored('a')], [1, []]);
  store.add = add.bind(store);
  await usage.count('a', 'day');
  await clock.advance(1_000);
  await usage.stop();
  assert.deepEqual(await stored('a'), [2]);
  assert.equal(clock.pending, 0);
});

test('counters of long ago are dropped', async () => {
  const usage = node();
  await usage.count('a', 'day');
  await usage.stop();
  await clock.advance(3 * 24 * 3_600_000);
  const later = node();
  await later.count('a', 'day');
  await later.stop();
  await store.forgetBefore(clock.now() - 2 * 24 * 3_600_000);
  assert.deepEqual(await stored('a'), [1]);
});
