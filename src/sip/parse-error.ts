import type { SipRequest } from './message.ts';

/** How a request that cannot be parsed is answered. */
export interface ParseErrorAnswer {
  readonly status: 400 | 505 | 513;
  /**
   * What there is of the request: at least a `Via`, and of `From`, `To`, `Call-ID` and `CSeq` those that were found, to be sent back as
   * they are. Any of them may be the malformed part, so the answer goes to where the message came from.
   */
  readonly request: SipRequest;
}

/**
 * Bytes that are no SIP message. `message` says what is wrong, fit for a reason phrase or a log line: it never repeats the input.
 * With `answer` the sender can be told; without, the message must be dropped (a response, an ACK, or nothing that could be replied to).
 */
export class SipParseError extends Error {
  readonly answer: ParseErrorAnswer | undefined;

  constructor(message: string, answer?: ParseErrorAnswer) {
    super(message);
    this.name = 'SipParseError';
    this.answer = answer;
  }
}
