import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { migrate, pendingMigrations } from './migrate.ts';
import { createPartitions, dropExpiredPartitions } from './partitions.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());

test('running the migrations a second time changes nothing', async () => {
  assert.deepEqual(await migrate(database.storage.pool), []);
  assert.deepEqual(await pendingMigrations(database.storage.pool), []);
});

test('weekly partitions are made ahead, and dropped once their whole week is older than the retention', async () => {
  const now = Date.UTC(2026, 10, 21);
  await createPartitions(database.storage.pool, now);
  await createPartitions(database.storage.pool, now);
  const day = 24 * 3_600_000;
  assert.deepEqual(await dropExpiredPartitions(database.storage.pool, now, 90 * day), []);
  const dropped = await dropExpiredPartitions(database.storage.pool, now + 100 * day, 90 * day);
  assert.ok(dropped.includes('messages_20261116'));
  assert.equal(dropped.includes('messages_20261130'), false);
});
