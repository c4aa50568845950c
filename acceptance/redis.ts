/** A Redis of Debian's package, kept in memory, that a suite may kill, freeze and start again under the servers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { freePort, isOpen } from './ports.ts';
import { eventually } from './wait.ts';

export class Redis {
  readonly url: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}/3`;
  }

  static async create(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  /** On the same port as before, and empty. */
  async start(): Promise<void> {
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', options, { cwd: tmpdir(), stdio: 'ignore' });
    this.#child = child;
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    await Promise.race([eventually('Redis', async () => (await isOpen('tcp', this.#port)) || undefined), failed]);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** Its connections stay, and nothing is answered. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}
