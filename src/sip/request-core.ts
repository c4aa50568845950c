import { ALLOWED, type CallServices, SDP } from './calls/call-services.ts';
import type { IncomingInvite } from './calls/incoming-invite.ts';
import { IncomingCall } from './calls/invite-server.ts';
import { findReplaced } from './calls/replaced-session.ts';
import { sdpOf } from './calls/sdp-body.ts';
import { capabilities } from './calls/session.ts';
import { timerRequest } from './calls/session-offers.ts';
import { answerSessionTimer } from './calls/session-refresh.ts';
import { newTag } from './identifiers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { tagOf } from './name-address.ts';
import type { Endpoint } from './network.ts';
import { createResponse, type HeaderList, type ResponseParts } from './responses.ts';
import type { ServerTransaction } from './transactions/server-transaction.ts';
import type { TransactionCore } from './transactions/transaction-layer.ts';
import type { Flow, TransportName } from './transports/flow.ts';

/** A request outside of calls, to be answered once. */
export interface IncomingRequest {
  readonly request: SipRequest;
  readonly source: Endpoint & { readonly transport: TransportName };
  /** The way back to the sender: an endpoint behind a NAT is called there. */
  readonly flow: Flow;
  respond(status: number, parts?: Omit<ResponseParts, 'toTag'>): void;
}

/** What the owner of the stack does with requests; each is optional. */
export interface RequestHandlers {
  invite: ((invite: IncomingInvite) => void) | undefined;
  register: ((request: IncomingRequest) => void) | undefined;
  options: ((request: IncomingRequest) => void) | undefined;
  message: ((request: IncomingRequest) => void) | undefined;
}

export interface LiveCall {
  /** Hangs up, politely. */
  drop(): void;
  /** Forgets the call: the stack has stopped. */
  abort(): void;
}

export interface CoreDependencies {
  readonly services: () => CallServices;
  readonly handlers: RequestHandlers;
  readonly calls: Set<LiveCall>;
  readonly mostCalls: number;
  readonly isStopping: () => boolean;
  /** Stateless refusal. */
  readonly refuse: (request: SipRequest, flow: Flow, status: number, parts: ResponseParts) => void;
  /** A handler of the owner failed. */
  readonly onError: (error: unknown) => void;
}

/** Methods that only exist within a dialog or a subscription of ours. */
const IN_DIALOG: ReadonlySet<string> = new Set(['BYE', 'PRACK', 'UPDATE', 'INFO', 'NOTIFY']);
/** Methods of SIP that this stack does not serve: 405, where one that nobody knows is 501. */
const NOT_SERVED: ReadonlySet<string> = new Set(['SUBSCRIBE', 'PUBLISH', 'REFER']);
/** Soon enough for a caller to wait, late enough for load to pass. */
const RETRY_AFTER: HeaderList = [['Retry-After', '5']];

/** Takes requests from the transactions and brings each to its dialog or handler (RFC 3261 §8.2). */
export class RequestCore implements TransactionCore {
  readonly #dependencies: CoreDependencies;

  constructor(dependencies: CoreDependencies) {
    this.#dependencies = dependencies;
  }

  onAck(ack: SipRequest, flow: Flow): void {
    this.#dependencies.services().dialogs.ofRequest(ack)?.onAck(ack, flow);
  }

  onStrayResponse(response: SipResponse): void {
    const isSuccess = response.status >= 200 && response.status < 300 && response.headers.get('CSeq')?.endsWith('INVITE');
    if (isSuccess) this.#dependencies.services().dialogs.ofResponse(response)?.onStraySuccess(response);
  }

  onOverload(request: SipRequest, flow: Flow): void {
    this.#dependencies.refuse(request, flow, 503, { headers: RETRY_AFTER });
  }

