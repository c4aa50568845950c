import { SipHeaders } from '../headers.ts';
import type { SipRequest, SipResponse } from '../message.ts';

const EMPTY = Buffer.alloc(0);
const MAX_FORWARDS = '70';

/** The ACK of a final response that is no 2xx (RFC 3261 §17.1.1.3): part of the INVITE's own transaction. */
export function createFailureAck(invite: SipRequest, response: SipResponse): SipRequest {
  return sameTransaction(invite, 'ACK', response.headers.get('To') ?? invite.headers.get('To') ?? '');
}

/** The CANCEL of an INVITE that has got a provisional response (RFC 3261 §9.1). */
export function createCancel(invite: SipRequest, headers: Iterable<readonly [string, string]> = []): SipRequest {
  const cancel = sameTransaction(invite, 'CANCEL', invite.headers.get('To') ?? '');
  for (const [name, value] of headers) cancel.headers.append(name, value);
  return cancel;
}

/** A request with the INVITE's Request-URI, top Via, Route, From, Call-ID and CSeq number. */
function sameTransaction(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  const headers = new SipHeaders([
    ['Via', invite.headers.get('Via') ?? ''],
    ['Max-Forwards', MAX_FORWARDS],
  ]);
  for (const route of invite.headers.all('Route')) headers.append('Route', route);
  headers
    .append('From', invite.headers.get('From') ?? '')
    .append('To', to)
    .append('Call-ID', invite.headers.get('Call-ID') ?? '')
    .append('CSeq', `${Number.parseInt(invite.headers.get('CSeq') ?? '0', 10)} ${method}`);
  return { kind: 'request', method, uri: invite.uri, headers, body: EMPTY };
}
