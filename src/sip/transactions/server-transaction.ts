import type { Clock } from '../../runtime/clock.ts';
import { MachineRun } from '../machine.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Flow } from '../transports/flow.ts';
import type { Wire } from '../wire.ts';
import { inviteServerMachine, type ServerAction, type ServerEvent } from './invite-server-machine.ts';
import { requestServerMachine } from './request-server-machine.ts';
import { TimerSet } from './timer-set.ts';

export interface ServerTransactionParts {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly request: SipRequest;
  /** The way back to where the request came from. */
  readonly flow: Flow;
  readonly onAck: (ack: SipRequest, flow: Flow) => void;
  readonly onTerminated: () => void;
}

interface Sent {
  readonly response: SipResponse;
  readonly bytes: Buffer;
}

/** A server transaction (RFC 3261 §17.2): performs what its machine says. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly #parts: ServerTransactionParts;
  readonly #run: MachineRun<string, ServerEvent, ServerAction>;
  readonly #timers: TimerSet;
  #last: Sent | undefined;
  /** Called when a CANCEL has come for this INVITE while it is pending. */
  onCancel: (cancel: SipRequest) => void = () => {};

  constructor(parts: ServerTransactionParts) {
    this.#parts = parts;
    this.request = parts.request;
    this.flow = parts.flow;
    const isInvite = parts.request.method === 'INVITE';
    this.#run = isInvite ? new MachineRun(inviteServerMachine, 'proceeding') : new MachineRun(requestServerMachine, 'trying');
    this.#timers = new TimerSet(parts.clock, parts.flow.isReliable, (event) => this.#take(event));
    if (!isInvite) this.#timers.start('F');
  }

  /** False once a final response has been sent: a CANCEL has then nothing to cancel. */
  get isPending(): boolean {
    return this.#run.state === 'proceeding' || this.#run.state === 'trying';
  }

  /**
   * True once it was answered with a challenge. A proxy that answers for its caller, as Kamailio's `uac` does, sends the credentials
   * under the same CSeq number: that is no copy which has taken another way (RFC 3261 §8.2.2.2 means transactions that go on).
   */
  get hasChallenged(): boolean {
    const status = this.#last?.response.status;
    return status === 401 || status === 407;
  }

  /** @throws {SipSerializeError} and is then where it was before */
  respond(response: SipResponse): void {
    const { status } = response;
    const sent = { response, bytes: this.#parts.wire.serialize(response) };
    // What is decided cannot be cancelled: the call need not be kept for as long as the transaction lingers.
    if (status >= 200) this.onCancel = () => {};
    this.#take(status < 200 ? 'sendProvisional' : status < 300 ? 'sendSuccess' : 'sendFailure', sent);
  }

  /** A copy of the request has come. */
  repeated(): void {
    this.#take('request');
  }

  acknowledged(ack: SipRequest, flow: Flow): void {
    if (this.#take('ack').includes('deliverAck')) this.#parts.onAck(ack, flow);
  }

  abandon(): void {
    if (this.#run.state === 'terminated') return;
    this.#timers.stopAll();
    this.#parts.onTerminated();
  }

  #take(event: ServerEvent, sent?: Sent): readonly ServerAction[] {
    if (this.#run.state === 'terminated') return [];
    const actions = this.#run.fire(event);
    for (const action of actions) {
      if (this.#timers.perform(action)) continue;
      if (action === 'send' && sent !== undefined) this.#send(sent);
      else if (action === 'resend') this.#resend();
    }
    if (this.#run.state === 'terminated') {
      this.#timers.stopAll();
      this.#parts.onTerminated();
    }
    return actions;
  }

  #send(sent: Sent): void {
    this.#last = sent;
    this.#resend();
  }

  #resend(): void {
    const { wire, flow } = this.#parts;
    if (this.#last !== undefined) wire.transmit(this.#last.response, this.#last.bytes, flow, () => this.#take('transportError'));
  }
}
