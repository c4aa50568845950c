/** The customer's side of the coverage suite: a web server with XML, sounds and webhooks, an application for audio streams, and files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamApp } from '../../testkit/stream-app.ts';
import { mp3Of } from '../mp3.ts';
import { sine, wavOf } from '../tones.ts';
import { type Answer, type Received, WebhookReceiver } from '../webhook-receiver.ts';

/** Longer than any program. */
const STAY = '<Wait length="120"/>';
const TONE_HZ = 440;
const TONE_MS = 1000;
/** One grey pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64');
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;

const document = (elements: string): Answer => ({
  contentType: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${elements}</Response>`,
});
const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export class CustomerSide {
  /** With `image.png`, `document.pdf`, `letter.pdf` and `tone.wav`. */
  readonly files: string;
  readonly #receiver: WebhookReceiver;
  readonly #streams: StreamApp;
  readonly #wav: Uint8Array;
  readonly #mp3: Uint8Array;

  private constructor(files: string, receiver: WebhookReceiver, streams: StreamApp, wav: Uint8Array, mp3: Uint8Array) {
    this.files = files;
    this.#receiver = receiver;
    this.#streams = streams;
    this.#wav = wav;
    this.#mp3 = mp3;
  }

  static async start(): Promise<CustomerSide> {
    const tone = sine(TONE_HZ, TONE_MS);
    const wav = wavOf(tone);
    const files = await mkdtemp(join(tmpdir(), 'ringdown-coverage-'));
    await writeFile(join(files, 'image.png'), PNG);
    await writeFile(join(files, 'document.pdf'), PDF);
    await writeFile(join(files, 'letter.pdf'), PDF);
    await writeFile(join(files, 'tone.wav'), wav);
    const side = new CustomerSide(files, await WebhookReceiver.start(), await StreamApp.start(), wav, await mp3Of(tone));
    side.#receiver.answer((request) => side.#answer(request));
    return side;
  }

  /** Base URL of the web server, without slash at the end. */
  get url(): string {
    return this.#receiver.url('');
  }

  get streamUrl(): string {
    return this.#streams.url('/stream');
  }

  async stop(): Promise<void> {
    await this.#streams.stop();
    await this.#receiver.stop();
    await rm(this.files, { recursive: true, force: true });
  }

  #answer({ path, params }: Received): Answer {
    switch (path) {
      case '/xml/wait':
        return document(STAY);
      case '/xml/conference':
        return document(`<Conference enterSound="" exitSound="">${escaped(params.name ?? '')}</Conference>${STAY}`);
      case '/xml/multiparty':
        return document(
          `<MultiPartyCall role="${escaped(params.role ?? 'Customer')}" stayAlone="true">${escaped(params.name ?? '')}</MultiPartyCall>${STAY}`,
        );
      case '/xml/record':
        return document(`<Record maxLength="3" playBeep="false" redirect="false"/>${STAY}`);
      case '/xml/stream':
        return document(`<Stream keepCallAlive="true" bidirectional="true">${this.streamUrl}</Stream>${STAY}`);
      case '/media/tone.wav':
        return { contentType: 'audio/wav', body: this.#wav };
      case '/media/tone.mp3':
        return { contentType: 'audio/mpeg', body: this.#mp3 };
      case '/media/image.png':
        return { contentType: 'image/png', body: PNG };
      case '/webhook-log':
        return { contentType: 'application/json', body: JSON.stringify(this.#received(params.path ?? '')) };
      default:
        return { status: path.startsWith('/webhook/') ? 200 : 404 };
    }
  }

  #received(path: string): readonly Readonly<Record<string, unknown>>[] {
    return this.#receiver.on(path).map(({ params, body, headers }) => {
      const isJson = (headers['content-type'] ?? '').startsWith('application/json');
      return isJson ? { ...params, ...JSON.parse(body) } : params;
    });
  }
}
