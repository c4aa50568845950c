import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createTestDatabase } from '../testkit/test-database.ts';
import { readEnvironment } from './config/environment.ts';
import { startServer } from './main.ts';

test('on port 0 the server tells the port that it really has, in its URLs too, and stops within its drain time', async () => {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'ringdown-main-'));
  const database = await createTestDatabase();
  try {
    const server = await startServer(
      readEnvironment({
        RINGDOWN_HTTP_PORT: '0',
        RINGDOWN_SIP_PORT: '0',
        RINGDOWN_DATA_DIR: dataDir,
        RINGDOWN_LOG_LEVEL: 'silent',
        RINGDOWN_DRAIN_SECONDS: '1',
        DATABASE_URL: database.url,
      }),
    );
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    assert.equal(server.ringdown.services.publicUrl, server.url);
    const health = await fetch(`${server.url}/healthz`);
    assert.equal(health.status, 200);
    await health.body?.cancel();
    await server.stop();
    await assert.rejects(fetch(`${server.url}/healthz`));
  } finally {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
