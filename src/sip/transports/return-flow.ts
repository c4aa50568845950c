import type { Endpoint } from '../network.ts';
import type { Flow, TransportName } from './flow.ts';

/**
 * The way back for responses to a request that came over a connection: that connection, or once it has ended a new one to the
 * address and port of the request's Via (RFC 3261 §18.2.2).
 */
export class ReturnFlow implements Flow {
  readonly transport: TransportName;
  readonly remote: Endpoint;
  readonly isReliable = true;
  readonly #flow: Flow;
  readonly #reopen: () => Flow | undefined;

  constructor(flow: Flow, reopen: () => Flow | undefined) {
    this.transport = flow.transport;
    this.remote = flow.remote;
    this.#flow = flow;
    this.#reopen = reopen;
  }

  get isOpen(): boolean {
    return this.#flow.isOpen;
  }

  send(data: Buffer, onError: (error: Error) => void): void {
    const flow = this.#flow.isOpen ? this.#flow : this.#reopen();
    if (flow === undefined) onError(new Error('the connection is closed'));
    else flow.send(data, onError);
  }
}
