import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/storage/embedded-postgres.ts';
import { openStorage, type Storage } from '../src/storage/storage.ts';
import { silentLog } from './silent-log.ts';

const TEMPLATE = 'ringdown_template';
const SERVER_URL_VARIABLE = 'RINGDOWN_TEST_DATABASE_SERVER';

export interface TestDatabase {
  readonly url: string;
  readonly storage: Storage;
  /** Closes the pool and drops the database; fails when a connection was left open by the code under test. */
  close(): Promise<void>;
}

/** File system in memory that Linux has. */
const SHARED_MEMORY = '/dev/shm';
/** A whole run takes an eighth of it. Containers often have 64 MB there, which is not enough. */
const MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * Where databases lie that nobody needs afterwards: in memory where there is room. A copy of the template has a thousand files, which a
 * disk takes half a second for, and memory a tenth of that.
 */
async function throwAwayFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(SHARED_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= MEMORY_BYTES ? SHARED_MEMORY : os.tmpdir();
}

/** A Postgres server for tests with a migrated template database; `createTestDatabase` copies it. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const directory = await mkdtemp(path.join(await throwAwayFolder(), 'ringdown-test-'));
  await chmod(directory, 0o711); // as root the database runs as another user, who must be able to enter
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir: directory, durable: false });
  await execute(server.url, `create database ${TEMPLATE}`);
  const template = await openStorage(withDatabase(server.url, TEMPLATE), silentLog, 2);
  await template.close();
  // Copying needs the template to itself: no more connections, neither ours nor autovacuum's.
  await execute(server.url, `alter database ${TEMPLATE} with allow_connections false`);
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

let ownServer: Promise<{ url: string; stop(): Promise<void> }> | undefined;
/** Databases on it; the last one closed stops it. */
let openDatabases = 0;

/** A fresh database with the current schema. Uses the server of the test run, or starts one for a file that is run alone. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = process.env[SERVER_URL_VARIABLE];
  if (!shared) ownServer ??= startTestServer();
  openDatabases++;
  const serverUrl = shared ?? (await ownServer)?.url ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  await execute(serverUrl, `create database ${name} template ${TEMPLATE}`);
  const url = withDatabase(serverUrl, name);
  const storage = await openStorage(url, silentLog, 6);
  return {
    url,
    storage,
    async close() {
      await storage.close();
      await execute(serverUrl, `drop database ${name} with (force)`);
      openDatabases--;
      if (ownServer && openDatabases === 0) {
        const server = await ownServer;
        ownServer = undefined;
        await server.stop();
      }
    },
  };
}

/** Makes the server of this process the one that test files started by it use. */
export function shareTestServer(url: string): void {
  process.env[SERVER_URL_VARIABLE] = url;
}

/** "Object in use": the backend of a connection just closed, or another copy under way, is gone within moments. */
const OBJECT_IN_USE = '55006';
const OBJECT_IN_USE_TRIES = 100;

async function execute(url: string, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await executeOnce(url, statement);
    } catch (error) {
      const inUse = error instanceof Error && 'code' in error && error.code === OBJECT_IN_USE;
      if (!inUse || attempt === OBJECT_IN_USE_TRIES) throw error;
      await delay(20);
    }
  }
}

async function executeOnce(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