  onRequest(transaction: ServerTransaction, isMerged: boolean): void {
    const { request } = transaction;
    const { method, headers } = request;
    if (method === 'CANCEL') {
      this.#cancel(transaction);
      return;
    }
    if (tagOf(headers.get('To') ?? '') !== undefined) {
      const user = this.#dependencies.services().dialogs.ofRequest(request);
      if (user === undefined) this.#respond(transaction, 481);
      else user.onRequest(transaction);
      return;
    }
    if (isMerged) {
      this.#respond(transaction, 482);
      return;
    }
    if (method === 'INVITE') {
      this.#invite(transaction);
      return;
    }
    if (method === 'OPTIONS') {
      this.#options(transaction);
      return;
    }
    if (method === 'REGISTER') {
      this.#hand(transaction, this.#dependencies.handlers.register);
      return;
    }
    if (method === 'MESSAGE') {
      this.#hand(transaction, this.#dependencies.handlers.message);
      return;
    }
    if (IN_DIALOG.has(method)) {
      this.#respond(transaction, 481);
      return;
    }
    this.#respond(transaction, NOT_SERVED.has(method) ? 405 : 501, { headers: [['Allow', ALLOWED]] });
    return;
  }

  #cancel(transaction: ServerTransaction): void {
    const { request } = transaction;
    const invite = this.#dependencies.services().transactions.cancelled(request);
    this.#respond(transaction, invite === undefined ? 481 : 200);
    if (invite?.isPending) invite.onCancel(request);
  }

  #invite(transaction: ServerTransaction): void {
    const { handlers, calls, mostCalls, isStopping, onError } = this.#dependencies;
    const services = this.#dependencies.services();
    const { request } = transaction;
    if (request.headers.get('Max-Forwards') === '0') {
      this.#respond(transaction, 483);
      return;
    }
    if (isStopping() || calls.size >= mostCalls) {
      this.#respond(transaction, 503, { headers: RETRY_AFTER });
      return;
    }
    if (handlers.invite === undefined) {
      this.#respond(transaction, 480);
      return;
    }
    if (request.body.length > 0 && sdpOf(request) === undefined) {
      this.#respond(transaction, 415, { headers: [['Accept', SDP]] });
      return;
    }
    const timer = answerSessionTimer(services.sessionTimer, timerRequest(request));
    if (timer.kind === 'too small') {
      this.#respond(transaction, 422, { headers: [['Min-SE', String(timer.minSe)]] });
      return;
    }
    const replaced = findReplaced(request, services.dialogs);
    if (typeof replaced === 'number') {
      this.#respond(transaction, replaced);
      return;
    }
    transaction.respond(createResponse(request, 100));
    const call: IncomingCall = new IncomingCall(services, transaction, replaced, () => calls.delete(call));
    calls.add(call);
    try {
      handlers.invite(call);
    } catch (error) {
      call.reject(500);
      onError(error);
    }
    undefined;
    return;
  }

  #options(transaction: ServerTransaction): void {
    const { handlers, isStopping } = this.#dependencies;
    if (isStopping()) {
      this.#respond(transaction, 503, { headers: RETRY_AFTER });
      return;
    }
    if (handlers.options !== undefined) {
      this.#hand(transaction, handlers.options);
      return;
    }
    this.#respond(transaction, 200, { headers: capabilities() });
    return;
  }

  #hand(transaction: ServerTransaction, handler: ((request: IncomingRequest) => void) | undefined): void {
    if (handler === undefined) {
      this.#respond(transaction, 405, { headers: [['Allow', ALLOWED]] });
      return;
    }
    const { request, flow } = transaction;
    const respond: IncomingRequest['respond'] = (status, parts) => {
      if (transaction.isPending) this.#respond(transaction, status, parts);
    };
    try {
      handler({ request, flow, source: { transport: flow.transport, ...flow.remote }, respond });
    } catch (error) {
      respond(500);
      this.#dependencies.onError(error);
    }
    undefined;
    return;
  }

  #respond(transaction: ServerTransaction, status: number, parts: ResponseParts = {}): undefined {
    const toTag = newTag(this.#dependencies.services().random);
    transaction.respond(createResponse(transaction.request, status, { ...parts, toTag }));
    return undefined;
  }
}
