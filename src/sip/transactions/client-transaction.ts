import type { Clock } from '../../runtime/clock.ts';
import { MachineRun } from '../machine.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Flow } from '../transports/flow.ts';
import type { Wire } from '../wire.ts';
import { createFailureAck } from './failure-ack.ts';
import { type ClientAction, type ClientEvent, inviteClientMachine } from './invite-client-machine.ts';
import { requestClientMachine } from './request-client-machine.ts';
import { TimerSet } from './timer-set.ts';

/** Who sent the request hears of its responses, or once of the way it failed. */
export interface ClientUser {
  onResponse(response: SipResponse, flow: Flow): void;
  onTimeout(): void;
  onTransportError(error: Error): void;
}

export interface ClientTransactionParts {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly user: ClientUser;
  readonly onTerminated: () => void;
}

/**
 * A client transaction (RFC 3261 §17.1): performs what its machine says.
 * @throws {SipSerializeError} on creation
 */
export class ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly #parts: ClientTransactionParts;
  readonly #run: MachineRun<string, ClientEvent, ClientAction>;
  readonly #timers: TimerSet;
  readonly #bytes: Buffer;
  #ack: SipRequest | undefined;
  #slow = false;

  constructor(parts: ClientTransactionParts) {
    this.#parts = parts;
    this.request = parts.request;
    this.flow = parts.flow;
    this.#bytes = parts.wire.serialize(parts.request);
    this.#run =
      parts.request.method === 'INVITE'
        ? new MachineRun(inviteClientMachine, 'calling')
        : new MachineRun(requestClientMachine, 'trying');
    this.#timers = new TimerSet(parts.clock, parts.flow.isReliable, (event) => this.#take(event));
  }

  /** No final response yet. */
  get isPending(): boolean {
    return PENDING.has(this.#run.state);
  }

  start(): void {
    const [repeat, giveUp] = this.request.method === 'INVITE' ? (['A', 'B'] as const) : (['E', 'F'] as const);
    this.#timers.start(repeat);
    this.#timers.start(giveUp);
    this.#send();
  }

  receive(response: SipResponse, flow: Flow): void {
    this.#slow ||= response.status < 200;
    if (response.status >= 300 && this.request.method === 'INVITE') this.#ack ??= createFailureAck(this.request, response);
    this.#take(response.status < 200 ? 'provisional' : response.status < 300 ? 'success' : 'failure', { response, flow });
  }

  /** Ends the transaction without a word to its user. */
  abandon(): void {
    if (this.#run.state === 'terminated') return;
    this.#timers.stopAll();
    this.#parts.onTerminated();
  }

  #take(event: ClientEvent, received?: { readonly response: SipResponse; readonly flow: Flow }, error?: Error): void {
    if (this.#run.state === 'terminated') return;
    const actions = this.#run.fire(event);
    const { user } = this.#parts;
    if (this.#run.state === 'terminated') {
      this.#timers.stopAll();
      this.#parts.onTerminated();
    }
    for (const action of actions) {
      if (this.#timers.perform(action, this.#slow)) continue;
      if (action === 'send') this.#send();
      else if (action === 'sendAck') this.#sendAck();
      else if (action === 'deliver' && received) user.onResponse(received.response, received.flow);
      else if (action === 'reportTimeout') user.onTimeout();
      else if (action === 'reportTransportError') user.onTransportError(error ?? new Error('the request could not be sent'));
    }
  }

  #send(): void {
    const { wire, request, flow } = this.#parts;
    // Later, even if the flow knows at once: the user does not expect to hear of a request it is just sending.
    const onError = (error: Error) => this.#parts.clock.after(0, () => this.#take('transportError', undefined, error));
    wire.transmit(request, this.#bytes, flow, onError);
  }

  #sendAck(): void {
    // A lost ACK is asked for again by a copy of the response.
    if (this.#ack !== undefined) this.#parts.wire.send(this.#ack, this.flow);
  }
}

const PENDING: ReadonlySet<string> = new Set(['calling', 'trying', 'proceeding']);
