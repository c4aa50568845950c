import type { SipHeaders } from '../headers.ts';

/** A request of ours was refused, or nobody answered it: 408 after a timeout, 503 when it could not be sent, 487 when cancelled. */
export class SipCallError extends Error {
  readonly status: number;
  readonly headers: SipHeaders | undefined;

  constructor(status: number, reason: string, headers?: SipHeaders) {
    super(`${status} ${reason}`);
    this.name = 'SipCallError';
    this.status = status;
    this.headers = headers;
  }
}
