import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { reservePort } from '../runtime/reserved-port.ts';
import { knownOutsideCluster, outsideCluster, removeOrphanedClusters } from './outside-clusters.ts';
import { enterableByOthers, locatePostgres, type PostgresBinaries, ROOT_STATE_DIR } from './postgres-binaries.ts';

/** A PostgreSQL server that belongs to this program. */
export interface EmbeddedPostgres {
  readonly url: string;
  /** Postmaster process id. */
  readonly pid: number;
  /** Another process started it, and may be using it: who only looked in does not stop it. */
  readonly takenOver: boolean;
  /** Fast shutdown: running statements are rolled back, committed data is on disk. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  /** False only for databases that are thrown away (tests): a power cut may corrupt them. */
  readonly durable?: boolean;
}

const USER = 'ringdown';
const DATABASE = 'ringdown';
/** Exists in every cluster: connected to while our own database may not exist yet. */
const MAINTENANCE_DATABASE = 'postgres';
/** initdb takes 0.6 s on two cores; a slow disk may need far longer. */
const INITDB_TIMEOUT_MS = 60_000;
/** Crash recovery replays at most `max_wal_size`; 60 s is ample for 1 GB. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 25;
/** A fast shutdown writes one checkpoint. */
const STOP_TIMEOUT_MS = 30_000;

/**
 * Settings, beside the defaults. Memory is kept small because an idle laptop install pays for it: 32 MB of shared buffers
 * suffice while the working set is the queue and the last hours. `io_method=sync` saves three worker processes.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '40',
  shared_buffers: '32MB',
  io_method: 'sync',
  jit: 'off',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  autovacuum_naptime: '20s',
  autovacuum_max_workers: '2',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  wal_level: 'minimal',
  max_wal_senders: '0',
  logging_collector: 'off',
};
const THROWAWAY: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/**
 * Starts the database in `dataDir`, creating it the first time. A server that a killed process left behind in the same
 * directory is taken over, so a restart after kill -9 waits for no recovery.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await locatePostgres();
  await mkdir(options.dataDir, { recursive: true });
  if (binaries.runAs) await removeOrphanedClusters(ROOT_STATE_DIR, Date.now());
  const cluster = await clusterDirectory(options.dataDir, binaries);
  const password = await readOrCreatePassword(path.join(options.dataDir, 'postgres.password'));

  const running = await takeOver(cluster, password);
  if (running) return running;

  if (!(await exists(path.join(cluster, 'PG_VERSION')))) await createCluster(cluster, password, binaries);
  await rm(path.join(cluster, 'postmaster.pid'), { force: true });

  const { port, release } = await reservePort('127.0.0.1');
  const settings = { ...SETTINGS, ...(options.durable === false ? THROWAWAY : {}), port: String(port) };
  const log = await open(path.join(options.dataDir, 'postgres.log'), 'a');
  await release();
  const child = spawn(
    binaries.postgres,
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { stdio: ['ignore', log.fd, log.fd], detached: true, cwd: '/', env: serverEnvironment(), ...binaries.runAs },
  );
  await log.close();
  await waitUntilReady(connectionUrl(port, password, MAINTENANCE_DATABASE), child, path.join(options.dataDir, 'postgres.log'));
  child.unref();
  return handle(connectionUrl(port, password, DATABASE), child.pid ?? 0, false);
}

/** The server that runs on `dataDir` now; starts and creates nothing. */
export async function findRunningPostgres(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const password = await readFile(path.join(dataDir, 'postgres.password'), 'utf8').catch(() => undefined);
  if (!password) return undefined;
  return await takeOver((await knownOutsideCluster(dataDir)) ?? path.resolve(dataDir, 'postgres'), password.trim());
}

/** The cluster lies in the data directory, unless root runs this where the unprivileged user may not enter. */
async function clusterDirectory(dataDir: string, binaries: PostgresBinaries): Promise<string> {
  const inside = path.resolve(dataDir, 'postgres');
  if (!binaries.runAs || (await enterableByOthers(dataDir))) return inside;
  return await outsideCluster(ROOT_STATE_DIR, dataDir, Date.now());
}

