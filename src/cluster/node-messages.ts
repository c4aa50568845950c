import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpSender } from '../delivery/http-client.ts';
import type { Clock } from '../runtime/clock.ts';

/** Nodes are beside each other. */
const CONNECT_TIMEOUT_MS = 2_000;
/** A hang-up is answered when the call has ended, which its other end may put off. */
const ANSWER_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** Clocks of nodes agree to within a few seconds; what was listened to cannot be sent again later than this. */
const MAX_AGE_MS = 30_000;

export const NODE_MESSAGE_PATH = '/ringdown/v1/node/requests';

/** A message as it goes over the wire: text, when it was written, and the proof that a node of this installation wrote it. */
export interface SignedMessage {
  readonly text: string;
  readonly at: number;
  /** HMAC-SHA256 of `at`, a full stop and `text`, in hexadecimal digits. */
  readonly proof: string;
}

/** The other node could not be asked, or did not answer. */
export class NodeUnreachable extends Error {}

/** What nodes say to each other over HTTP. Their key is made of the instance key, which all of them have. */
export class NodeMessages {
  readonly #key: Buffer;
  readonly #http: HttpSender;
  readonly #clock: Clock;

  constructor(key: Buffer, http: HttpSender, clock: Clock) {
    this.#key = key;
    this.#http = http;
    this.#clock = clock;
  }

  /** The text of the answer. @throws NodeUnreachable */
  async ask(address: string, text: string): Promise<string> {
    const at = this.#clock.now();
    const message: SignedMessage = { text, at, proof: this.#proof(at, text).toString('hex') };
    const result = await this.#http.request({
      url: new URL(NODE_MESSAGE_PATH, address),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      readTimeoutMs: ANSWER_TIMEOUT_MS,
      totalTimeoutMs: ANSWER_TIMEOUT_MS,
      maxBodyBytes: MAX_ANSWER_BYTES,
    });
    if (result.kind === 'failure') throw new NodeUnreachable(result.reason);
    if (result.status !== 200) throw new NodeUnreachable(`it answers ${result.status}`);
    return result.body.toString('utf8');
  }

  /** The text of a message that comes from another node; undefined when it does not, or is old. */
  open(body: unknown): string | undefined {
    if (typeof body !== 'object' || body === null || !('text' in body) || !('at' in body) || !('proof' in body)) return undefined;
    const { text, at, proof } = body;
    if (typeof text !== 'string' || typeof at !== 'number' || typeof proof !== 'string') return undefined;
    const given = Buffer.from(proof, 'hex');
    const wanted = this.#proof(at, text);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    return Math.abs(this.#clock.now() - at) <= MAX_AGE_MS ? text : undefined;
  }

  #proof(at: number, text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${at}.${text}`).digest();
  }
}
