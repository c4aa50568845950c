/** Headless Chromium with the Browser SDK as a phone: logs in, calls, is called. It speaks out of a WAV file and measures what it hears. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { list, record } from './api.ts';
import { browserSdk } from './browser-sdk.ts';
import { sine, wavOf } from './tones.ts';
import { eventually } from './wait.ts';

const CHROMIUM = '/usr/bin/chromium';
const VOICE_MS = 10_000;
/** Unreachable STUN costs each call two seconds (browser-sdk.md §7), and the machine may be busy. */
const EVENT_MS = 30_000;
/** A tone is louder than this in its bin; what a browser takes for silence is far below. */
const LEAST_DB = -60;
/** Distance between a tone and the bin it is found in: two bins of 48 kHz / 8192. */
const TOLERANCE_HZ = 15;

export interface BrowserPhoneOptions {
  /** What it says. */
  readonly frequency: number;
  /** Of the SDK's constructor. */
  readonly sdk: Record<string, unknown>;
  readonly arguments?: readonly string[];
}

export interface SdkEvent {
  readonly name: string;
  readonly args: readonly unknown[];
}

export class BrowserPhone {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #server: Server;
  readonly #folder: string;
  readonly console: string[] = [];

  private constructor(browser: Browser, page: Page, server: Server, folder: string) {
    this.#browser = browser;
    this.#page = page;
    this.#server = server;
    this.#folder = folder;
    page.on('console', (message) => this.console.push(message.text()));
    page.on('pageerror', (error) => this.console.push(String(error)));
  }

  static async start({ frequency, sdk, arguments: more = [] }: BrowserPhoneOptions): Promise<BrowserPhone> {
    const folder = await mkdtemp(join(tmpdir(), 'ringdown-browser-'));
    const voice = join(folder, 'voice.wav');
    await writeFile(voice, wavOf(sine(frequency, VOICE_MS)));
    const server = await servePage();
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the page has no address');
    const browser = await puppeteer.launch({
      executablePath: CHROMIUM,
      headless: true,
      userDataDir: join(folder, 'profile'),
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${voice}`,
        '--autoplay-policy=no-user-gesture-required',
        '--disable-features=WebRtcHideLocalIpsWithMdns',
        '--allow-loopback-in-peer-connection',
        ...more,
      ],
    });
    const page = await browser.newPage();
    const phone = new BrowserPhone(browser, page, server, folder);
    const options = encodeURIComponent(JSON.stringify(sdk));
    await page.goto(`http://127.0.0.1:${address.port}/?options=${options}`, { waitUntil: 'load' });
    return phone;
  }

  /** Runs a script of the page; `phone.client` is the SDK's client. */
  async run(script: string): Promise<unknown> {
    return await this.#page.evaluate(script);
  }

  async events(): Promise<readonly SdkEvent[]> {
    const events = list(await this.run('phone.events'));
    return events.map(({ name, args }) => ({ name: String(name), args: Array.isArray(args) ? args : [] }));
  }

  /** The next event of the name after the first `after` events of all. */
  async waitFor(name: string, after = 0): Promise<SdkEvent> {
    return await eventually(
      `event ${name}`,
      async () => (await this.events()).slice(after).find((event) => event.name === name),
      EVENT_MS,
    ).catch(async (error: unknown) => {
      throw new Error(`${String(error)}, but ${JSON.stringify(await this.events())}\n${this.console.slice(-40).join('\n')}`);
    });
  }

  async login(username: string, password: string): Promise<void> {
    await this.run(`phone.client.login(${JSON.stringify(username)}, ${JSON.stringify(password)})`);
    await this.waitFor('onLogin');
  }

  async call(to: string, headers: Record<string, string> = {}): Promise<void> {
    await this.run(`phone.client.call(${JSON.stringify(to)}, ${JSON.stringify(headers)})`);
  }

  /** Waits until the far end says this. */
  async hears(frequency: number): Promise<void> {
    let last: unknown;
    await eventually(
      `${frequency} Hz in the browser`,
      async () => {
        const heard = record((await this.run('phone.listen()')) ?? {});
        last = heard;
        const { hz, db } = heard;
        const isIt = Math.abs(Number(hz) - frequency) <= TOLERANCE_HZ && Number(db) > LEAST_DB;
        return isIt ? true : undefined;
      },
      EVENT_MS,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}, but ${JSON.stringify(last)}\n${this.console.slice(-40).join('\n')}`);
    });
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function servePage(): Promise<Server> {
  const sdk = await browserSdk();
  const script = await readFile(new URL('./browser-page/phone.js', import.meta.url));
  const page = '<!doctype html><meta charset="utf-8"><script src="/sdk.js"></script><body><script src="/phone.js"></script>';
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    const [type, body] =
      path === '/sdk.js'
        ? ['text/javascript', sdk]
        : path === '/phone.js'
          ? ['text/javascript', script]
          : ['text/html', path === '/' ? page : ''];
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
