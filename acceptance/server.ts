/**
 * Starts Ringdown the way a user does, `ringdown start` with environment and YAML, as a process of its own.
 * Nothing here knows more of the program than its documented contract: variables, `/healthz`, signals, exit codes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { freeServerPort } from './ports.ts';

/** First start with initdb on a busy two-core machine; the promise to users is 5 s on an idle one. */
const READY_TIMEOUT_MS = 60_000;
/** SIGTERM drains; past this the server counts as hung and is killed. */
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 25;

const root = fileURLToPath(new URL('..', import.meta.url));
export const workFolder = fileURLToPath(new URL('.work/', import.meta.url));

export const AUTH_ID = 'MAACCEPTANCE00000001';
export const AUTH_TOKEN = 'acceptance-token-0000000000000000000001x';
export const OPERATOR_TOKEN = 'acceptance-operator-token-00000000000001';

export interface ServerOptions {
  /** Written as the RINGDOWN_CONFIG file. A string is written as it is. */
  readonly config?: Record<string, unknown> | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Reused when given, else made for this server and removed by `dispose`. */
  readonly dataDir?: string;
  /** Begins the name of the log file in acceptance/.work/logs. */
  readonly name?: string;
  /** Command line that ends by running what follows it, such as `env` or `nice`; the data directory is handed in. */
  readonly wrap?: (dataDir: string) => readonly string[];
  /** Do not wait for /healthz: the caller expects the start to fail. */
  readonly expectFailure?: boolean;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class RingdownProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly authId = AUTH_ID;
  readonly authToken = AUTH_TOKEN;
  readonly operatorToken = OPERATOR_TOKEN;
  readonly #env: Readonly<Record<string, string>>;
  readonly #ownsDataDir: boolean;
  readonly #wrap: readonly string[];
  #child: ChildProcess | undefined;
  #exited: Promise<ExitStatus> | undefined;
  /** Milliseconds from spawn to the first 200 of /healthz, of the latest start. */
  readyAfterMs = 0;

  constructor(
    url: string,
    dataDir: string,
    ownsDataDir: boolean,
    logFile: string,
    env: Readonly<Record<string, string>>,
    wrap: readonly string[] = [],
  ) {
    this.url = url;
    this.dataDir = dataDir;
    this.logFile = logFile;
    this.#env = env;
    this.#ownsDataDir = ownsDataDir;
    this.#wrap = wrap;
  }

