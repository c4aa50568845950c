import type { HttpRequest, HttpResult } from '../../delivery/http-client.ts';
import {
  type RecognisedSpeech,
  type Recogniser,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
} from './recogniser.ts';
import { wavOf } from './wav-utterance.ts';
import { wholeUtterance } from './whole-utterance.ts';

/**
 * `POST {base}/audio/transcriptions` as OpenAI defined it and many servers, local ones among them, offer it: multipart/form-data with
 * the utterance as a WAV file. It tells no interim results; hints go along as `prompt`.
 */
export interface OpenAiRecogniserOptions {
  /** Up to and with the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** `verbose_json` also tells how sure the model is; not every model and server has it. */
  readonly format: 'json' | 'verbose_json';
  /** Never rejects: what goes wrong is a result. */
  readonly send: (request: HttpRequest) => Promise<HttpResult>;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** Timers count whole milliseconds and may be early by less than one. */
const TIMER_ROUNDING_MS = 1;
/** Some minutes of words with their times are 100 kB. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** The model reads the last 224 tokens of a prompt: more hints than this would push out the first ones. */
const MAX_PROMPT_CHARACTERS = 800;
/** Of an error's text, for the timeline. */
const MAX_REASON = 200;
/** A part's head holds none of what customers write, so nothing can end it early; a body that held this line would be chance of 2^-128. */
const BOUNDARY_BYTES = 16;

export class OpenAiRecogniser implements Recogniser {
  readonly name = 'openai';
  readonly #options: OpenAiRecogniserOptions;
  readonly #url: URL;
  readonly #under = new Set<Recognition>();

  constructor(options: OpenAiRecogniserOptions) {
    this.#options = options;
    this.#url = new URL(`${options.baseUrl.replace(/\/+$/, '')}/audio/transcriptions`);
  }

  recognise(request: RecognitionRequest): Recognition {
    const recognition = wholeUtterance((pcm, signal) => this.#post(pcm, request, signal));
    this.#under.add(recognition);
    recognition.result.then(
      () => this.#under.delete(recognition),
      () => this.#under.delete(recognition),
    );
    return recognition;
  }

  async close(): Promise<void> {
    for (const recognition of this.#under) recognition.cancel();
  }

  async #post(pcm: readonly Int16Array[], request: RecognitionRequest, signal: AbortSignal): Promise<RecognisedSpeech> {
    const { apiKey, model, format, send } = this.#options;
    const prompt = request.hints.join(', ').slice(0, MAX_PROMPT_CHARACTERS);
    const { boundary, body } = formOf(wavOf(pcm, request.sampleRate), {
      model,
      response_format: format,
      language: request.language.split('-')[0]?.toLowerCase() ?? 'en',
      ...(prompt !== '' && { prompt }),
    });
    const result = await send({
      url: this.#url,
      method: 'POST',
      headers: {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      readTimeoutMs: request.resultWithinMs,
      totalTimeoutMs: request.resultWithinMs,
      maxBodyBytes: MAX_ANSWER_BYTES,
      signal,
    });
    const failed = (text: string) => new RecognitionError('engine failed', `openai: ${text}`);
    if (result.kind === 'failure') {
      if (result.times.totalMs >= request.resultWithinMs - TIMER_ROUNDING_MS)
        throw new RecognitionError('timed out', `openai: ${result.reason}`);
      throw failed(result.reason);
    }
    if (result.status < 200 || result.status > 299) throw failed(`answered ${result.status}${reasonIn(result.body)}`);
    const answer = fieldsOf(parse(result.body.toString()));
    if (result.truncated || typeof answer.text !== 'string') throw failed('answered without a text');
    return { text: answer.text.trim(), confidence: confidenceIn(answer) };
  }
}

/** Geometric mean of the words' likelihood, as the segments of `verbose_json` tell it in logarithms. */
function confidenceIn(answer: Fields): number | undefined {
  if (!Array.isArray(answer.segments)) return undefined;
  const logs = answer.segments.map((segment) => fieldsOf(segment).avg_logprob).filter((value) => typeof value === 'number');
  if (logs.length === 0) return undefined;
  return Math.min(1, Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length));
}

/** multipart/form-data (RFC 7578). */
function formOf(wav: Buffer, fields: Readonly<Record<string, string>>): { readonly boundary: string; readonly body: Buffer } {
  const boundary = `ringdown-${Buffer.from(crypto.getRandomValues(new Uint8Array(BOUNDARY_BYTES))).toString('hex')}`;
  const head = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(`name="${name}"`)}\r\n${value}\r\n`);
  const file = `${head('name="file"; filename="speech.wav"')}Content-Type: audio/wav\r\n\r\n`;
  return { boundary, body: Buffer.concat([Buffer.from(texts.join('') + file), wav, Buffer.from(`\r\n--${boundary}--\r\n`)]) };
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an error body says: `error.message`, or the text itself. */
function reasonIn(body: Buffer): string {
  const text = body.subarray(0, 4_096).toString();
  const { error, detail } = fieldsOf(parse(text));
  const said = fieldsOf(error).message ?? error ?? detail;
  const line = (typeof said === 'string' ? said : text).replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line === '' ? '' : `: ${line.slice(0, MAX_REASON)}`;
}
