/** Debian's baresip as a phone: registers, calls, is called. It speaks out of a WAV file and keeps what it hears in another. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { record } from './api.ts';
import { freePort, freeServerPort, freeUdpPort } from './ports.ts';
import { headerOf, type SipTransport } from './sipp.ts';
import { millisecondsOf, samplesOf, sine, wavOf } from './tones.ts';
import { eventually } from './wait.ts';

const MODULES = '/usr/lib/baresip/modules';
/** Longer than any call here; the file is not played twice. */
const VOICE_MS = 30_000;
const LOUDNESS = 8000;
/** Ports it may use for audio: sixteen calls. */
const RTP_PORTS = 32;

export interface BaresipOptions {
  readonly username: string;
  readonly password: string;
  /** Of the SIP address. */
  readonly domain: string;
  /** Where its requests go; the loopback address without. */
  readonly sipAddress?: string;
  readonly sipPort: number;
  readonly transport: SipTransport | 'tls';
  /** As baresip names it; PCMU without. */
  readonly codec?: 'PCMU/8000/1' | 'G722/16000/1';
  /** `srtp-mand`: SRTP with keys in SDP, or no call. */
  readonly mediaEncryption?: 'srtp' | 'srtp-mand';
  /** Of digest authentication; the user of its address without. */
  readonly authUser?: string;
  /** Default true. */
  readonly registers?: boolean;
  /** PEM file of key and certificate, for TLS connections to it. */
  readonly certificate?: string;
  /** What it says. */
  readonly frequency: number;
  readonly answers?: 'auto' | 'manual';
}

export interface BaresipEvent {
  readonly type: string;
  readonly param: string;
}

export class Baresip {
  readonly events: BaresipEvent[] = [];
  /** Where it listens for SIP over UDP and TCP; over TLS one above. */
  readonly port: number;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #control: Socket | undefined;
  #output = '';

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
    this.#exit = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#output += String(chunk);
      });
    }
  }

  static async start({ answers = 'auto', ...options }: BaresipOptions): Promise<Baresip> {
    const { username, password, domain, sipPort, transport, codec = 'PCMU/8000/1', mediaEncryption, registers = true } = options;
    const encryption = mediaEncryption === undefined ? '' : `;mediaenc=${mediaEncryption}`;
    const sampleRate = codec === 'G722/16000/1' ? 16_000 : 8_000;
    const folder = await mkdtemp(join(tmpdir(), 'ringdown-baresip-'));
    const [control, own, rtp] = [await freePort(), await freeServerPort(), await freeUdpPort()];
    // Without a player that takes it away, what is heard still goes through sndfile, which writes it down.
    await writeFile(
      join(folder, 'config'),
      `poll_method epoll
net_interface 127.0.0.1
sip_listen 127.0.0.1:${own}
${options.certificate === undefined ? '' : `sip_certificate ${options.certificate}`}
module_path ${MODULES}
module g711.so
module g722.so
module srtp.so
module aufile.so
module aubridge.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:${control}
snd_path ${folder}
audio_source aufile,${join(folder, 'voice.wav')}
audio_player aubridge,nobody
audio_srate ${sampleRate}
audio_channels 1
rtp_ports ${rtp}-${Math.min(rtp + RTP_PORTS, 65_535)}
`,
    );
    await writeFile(join(folder, 'voice.wav'), wavOf(sine(options.frequency, VOICE_MS, LOUDNESS, sampleRate), sampleRate));
    await writeFile(join(folder, 'contacts'), '');
    await writeFile(
      join(folder, 'accounts'),
      `<sip:${username}@${domain}>;auth_user=${options.authUser ?? username};auth_pass=${password};outbound="sip:${options.sipAddress ?? '127.0.0.1'}:${sipPort};transport=${transport}";regint=${registers ? 60 : 0};answermode=${answers};audio_codecs=${codec}${encryption}\n`,
    );
    const child = spawn('baresip', ['-s', '-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    const phone = new Baresip(child, folder, own);
    await phone.#open(control);
    return phone;
  }

  /** A command of its menu: `dial`, `hangup`, `uareg`, ... */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: '1' });
    this.#control?.write(`${Buffer.byteLength(text)}:${text},`);
  }

  async waitFor(type: string, after = 0): Promise<BaresipEvent> {
    try {
      return await eventually(`${type} of baresip`, () => this.events.slice(after).find((event) => event.type === type));
    } catch (error) {
      throw new Error(
        `${String(error)}, but ${this.events.map(({ type: known, param }) => `${known} ${param}`).join(', ')}\n${this.#output.slice(-6000)}`,
      );
    }
  }

  /** Waits for a SIP message that matches: some happen before its events can be listened to. */
  async waitForMessage(pattern: RegExp): Promise<void> {
    await eventually(`message ${pattern}`, () => (pattern.test(this.#output) ? true : undefined)).catch((error: unknown) => {
      throw new Error(`${String(error)}:\n${this.#output.slice(-6000)}`);
    });
  }

  /** The answers to INVITEs that it has sent or got, one a call, oldest first. */
  get answers(): readonly string[] {
    const heads = this.#output.split(/^(?=SIP\/2\.0 )/m).map((text) => text.split(/\r?\n\r?\n/, 1)[0] ?? '');
    const answers = heads.filter((text) => /^SIP\/2\.0 200 [\s\S]*^CSeq: \d+ INVITE/m.test(text));
    return [...new Map(answers.toReversed().map((text) => [headerOf(text, 'Call-ID'), text])).values()].toReversed();
  }

  /** Waits until it has heard the tone for `ms` milliseconds in its latest call. */
  async hears(frequency: number, ms: number): Promise<void> {
    await eventually(`${frequency} Hz for ${ms} ms`, async () =>
      millisecondsOf(frequency, await this.heard()) >= ms ? true : undefined,
    );
  }

  /** What it has heard in its latest call. */
  async heard(): Promise<Int16Array> {
    const names = (await readdir(this.#folder)).filter((name) => name.startsWith('dump') && name.endsWith('dec.wav')).toSorted();
    const latest = names.at(-1);
    return latest === undefined ? new Int16Array() : samplesOf(await readFile(join(this.#folder, latest)));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 3000);
    await this.#exit;
    clearTimeout(killer);
    this.#control?.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #open(port: number): Promise<void> {
    this.#control = await eventually('baresip', async () => {
      if (this.#child.exitCode !== null) throw new Error(`baresip ended at once:\n${this.#output}`);
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      return await Promise.race([once(socket, 'connect').then(() => socket), once(socket, 'close').then(() => undefined)]).catch(
        () => undefined,
      );
    });
    // Netstrings of JSON.
    let pending = '';
    this.#control.on('data', (chunk) => {
      pending += String(chunk);
      for (;;) {
        const match = /^(\d+):/.exec(pending);
        if (!match) return;
        const start = match[0].length;
        const end = start + Number(match[1]);
        if (pending.length <= end) return;
        const { type, param, event } = record(JSON.parse(pending.slice(start, end)));
        if (event === true) this.events.push({ type: String(type), param: String(param ?? '') });
        pending = pending.slice(end + 1);
      }
    });
  }
}
