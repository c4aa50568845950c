import type { IncomingMessage } from 'node:http';

/** Of one connection only (RFC 9110 §7.6.1), or written anew: Host, and Expect, which is answered here. */
const OF_THE_HOP = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Requests that are taken to have a body unless they say that it is empty. */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** Headers that go on with a message, as they were written, name and value in turn. A request without a body says so. */
export function endToEndHeaders(message: IncomingMessage): string[] {
  const named = new Set((message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  const headers: string[] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = message.rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (!OF_THE_HOP.has(lower) && !named.has(lower)) headers.push(name, value);
  }
  if (message.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  else if (WITH_BODY.has(message.method ?? '') && message.headers['content-length'] === undefined) {
    headers.push('Content-Length', '0');
  }
  return headers;
}
