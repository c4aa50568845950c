/** Debian's Kamailio as a SIP proxy and registrar: in the foreground, with a configuration of `kamailio/`, at a loopback address of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { list, record } from './api.ts';
import { freeServerPort } from './ports.ts';
import { workFolder } from './server.ts';
import { eventually } from './wait.ts';

const STOP_TIMEOUT_MS = 5_000;
/** Megabytes of memory shared, and of each process: far less than it takes by default. */
const MEMORY = ['-m', '32', '-M', '4'];
const REGISTERED_S = 600;

export interface KamailioOptions {
  readonly role: 'carrier' | 'pbx' | 'edge';
  /** Another address of the loopback network than that of the server and the phones, so that it is known by it. */
  readonly address: string;
  readonly port?: number;
  /** Of its digest authentication; who has the password is let in, whatever the name. */
  readonly realm: string;
  readonly password: string;
  /** The other words of the configuration. */
  readonly words: Readonly<Record<string, string | number>>;
}

export class Kamailio {
  readonly address: string;
  readonly port: number;
  readonly logFile: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, { address, port, logFile }: Place) {
    this.#child = child;
    this.#folder = folder;
    this.address = address;
    this.port = port;
    this.logFile = logFile;
    this.#exit = once(child, 'exit');
  }

  static async start({ role, address, realm, password, words, ...options }: KamailioOptions): Promise<Kamailio> {
    const port = options.port ?? (await freeServerPort());
    const folder = await mkdtemp(join(tmpdir(), 'ringdown-kamailio-'));
    const texts = await Promise.all(
      ['common', role].map((name) => readFile(new URL(`kamailio/${name}.cfg`, import.meta.url), 'utf8')),
    );
    const config = filled(texts.join('\n'), { address, port, realm, password, ...words });
    const file = join(folder, 'kamailio.cfg');
    await writeFile(file, config);
    await mkdir(join(workFolder, 'logs'), { recursive: true });
    const logFile = join(workFolder, 'logs', `kamailio-${role}-${port}.log`);
    const args = ['-DD', '-E', '-f', file, '-w', folder, '-Y', folder, ...MEMORY];
    const child = spawn('kamailio', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('exit', () => log.end());
    const kamailio = new Kamailio(child, folder, { address, port, logFile });
    try {
      await eventually('Kamailio', async () => {
        if (child.exitCode !== null) throw new Error(`Kamailio ended at once:\n${await kamailio.log()}`);
        return await kamailio.rpc('core.uptime').catch(() => undefined);
      });
    } catch (error) {
      await kamailio.stop();
      throw error;
    }
    return kamailio;
  }

  async log(): Promise<string> {
    return await readFile(this.logFile, 'utf8');
  }

  /** One of its own remote procedures, by JSON-RPC over HTTP on the SIP port. */
  async rpc(method: string, ...params: readonly (string | number)[]): Promise<Record<string, unknown>> {
    const answer = await fetch(`http://${this.address}:${this.port}/RPC`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, ...(params.length === 0 ? {} : { params }) }),
    });
    const { result, error } = record(await answer.json());
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return record(result);
  }

  /** Registers somebody who does not do so itself. */
  async add(user: string, uri: string): Promise<void> {
    await this.rpc('ul.add', 'location', user, uri, REGISTERED_S, '1.0', '0', 0, 0, 0);
  }

  async remove(user: string): Promise<void> {
    await this.rpc('ul.rm', 'location', user);
  }

  /** Addresses under which a user has registered. */
  async contactsOf(user: string): Promise<readonly string[]> {
    const found = await this.rpc('ul.lookup', 'location', user).catch(() => ({}));
    return list(record(found).Contacts).map(({ Contact }) => String(record(Contact).Address));
  }

  /** Transactions that are not over. */
  async transactions(): Promise<number> {
    return Number((await this.rpc('tm.stats')).current);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      // Its processes end with the first.
      const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await this.#exit;
      clearTimeout(killer);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly address: string;
  readonly port: number;
  readonly logFile: string;
}

function filled(text: string, words: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/^#.*$/gm, '').replaceAll(/\{(\w+)\}/g, (_, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`the configuration of Kamailio needs a value of ${word}`);
    return String(value);
  });
}
