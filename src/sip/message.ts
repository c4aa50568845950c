import type { SipHeaders } from './headers.ts';

/** A SIP message (RFC 3261 §7), parsed. Header values are kept as text and read by the parsers of their own files where needed. */
export type SipMessage = SipRequest | SipResponse;

export interface SipRequest {
  readonly kind: 'request';
  /** Upper-case as on the wire; methods are case-sensitive. */
  readonly method: string;
  /** The Request-URI as on the wire. */
  readonly uri: string;
  readonly headers: SipHeaders;
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: 'response';
  /** 100-699 */
  readonly status: number;
  readonly reason: string;
  readonly headers: SipHeaders;
  readonly body: Buffer;
}
