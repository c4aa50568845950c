import { SipHeaders } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { tagOf } from './name-address.ts';
import { reasonOf } from './status-reasons.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface ResponseParts {
  readonly reason?: string | undefined;
  /** Tag for the To header if the request has none; every response but 100 needs one (RFC 3261 §8.2.6.2). */
  readonly toTag?: string | undefined;
  readonly headers?: HeaderList | undefined;
  readonly body?: { readonly type: string; readonly content: Buffer } | undefined;
}

const COPIED = ['Via', 'From', 'To', 'Call-ID', 'CSeq'] as const;
const EMPTY = Buffer.alloc(0);

/** The response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are the request's. */
export function createResponse(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const headers = new SipHeaders();
  for (const name of COPIED) for (const value of request.headers.all(name)) headers.append(name, value);
  const to = request.headers.get('To');
  if (status > 100 && parts.toTag !== undefined && to !== undefined && tagOf(to) === undefined)
    headers.set('To', `${to};tag=${parts.toTag}`);
  const timestamp = request.headers.get('Timestamp');
  if (status === 100 && timestamp !== undefined) headers.append('Timestamp', timestamp);
  if (status > 100 && status < 300)
    for (const value of request.headers.all('Record-Route')) headers.append('Record-Route', value);
  for (const [name, value] of parts.headers ?? []) headers.append(name, value);
  if (parts.body !== undefined) headers.append('Content-Type', parts.body.type);
  return {
    kind: 'response',
    status,
    reason: parts.reason ?? reasonOf(status),
    headers,
    body: parts.body?.content ?? EMPTY,
  };
}
