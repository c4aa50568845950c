import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { parseDocument } from '../src/plivo/xml/document.ts';

/**
 * A stand-in for the HTTP interfaces of speech engines: `POST /v1/speech` of Amazon Polly and `POST /v1/audio/speech` of OpenAI. It
 * refuses what the real ones would refuse, and answers a tone that lasts as long as the text would take.
 */
export interface SpeechServerAccount {
  readonly openAiKey: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How the next answers are wrong. */
export type SpeechFault =
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'body'; readonly contentType: string; readonly body: string };

export interface SpokenRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const TONE_HZ = 440;
const MS_PER_CHARACTER = 60;
const MAX_CLOCK_SKEW_MS = 300_000;
const openAiVoices = ['alloy', 'ash', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer'];
const pollyVoices = ['Joanna', 'Matthew', 'Vicki', 'Aditi', 'Vitoria', 'Conchita', 'Kajal'];
/** Tags that the neural models refuse. */
const STANDARD_ONLY = /<emphasis|\spitch=/;

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class SpeechServer {
  readonly requests: SpokenRequest[] = [];
  fault: SpeechFault | undefined;
  readonly #server: Server;
  readonly #account: SpeechServerAccount;

  static async start(account: SpeechServerAccount): Promise<SpeechServer> {
    const server = new SpeechServer(account);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  private constructor(account: SpeechServerAccount) {
    this.#account = account;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    try {
      const answer = request.url === '/v1/speech' ? this.#polly(request, text) : this.#openAi(request, text);
      this.#answer(response, answer.contentType, answer.audio);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      const message = error instanceof Error ? error.message : String(error);
      const body = request.url === '/v1/speech' ? { message } : { error: { message, type: 'invalid_request_error' } };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }
  }

  #answer(response: ServerResponse, contentType: string, audio: Buffer): void {
    const { fault } = this;
    if (fault === undefined) response.writeHead(200, { 'content-type': contentType }).end(audio);
    else if (fault.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': fault.contentType ?? 'application/json' }).end(fault.body);
    } else if (fault.kind === 'body') response.writeHead(200, { 'content-type': fault.contentType }).end(fault.body);
    else if (fault.kind === 'cut') {
      response.writeHead(200, { 'content-type': contentType, 'content-length': audio.length });
      response.write(audio.subarray(0, audio.length >> 1), () => response.destroy());
    }
  }

  #openAi(request: IncomingMessage, text: string): { readonly contentType: string; readonly audio: Buffer } {
    const body = this.#take(request, text, '/v1/audio/speech');
    if (request.headers.authorization !== `Bearer ${this.#account.openAiKey}`)
      throw new Refusal(401, 'Incorrect API key provided');
    const { model, input, voice, response_format: format } = body;
    if (typeof model !== 'string' || model === '') throw new Refusal(400, 'you must provide a model parameter');
    if (typeof input !== 'string' || input === '' || input.length > 4_096)
      throw new Refusal(400, 'input is not 1 to 4096 characters');
    if (typeof voice !== 'string' || !openAiVoices.includes(voice)) throw new Refusal(400, `there is no voice ${String(voice)}`);
    if (format === 'pcm') return { contentType: 'audio/pcm', audio: tone(input.length, 24_000) };
    if (format === 'wav') return { contentType: 'audio/wav', audio: waveFile(tone(input.length, 24_000), 24_000) };
    throw new Refusal(400, 'response_format is not served here');
  }

  #polly(request: IncomingMessage, text: string): { readonly contentType: string; readonly audio: Buffer } {
    this.#checkSignature(request, text);
    const body = this.#take(request, text, '/v1/speech');
    const known = ['Engine', 'LanguageCode', 'OutputFormat', 'SampleRate', 'Text', 'TextType', 'VoiceId'];
    for (const name of Object.keys(body)) if (!known.includes(name)) throw new Refusal(400, `unexpected member ${name}`);
    const { Engine: engine, OutputFormat: format, SampleRate: rate, Text: markup, TextType: type, VoiceId: voice } = body;
    if (typeof voice !== 'string' || !pollyVoices.includes(voice)) throw new Refusal(400, '1 validation error detected: voiceId');
    if (format !== 'pcm' || (rate !== '8000' && rate !== '16000')) throw new Refusal(400, 'Unsupported output format or rate');
    if (type !== 'ssml' || typeof markup !== 'string') throw new Refusal(400, 'only ssml is served here');
    const root = readSsml(markup);
    if (root.name !== 'speak') throw new Refusal(400, 'Invalid SSML request');
    if (engine !== 'standard' && STANDARD_ONLY.test(markup)) throw new Refusal(400, 'Unsupported Neural feature');
    return { contentType: 'audio/pcm', audio: tone(markup.replaceAll(/<[^>]*>/g, '').length, Number(rate)) };
  }

  #take(request: IncomingMessage, text: string, path: string): Readonly<Record<string, unknown>> {
    if (request.method !== 'POST' || request.url !== path) throw new Refusal(404, `there is no ${request.method} ${request.url}`);
    if (request.headers['content-type'] !== 'application/json') throw new Refusal(415, 'the body is not JSON');
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) throw new Refusal(400, 'the body is no object');
    const members = Object.fromEntries(Object.entries(body));
    this.requests.push({ path, body: members });
    return members;
  }

  /** Signature Version 4, computed from what arrived. */
  #checkSignature({ method, url, headers }: IncomingMessage, body: string): void {
    const { accessKeyId, secretAccessKey, region, now } = this.#account;
    const parts =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/polly\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
    const [, keyId, day = '', signedRegion, names = '', signature = ''] = parts.exec(headers.authorization ?? '') ?? [];
    if (keyId !== accessKeyId) throw new Refusal(403, 'The security token included in the request is invalid.');
    if (signedRegion !== region)
      throw new Refusal(403, `Credential should be scoped to a valid region, not ${String(signedRegion)}`);
    const date = String(headers['x-amz-date']);
    const sent = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (!(Math.abs(now() - sent) < MAX_CLOCK_SKEW_MS) || !date.startsWith(day)) throw new Refusal(403, 'Signature expired');
    for (const required of ['host', 'x-amz-date', 'content-type']) {
      if (!names.split(';').includes(required)) throw new Refusal(403, `${required} is not signed`);
    }
    const digest = (value: string) => createHash('sha256').update(value, 'utf8').digest('hex');
    let canonical = `${method}\n${url}\n\n`;
    for (const name of names.split(';')) canonical += `${name}:${String(headers[name]).trim()}\n`;
    canonical += `\n${names}\n${digest(body)}`;
    const toSign = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/polly/aws4_request\n${digest(canonical)}`;
    const keyed = (key: Buffer | string, value: string) => createHmac('sha256', key).update(value, 'utf8').digest();
    const key = keyed(keyed(keyed(keyed(`AWS4${secretAccessKey}`, day), region), 'polly'), 'aws4_request');
    if (!timingSafeEqual(keyed(key, toSign), Buffer.from(signature, 'hex'))) {
      throw new Refusal(403, 'The request signature we calculated does not match the signature you provided.');
    }
  }
}

function readSsml(markup: string): { readonly name: string } {
  try {
    return parseDocument(markup);
  } catch {
    throw new Refusal(400, 'Invalid SSML request');
  }
}

function tone(characters: number, sampleRate: number): Buffer {
  const samples = Math.round((characters * MS_PER_CHARACTER * sampleRate) / 1_000);
  const bytes = Buffer.alloc(2 * samples);
  for (let index = 0; index < samples; index++) {
    bytes.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * TONE_HZ * index) / sampleRate)), 2 * index);
  }
  return bytes;
}

/** RIFF/WAVE, 16 bit, mono. Servers that send while they still synthesise do not know the lengths and say the most there can be. */
function waveFile(samples: Buffer, sampleRate: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(0xffffffff, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(2 * sampleRate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(0xffffffff, 40);
  return Buffer.concat([head, samples]);
}
