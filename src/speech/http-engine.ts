import type { HttpRequest, HttpResult } from '../delivery/http-client.ts';
import { type SpeechAudio, SpeechError } from './synthesizer.ts';

/** What the engines behind HTTP have in common: one request for one text, and everything that can be wrong with its answer. */

/** Never rejects: what goes wrong is a result (`HttpSender` of the delivery folder). The target is the operator's own choice. */
export type SendHttp = (request: HttpRequest) => Promise<HttpResult>;

const CONNECT_TIMEOUT_MS = 2_000;
/** The caller hears nothing meanwhile. The next engine, if there is one, still has time to answer within what callers bear. */
const TOTAL_TIMEOUT_MS = 10_000;
/** Ten minutes at 24 kHz. */
const MAX_AUDIO_BYTES = 30 * 1024 * 1024;
/** Statuses that speak of the request and not of the engine or of who asks. */
const REFUSALS = new Set([400, 413, 415, 422]);
/** Of an error's text, for the timeline. */
const MAX_REASON = 200;

export interface SpeechPost {
  /** Of the engine, for errors. */
  readonly engine: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AudioAnswer {
  /** Lower case, without parameters. */
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Sends the request; resolves with a 2xx answer that can be audio. @throws SpeechError, or the signal's reason */
export async function postForAudio(send: SendHttp, post: SpeechPost, signal: AbortSignal): Promise<AudioAnswer> {
  signal.throwIfAborted();
  const result = await untilAborted(
    send({
      url: post.url,
      method: 'POST',
      headers: post.headers,
      body: post.body,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      readTimeoutMs: TOTAL_TIMEOUT_MS,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      maxBodyBytes: MAX_AUDIO_BYTES,
    }),
    signal,
  );
  const fail = (text: string) => new SpeechError('engine failed', `${post.engine}: ${text}`);
  if (result.kind === 'failure') {
    if (result.times.totalMs < TOTAL_TIMEOUT_MS) throw fail(result.reason);
    throw new SpeechError('timed out', `${post.engine}: ${result.reason}`);
  }
  if (result.status < 200 || result.status > 299) {
    const text = `${post.engine}: answered ${result.status}${reasonIn(result.body)}`;
    throw new SpeechError(REFUSALS.has(result.status) ? 'text refused' : 'engine failed', text);
  }
  if (result.truncated) throw new SpeechError('too long', `${post.engine}: more than ${MAX_AUDIO_BYTES} bytes of audio`);
  const contentType = (result.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^text\/|json|xml/.test(contentType)) throw fail(`answered ${contentType}, not audio${reasonIn(result.body)}`);
  if (result.body.length === 0) throw fail('answered without audio');
  return { contentType, bytes: result.body };
}

/** 16 bit, little-endian, mono, as it comes without a header. Undefined for what cannot be that. */
export function readPcm(bytes: Buffer, sampleRate: number): SpeechAudio | undefined {
  if (bytes.length === 0 || bytes.length % 2 !== 0) return undefined;
  const pcm = new Int16Array(bytes.length / 2);
  new Uint8Array(pcm.buffer).set(bytes);
  return { sampleRate, pcm };
}

function untilAborted<Value>(wanted: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  wanted.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  return promise;
}

/** What an error body says: `message` of Amazon, `error.message` of OpenAI, `detail` of many others, or the text itself. */
function reasonIn(body: Buffer): string {
  const text = body.subarray(0, 4_096).toString();
  const said = messageIn(parseJson(text)) ?? text;
  const line = said.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  return line === '' ? '' : `: ${line.slice(0, MAX_REASON)}`;
}

function messageIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (/^(message|error|detail)$/i.test(name)) return messageIn(inner);
  }
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
