import type { Clock } from '../../runtime/clock.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message.ts';
import { tagOf } from '../name-address.ts';
import type { Flow } from '../transports/flow.ts';
import { parseVia } from '../via.ts';
import type { Wire } from '../wire.ts';
import { ClientTransaction, type ClientUser } from './client-transaction.ts';
import { clientKey, mergeKey, serverKey } from './keys.ts';
import { ServerTransaction } from './server-transaction.ts';

/** What stands above the transactions. */
export interface TransactionCore {
  /** A new request, neither ACK nor a copy. `isMerged`: another copy of it came on a different way (RFC 3261 §8.2.2.2). */
  onRequest(transaction: ServerTransaction, isMerged: boolean): void;
  /** There is no room for another transaction; the request was not taken. */
  onOverload(request: SipRequest, flow: Flow): void;
  /** The ACK of a 2xx. */
  onAck(ack: SipRequest, flow: Flow): void;
  /** A response that belongs to no transaction (any more). */
  onStrayResponse(response: SipResponse, flow: Flow): void;
}

export interface TransactionDependencies {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly core: TransactionCore;
  /** Server transactions at once; those that help calls to end or go on may be twice as many. A call has two or three, each of which lives for half a minute after its end. */
  readonly mostServerTransactions: number;
}

/** Finds the transaction of every message (RFC 3261 §17). */
export class TransactionLayer {
  readonly #dependencies: TransactionDependencies;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #merges = new Map<string, ServerTransaction>();

  constructor(dependencies: TransactionDependencies) {
    this.#dependencies = dependencies;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Whether a request of ours still waits for its final response. */
  get isAwaitingAnswer(): boolean {
    for (const transaction of this.#clients.values()) if (transaction.isPending) return true;
    return false;
  }

  get serverCount(): number {
    return this.#servers.size;
  }

  receive(message: SipMessage, flow: Flow): void {
    if (message.kind === 'request') this.#request(message, flow);
    else this.#response(message, flow);
  }

  /** Sends a request that has its Via in a new client transaction. The user is never called before this returns. */
  request(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const key = clientKey(request);
    if (key === undefined) throw new Error('a request needs a Via with a branch and a CSeq');
    const { clock, wire } = this.#dependencies;
    const onTerminated = () => this.#clients.delete(key);
    const transaction = new ClientTransaction({ clock, wire, request, flow, user, onTerminated });
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  /** The INVITE that a CANCEL is for (RFC 3261 §9.2). */
  cancelled(cancel: SipRequest): ServerTransaction | undefined {
    const via = parseVia(cancel.headers.get('Via') ?? '');
    return via && this.#servers.get(serverKey(cancel, via, 'INVITE'));
  }

  /** Ends every transaction without a word. */
  abandonAll(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.abandon();
  }

  #response(response: SipResponse, flow: Flow): void {
    const key = clientKey(response);
    const transaction = key === undefined ? undefined : this.#clients.get(key);
    if (transaction === undefined) this.#dependencies.core.onStrayResponse(response, flow);
    else transaction.receive(response, flow);
  }

  #request(request: SipRequest, flow: Flow): void {
    const via = parseVia(request.headers.get('Via') ?? '');
    if (via === undefined) return;
    const { core, mostServerTransactions } = this.#dependencies;
    const key = serverKey(request, via);
    const known = this.#servers.get(key);
    if (request.method === 'ACK') {
      if (known === undefined) core.onAck(request, flow);
      else known.acknowledged(request, flow);
      return;
    }
    if (known !== undefined) {
      known.repeated();
      return;
    }
    if (this.#servers.size >= (isPartOfCall(request) ? 2 : 1) * mostServerTransactions) {
      core.onOverload(request, flow);
      return;
    }
    this.#open(key, request, flow);
  }

  #open(key: string, request: SipRequest, flow: Flow): void {
    const { clock, wire, core } = this.#dependencies;
    const merge = mergeKey(request);
    const onTerminated = () => {
      this.#servers.delete(key);
      if (merge !== undefined && this.#merges.get(merge) === transaction) this.#merges.delete(merge);
    };
    const onAck = (ack: SipRequest, from: Flow) => core.onAck(ack, from);
    const transaction: ServerTransaction = new ServerTransaction({ clock, wire, request, flow, onAck, onTerminated });
    this.#servers.set(key, transaction);
    const earlier = merge === undefined ? undefined : this.#merges.get(merge);
    const isMerged = earlier !== undefined && !earlier.hasChallenged;
    if (merge !== undefined && !isMerged) this.#merges.set(merge, transaction);
    core.onRequest(transaction, isMerged);
  }
}

/** Within a dialog, or the CANCEL of one to be. */
const isPartOfCall = ({ method, headers }: SipRequest): boolean =>
  method === 'CANCEL' || tagOf(headers.get('To') ?? '') !== undefined;
