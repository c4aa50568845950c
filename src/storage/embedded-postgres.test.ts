import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { findRunningPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

async function answer(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ n: number }>('select 42 as n');
  await client.end();
  return rows[0]?.n ?? 0;
}

test('the embedded database is created, survives a restart, and one left running is taken over', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'ringdown-pg-')); // mode 0700: as root, other users may not enter
  try {
    const first = await startEmbeddedPostgres({ dataDir, durable: false });
    assert.equal(await answer(first.url), 42);
    const second = await startEmbeddedPostgres({ dataDir, durable: false });
    assert.equal(second.pid, first.pid, 'the running server is taken over');
    assert.deepEqual([first.takenOver, second.takenOver], [false, true]);
    assert.equal((await findRunningPostgres(dataDir))?.pid, first.pid);
    await second.stop();
    assert.equal(await findRunningPostgres(dataDir), undefined);
    const third = await startEmbeddedPostgres({ dataDir, durable: false });
    assert.notEqual(third.pid, first.pid);
    assert.equal(await answer(third.url), 42);
    await third.stop();
  } finally {
    const outside = await readFile(path.join(dataDir, 'postgres.location'), 'utf8').catch(() => '');
    if (outside) await rm(path.dirname(outside.trim()), { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
});
