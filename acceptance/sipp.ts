/** Debian's SIPp (package sip-tester) as caller or carrier, one run a scenario. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, freeUdpPort, isOpen } from './ports.ts';
import { eventually } from './wait.ts';

export type SipTransport = 'udp' | 'tcp';

export interface SippOptions {
  readonly scenario: string;
  readonly transport?: SipTransport;
  /** Own port. */
  readonly port?: number;
  /** The server's SIP port: a caller. Without, SIPp waits for a call. */
  readonly to?: number;
  /** Its address; the loopback address without. */
  readonly toAddress?: string;
  readonly calls?: number;
  readonly rtpEcho?: boolean;
  readonly mediaPort?: number;
  /** Files the scenario plays, by name. */
  readonly files?: Readonly<Record<string, Buffer>>;
  readonly address?: string;
}

export interface SippMessage {
  readonly sent: boolean;
  readonly text: string;
}

/** Longest scenario of all. SIPp gives up by itself then. */
const LIMIT_S = 50;

export class Sipp {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #exit: Promise<number | null>;
  #output = '';

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.#output += String(chunk)));
    this.#exit = once(child, 'exit').then(([code]) => code);
  }

  static async start(options: SippOptions): Promise<Sipp> {
    const { transport = 'udp', to, calls = 1, address = '127.0.0.1' } = options;
    const folder = await mkdtemp(join(tmpdir(), 'ringdown-sipp-'));
    await writeFile(join(folder, 'scenario.xml'), options.scenario);
    for (const [name, content] of Object.entries(options.files ?? {})) await writeFile(join(folder, name), content);
    const port = options.port ?? (await (transport === 'udp' ? freeUdpPort() : freePort()));
    const child = spawn(
      'sipp',
      [
        ...(to === undefined ? [] : [`${options.toAddress ?? '127.0.0.1'}:${to}`]),
        ...['-sf', 'scenario.xml', '-i', address, '-p', String(port), '-t', transport === 'udp' ? 'u1' : 't1'],
        ...['-m', String(calls), '-l', String(calls), '-nostdin', '-timeout', `${LIMIT_S}s`, '-timeout_error'],
        ...['-trace_msg', '-message_file', 'messages.log', '-trace_err', '-error_file', 'errors.log', '-mi', '127.0.0.1'],
        ...['-mp', String(options.mediaPort ?? (await freeUdpPort()))],
        ...(options.rtpEcho === true ? ['-rtp_echo'] : []),
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const sipp = new Sipp(child, folder, port);
    if (to === undefined) {
      await eventually('SIPp listening', async () => {
        if (child.exitCode !== null) throw new Error(`SIPp ended at once:\n${await sipp.#report()}`);
        return (await isOpen(transport, port)) || undefined;
      });
    }
    return sipp;
  }

  /** Waits for the end of the scenario; throws what went wrong when it did not go as written. */
  async done(): Promise<readonly SippMessage[]> {
    const code = await this.#exit;
    if (code !== 0) throw new Error(`SIPp ended with ${code}:\n${await this.#report()}`);
    return await this.messages();
  }

  /** Messages so far. */
  async messages(): Promise<readonly SippMessage[]> {
    const log = await readFile(join(this.#folder, 'messages.log'), 'latin1').catch(() => '');
    return log.split(/^-{20,} .*$/m).flatMap((entry) => {
      const match = /^\w+ message (sent|received) [^\n]*\n\n([\s\S]*)$/.exec(entry.trim());
      return match ? [{ sent: match[1] === 'sent', text: match[2] ?? '' }] : [];
    });
  }

  /** The first message received whose first line begins so. */
  async received(start: string): Promise<string> {
    const found = (await this.messages()).find(({ sent, text }) => !sent && text.startsWith(start));
    if (!found) throw new Error(`SIPp received no ${start}:\n${await this.#report()}`);
    return found.text;
  }

  /** The same, as soon as it is there. */
  async receives(start: string): Promise<string> {
    return await eventually(`${start} at SIPp`, () => this.received(start).catch(() => undefined));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#exit;
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #report(): Promise<string> {
    const read = (name: string) => readFile(join(this.#folder, name), 'latin1').catch(() => '');
    return `${await read('errors.log')}\n${await read('messages.log')}\n${this.#output.slice(-1500)}`;
  }
}

/** Value of a header in a message's text, '' when it is not there. */
export function headerOf(message: string, name: string): string {
  const line = message.split(/\r?\n/).find((text) => text.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim() ?? '';
}
