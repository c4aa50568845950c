/** Plain HTTP to the API, for what an SDK cannot say: raw bodies, wrong verbs, headers of replies. */
import { connect } from 'node:net';

export interface Credentials {
  readonly url: string;
  readonly authId: string;
  readonly authToken: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as a JSON object, `{}` when it is not one. */
  readonly json: Record<string, unknown>;
}

/** A request must be answered long before this; a hanging one fails its test instead of the run. */
const REQUEST_TIMEOUT_MS = 15_000;

export const basic = (authId: string, authToken: string) => `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}`;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export interface CallOptions {
  readonly method?: string;
  /** Objects are sent as JSON, strings and bytes as they are. */
  readonly body?: Record<string, unknown> | string | Uint8Array | FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leave the Authorization header out. */
  readonly anonymous?: boolean;
}

/** `path` is absolute (`/v1/...`) or relative to the account (`Message/`). */
export async function call(who: Credentials, path: string, options: CallOptions = {}): Promise<Reply> {
  const url = path.startsWith('/') ? who.url + path : `${who.url}/v1/Account/${who.authId}/${path}`;
  const { body } = options;
  const answer = await fetch(url, {
    method: options.method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(options.anonymous === true ? {} : { authorization: basic(who.authId, who.authToken) }),
      ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: toBody(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await answer.text();
  let json: Record<string, unknown> = {};
  try {
    json = record(JSON.parse(text));
  } catch {
    // not JSON: `text` has it
  }
  return { status: answer.status, headers: answer.headers, text, json };
}

function toBody(body: Record<string, unknown> | string | Uint8Array | FormData): string | ArrayBuffer | FormData {
  if (typeof body === 'string' || body instanceof FormData) return body;
  if (body instanceof Uint8Array) return Uint8Array.from(body).buffer;
  return JSON.stringify(body);
}

/** Writes octets to the server as they are and gives back all it answers until it closes or falls silent. For requests no client makes. */
export async function raw(url: string, octets: string | Uint8Array, silenceMs = 1500): Promise<string> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('latin1');
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
    socket.write(octets);
  });
}

/** The operator API under /ringdown/v1. */
export async function operator(
  server: { readonly url: string; readonly operatorToken: string },
  path: string,
  body?: Record<string, unknown>,
): Promise<Reply> {
  return await call({ url: server.url, authId: '', authToken: '' }, `/ringdown/v1/${path}`, {
    anonymous: true,
    headers: { authorization: `Bearer ${server.operatorToken}` },
    ...(body === undefined ? {} : { body }),
  });
}
