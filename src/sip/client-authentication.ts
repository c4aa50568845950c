import type { Random } from '../runtime/random.ts';
import { type DigestCredentials, DigestSession } from './digest-client.ts';
import type { SipRequest, SipResponse } from './message.ts';

const KINDS = [
  { status: 401, challenge: 'WWW-Authenticate', answer: 'Authorization' },
  { status: 407, challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
] as const;

/** Answers the challenges of a server and of the proxy before it (RFC 3261 §22), and authorizes later requests in advance. */
export class ClientAuthentication {
  readonly #sessions: ReadonlyMap<number, DigestSession>;

  constructor(credentials: DigestCredentials, random: Random) {
    this.#sessions = new Map(KINDS.map(({ status }) => [status, new DigestSession(credentials, random)]));
  }

  /** Adds what is at hand from earlier challenges. */
  authorize(request: SipRequest): void {
    for (const { status, answer } of KINDS) {
      const value = this.#sessions.get(status)?.authorize(request);
      if (value !== undefined) request.headers.set(answer, value);
    }
  }

  /**
   * Puts the answer to a 401 or 407 into `next`, the repetition of the refused request with its own CSeq; false when there is no use
   * in repeating it.
   */
  answer(response: SipResponse, refused: SipRequest, next: SipRequest): boolean {
    const kind = KINDS.find(({ status }) => status === response.status);
    if (kind === undefined) return false;
    const answered = refused.headers.has(kind.answer);
    const value = this.#sessions.get(kind.status)?.answer(response.headers.all(kind.challenge), next, { answered });
    if (value === undefined) return false;
    const other = KINDS.find(({ status }) => status !== kind.status);
    if (other !== undefined && refused.headers.has(other.answer)) {
      const again = this.#sessions.get(other.status)?.authorize(next);
      if (again !== undefined) next.headers.set(other.answer, again);
    }
    next.headers.set(kind.answer, value);
    return true;
  }
}
