import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { firstUuidOf } from '../runtime/ids.ts';
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

test('a partition that is made late takes over the rows that had to wait in the default one', async () => {
  const { pool } = database.storage;
  const late = Date.UTC(2031, 4, 7);
  const subject = firstUuidOf(late);
  await pool.query("insert into timeline_notes (subject_id, at, event, detail) values ($1, now(), 'late', '{}')", [subject]);
  await createPartitions(pool, late);
  const { rows } = await pool.query<{ place: string }>(
    'select tableoid::regclass::text as place from timeline_notes where subject_id = $1',
    [subject],
  );
  assert.deepEqual(rows, [{ place: 'timeline_notes_20310505' }]);
});