  /** UDP and TCP. */
  get sipPort(): number {
    return Number(this.#env.RINGDOWN_SIP_PORT);
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the server is not running');
    return pid;
  }

  /** Spawns the process without waiting for it. */
  spawn(): void {
    const log = createWriteStream(this.logFile, { flags: 'a' });
    const [command = process.execPath, ...args] = [...this.#wrap, process.execPath, 'src/cli/ringdown.mjs', 'start'];
    const child = spawn(command, args, {
      cwd: root,
      // The allocator as `npm start` sets it.
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', MALLOC_ARENA_MAX: '2', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#child = child;
    this.#exited = once(child, 'exit').then(([code, signal]) => {
      log.end();
      return { code, signal };
    });
  }

  async start(): Promise<void> {
    const began = performance.now();
    this.spawn();
    let gone: ExitStatus | undefined;
    void this.#exited?.then((status) => {
      gone = status;
    });
    for (;;) {
      if (gone !== undefined) throw new Error(`the server exited with ${JSON.stringify(gone)}:\n${await this.logTail()}`);
      if (performance.now() - began > READY_TIMEOUT_MS) {
        await this.kill();
        throw new Error(`/healthz was not 200 within ${READY_TIMEOUT_MS} ms:\n${await this.logTail()}`);
      }
      const answer = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.status === 200) break;
      await sleep(POLL_MS);
    }
    this.readyAfterMs = performance.now() - began;
  }

  /** Resolves when the process has ended by itself or by a signal. */
  async exited(): Promise<ExitStatus> {
    if (this.#exited === undefined) throw new Error('the server was never started');
    return await this.#exited;
  }

  /** SIGKILL to the server process alone; what it started is left as a crash would leave it. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.exited();
  }

  /** SIGKILL to the server and to its embedded database: what a crash of the whole machine leaves, save for unwritten pages. */
  async crash(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await endOrphanedDatabases(this.dataDir, 'SIGKILL');
    await this.exited();
  }

  /** SIGTERM; fails when the server does not end in time. */
  async stop(): Promise<ExitStatus> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return await this.exited();
    child.kill('SIGTERM');
    let late = false;
    const killer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, STOP_TIMEOUT_MS);
    const status = await this.exited();
    clearTimeout(killer);
    if (late) throw new Error(`the server did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM:\n${await this.logTail()}`);
    return status;
  }

  async logText(): Promise<string> {
    return await readFile(this.logFile, 'utf8').catch(() => '');
  }

  async logTail(lines = 40): Promise<string> {
    return (await this.logText()).split('\n').slice(-lines).join('\n');
  }

  /** Ends the server and a database that a killed server left behind, and removes the data directory when it was made for it. */
  async dispose(): Promise<void> {
    try {
      if (this.#exited !== undefined) await this.stop();
    } finally {
      await endOrphanedDatabases(this.dataDir);
      if (this.#ownsDataDir) await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** The first line of postmaster.pid is the process id of a PostgreSQL server that runs on that directory. */
async function endOrphanedDatabases(dataDir: string, signal: NodeJS.Signals = 'SIGQUIT'): Promise<void> {
  const names = await readdir(dataDir, { recursive: true }).catch((): string[] => []);
  for (const name of names.filter((entry) => entry.endsWith('postmaster.pid'))) {
    const pid = Number((await readFile(join(dataDir, name), 'utf8').catch(() => '')).split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 1) continue;
    try {
      process.kill(pid, signal);
      for (let waited = 0; waited < 5000; waited += POLL_MS) {
        process.kill(pid, 0);
        await sleep(POLL_MS);
      }
    } catch {
      // gone
    }
  }
}

/** A server made ready but not started: for suites that look at the start itself. */
export async function prepareServer(options: ServerOptions = {}): Promise<RingdownProcess> {
  const name = options.name ?? 'server';
  await mkdir(join(workFolder, 'logs'), { recursive: true });
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), `ringdown-${name}-`)));
  // Run by root, the embedded database belongs to another user and lies elsewhere when that one may not enter here.
  await chmod(dataDir, 0o755);
  const port = await freeServerPort();
  const configFile = join(dataDir, 'ringdown.yaml');
  if (options.config !== undefined) {
    await writeFile(configFile, typeof options.config === 'string' ? options.config : stringify(options.config));
  }
  const firstRtpPort = 20_000;
  return new RingdownProcess(
    `http://127.0.0.1:${port}`,
    dataDir,
    options.dataDir === undefined,
    join(workFolder, 'logs', `${name}-${port}.log`),
    {
      RINGDOWN_HTTP_PORT: String(port),
      RINGDOWN_SIP_PORT: String(await freeServerPort()),
      RINGDOWN_RTP_PORTS: `${firstRtpPort}-${firstRtpPort + 999}`,
      RINGDOWN_DATA_DIR: join(dataDir, 'data'),
      RINGDOWN_AUTH_ID: AUTH_ID,
      RINGDOWN_AUTH_TOKEN: AUTH_TOKEN,
      RINGDOWN_OPERATOR_TOKEN: OPERATOR_TOKEN,
      ...(options.config === undefined ? {} : { RINGDOWN_CONFIG: configFile }),
      ...options.env,
    },
    options.wrap?.(join(dataDir, 'data')),
  );
}

/** A started server. Dispose of it (`await using`, or `dispose()` in `after`). */
export async function startServer(options: ServerOptions = {}): Promise<RingdownProcess> {
  const server = await prepareServer(options);
  try {
    await server.start();
  } catch (error) {
    await server.dispose();
    throw error;
  }
  return server;
}

/** YAML of the account every suite uses, without limits that would only slow a suite down. */
export const unlimitedAccount = {
  auth_id: AUTH_ID,
  auth_token: AUTH_TOKEN,
  name: 'Acceptance',
  timezone: 'UTC',
  balance: '100000.00000',
  limits: {
    api_requests_per_5s: 0,
    message_lists_per_minute: 0,
    messages_per_second: 0,
    sender_rates: { long_code: 0, toll_free: 0, short_code: 0, alphanumeric: 0 },
    sender_daily_caps: { long_code: 0, toll_free: 0, short_code: 0, alphanumeric: 0 },
  },
  geo: { sms: ['US', 'CA', 'GB'] },
};
