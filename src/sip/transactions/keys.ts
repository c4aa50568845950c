import { parseCSeq } from '../cseq.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-address.ts';
import { parseVia, transactionBranch, type Via } from '../via.ts';

/**
 * What identifies a server transaction (RFC 3261 §17.2.3): branch, sent-by and method, ACK counting as its INVITE. Requests of
 * RFC 2543 elements, which have no such branch, are told by everything that their copies share.
 */
export function serverKey(request: SipRequest, via: Via, method = request.method): string {
  const matched = method === 'ACK' ? 'INVITE' : method;
  const branch = transactionBranch(via);
  if (branch !== undefined) return `${matched} ${branch.toLowerCase()} ${via.host}:${via.port ?? ''}`;
  const { headers, uri } = request;
  const sequence = parseCSeq(headers.get('CSeq') ?? '')?.sequence;
  return [matched, uri, tagOf(headers.get('From') ?? ''), headers.get('Call-ID'), sequence, headers.get('Via')].join(' ');
}

/** What identifies the client transaction of a request of ours or of a response to it (RFC 3261 §17.1.3). */
export function clientKey(message: SipRequest | SipResponse): string | undefined {
  const via = parseVia(message.headers.get('Via') ?? '');
  const branch = via && transactionBranch(via);
  const cseq = parseCSeq(message.headers.get('CSeq') ?? '');
  return branch === undefined || cseq === undefined ? undefined : `${cseq.method} ${branch.toLowerCase()}`;
}

/** What two copies of one request share that reached us on different ways (RFC 3261 §8.2.2.2); undefined within a dialog. */
export function mergeKey({ headers, method }: SipRequest): string | undefined {
  if (method === 'ACK' || method === 'CANCEL' || tagOf(headers.get('To') ?? '') !== undefined) return undefined;
  return `${tagOf(headers.get('From') ?? '')} ${headers.get('Call-ID')} ${headers.get('CSeq')}`;
}