async function createCluster(cluster: string, password: string, binaries: PostgresBinaries): Promise<void> {
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  if (binaries.runAs) await chown(cluster, binaries.runAs.uid, binaries.runAs.gid);
  // initdb reads the password from a file it can open as the other user; a pipe on standard input is not one for it.
  const passwordDir = await mkdtemp(path.join(os.tmpdir(), 'ringdown-init-'));
  const passwordFile = path.join(passwordDir, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (binaries.runAs) {
    await chown(passwordDir, binaries.runAs.uid, binaries.runAs.gid);
    await chown(passwordFile, binaries.runAs.uid, binaries.runAs.gid);
  }
  const child = spawn(
    binaries.initdb,
    [
      '-D',
      cluster,
      `--username=${USER}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/', env: serverEnvironment(), timeout: INITDB_TIMEOUT_MS, ...binaries.runAs },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => rm(passwordDir, { recursive: true, force: true }));
  if (code !== 0) {
    await rm(cluster, { recursive: true, force: true });
    throw new Error(`initdb failed (exit ${code}): ${output.slice(-2000)}`);
  }
}

async function takeOver(cluster: string, password: string): Promise<EmbeddedPostgres | undefined> {
  const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!pid || !port || !isAlive(pid)) return undefined;
  const url = connectionUrl(port, password, MAINTENANCE_DATABASE);
  const deadline = performance.now() + READY_TIMEOUT_MS;
  // Whoever answers on that port with our password is our server; a reused pid of another program does not.
  while (isAlive(pid) && performance.now() < deadline) {
    const answer = await tryConnect(url);
    if (answer === 'ready') return handle(connectionUrl(port, password, DATABASE), pid, true);
    if (answer === 'refused') return undefined;
    await delay(READY_POLL_MS);
  }
  return undefined;
}

function handle(url: string, pid: number, takenOver: boolean): EmbeddedPostgres {
  return {
    url,
    pid,
    takenOver,
    async stop() {
      if (!isAlive(pid)) return;
      process.kill(pid, 'SIGINT');
      const deadline = performance.now() + STOP_TIMEOUT_MS;
      while (isAlive(pid)) {
        if (performance.now() > deadline) {
          process.kill(pid, 'SIGQUIT');
          return;
        }
        await delay(READY_POLL_MS);
      }
    },
  };
}

async function waitUntilReady(url: string, child: ChildProcess, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if ((await tryConnect(url)) === 'ready') return;
    await delay(READY_POLL_MS);
  }
  const tail = (await readFile(logFile, 'utf8').catch(() => '')).slice(-2000);
  if (child.pid && child.exitCode === null) process.kill(child.pid, 'SIGQUIT');
  throw new Error(`The embedded Postgres did not start:\n${tail}`);
}

async function tryConnect(url: string): Promise<'ready' | 'starting' | 'refused'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined); // a server that goes down while we look is told by the caller's next try
  try {
    await client.connect();
    const { rows } = await client.query<{ found: boolean }>(
      'select exists (select from pg_database where datname = $1) as found',
      [DATABASE],
    );
    if (!rows[0]?.found) await client.query(`create database ${DATABASE}`);
    return 'ready';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // 57P03 "starting up" and a closed port pass; a wrong password (28P01) means another server.
    return code === '28P01' || code === '28000' ? 'refused' : 'starting';
  } finally {
    await client.end().catch(() => undefined);
  }
}

function connectionUrl(port: number, password: string, database: string): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

async function readOrCreatePassword(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found) return found.trim();
  const password = randomBytes(24).toString('hex');
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/** Postgres needs no more of our environment than this; PG* variables of the caller would change its behaviour. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    TZ: 'UTC',
    LC_ALL: 'C',
    ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
