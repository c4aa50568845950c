import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import { newBranch } from './identifiers.ts';
import type { LocalIdentity } from './local-identity.ts';
import type { SipRequest, SipResponse } from './message.ts';
import type { Resolver } from './resolver.ts';
import { SipSerializeError } from './serializer.ts';
import { StreamRefusals } from './stream-refusals.ts';
import type { ClientTransaction, ClientUser } from './transactions/client-transaction.ts';
import type { TransactionLayer } from './transactions/transaction-layer.ts';
import type { Flow, Target } from './transports/flow.ts';
import type { TransportLayer } from './transports/transport-layer.ts';
import { parseSipUri } from './uri.ts';
import type { Wire } from './wire.ts';

/** Where a request goes first: to a URI that is resolved, or to a place that is known already. */
export type NextHop = { readonly uri: string } | { readonly place: Target };

export interface SenderDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly identity: LocalIdentity;
  readonly resolver: Resolver;
  readonly transactions: TransactionLayer;
  readonly transports: TransportLayer;
  readonly wire: Wire;
  /** Hears of what users of a request threw. */
  readonly onError: (error: unknown) => void;
}

/** Requests longer than this may be cut by the network when they travel in one datagram (RFC 3261 §18.1.1). */
const LARGEST_DATAGRAM = 1300;
const SERVICE_UNAVAILABLE = 503;

/** A request on its way: through its targets one after the other until one answers. */
export interface Exchange {
  /** The transaction with the present target; undefined while names are resolved. */
  readonly transaction: ClientTransaction | undefined;
  /** No further target is to be tried. */
  stayWithTarget(): void;
  /** Ends it without a word to its user. */
  abandon(): void;
}

/** Sends requests to the first of their targets that takes them (RFC 3263 §4.3): next on transport error, 503 and timeout. */
export class RequestSender {
  readonly #dependencies: SenderDependencies;
  readonly #refusals: StreamRefusals;
  #resolving = 0;

  constructor(dependencies: SenderDependencies) {
    this.#dependencies = dependencies;
    this.#refusals = new StreamRefusals(dependencies.clock);
  }

  /** Requests whose targets are being resolved. */
  get resolving(): number {
    return this.#resolving;
  }

  /**
   * Sends a request that has no Via yet. `rewrite` gives it the Contact that suits the transport. The user hears of the final
   * response of the last target tried, never before this returns.
   */
  send(request: SipRequest, nextHop: NextHop, user: ClientUser, rewrite?: (request: SipRequest, flow: Flow) => void): Exchange {
    const journey = new Journey(this.#dependencies, this.#refusals, request, user, rewrite);
    this.#resolve(nextHop)
      .then((targets) => journey.go(targets))
      .catch(this.#dependencies.onError);
    return journey;
  }

  /** Sends an ACK of a 2xx, which has no transaction. `onSent` gets the way it took, for repeating it. */
  sendAck(ack: SipRequest, nextHop: NextHop, onSent: (flow: Flow) => void): void {
    this.#resolve(nextHop)
      .then(([target]) => {
        const { transports, identity, random, wire } = this.#dependencies;
        const flow = target && transports.flowTo(target);
        if (flow === undefined) return;
        ack.headers.prepend('Via', identity.via(flow.transport, newBranch(random)));
        wire.send(ack, flow);
        onSent(flow);
      })
      .catch(this.#dependencies.onError);
  }

  /** The 2xx came again: so goes its ACK. */
  repeatAck(ack: SipRequest, flow: Flow): void {
    this.#dependencies.wire.send(ack, flow);
  }

  async #resolve(nextHop: NextHop): Promise<readonly Target[]> {
    if ('place' in nextHop) return [nextHop.place];
    const uri = parseSipUri(nextHop.uri);
    if (uri === undefined) return [];
    this.#resolving++;
    try {
      return await this.#dependencies.resolver.resolve(uri);
    } finally {
      this.#resolving--;
    }
  }
}

class Journey implements Exchange {
  readonly #dependencies: SenderDependencies;
  readonly #refusals: StreamRefusals;
  readonly #request: SipRequest;
  readonly #user: ClientUser;
  readonly #rewrite: ((request: SipRequest, flow: Flow) => void) | undefined;
  #targets: Target[] = [];
  #isOver = false;
  transaction: ClientTransaction | undefined;

  constructor(
    dependencies: SenderDependencies,
    refusals: StreamRefusals,
    request: SipRequest,
    user: ClientUser,
    rewrite: ((request: SipRequest, flow: Flow) => void) | undefined,
  ) {
    this.#dependencies = dependencies;
    this.#refusals = refusals;
    this.#request = request;
    this.#user = user;
    this.#rewrite = rewrite;
  }

  go(targets: readonly Target[]): void {
    if (this.#isOver) return;
    this.#targets = targets.flatMap((target) => this.#forSize(target));
    this.#next(() => this.#user.onTransportError(new Error('the address leads to no server')));
  }

  stayWithTarget(): void {
    this.#targets = [];
  }

  abandon(): void {
    this.#isOver = true;
    this.#targets = [];
    this.transaction?.abandon();
  }

  /** Tries the next target; without one `otherwise` tells the user. */
  #next(otherwise: () => void): void {
    const { transports, identity, random, transactions } = this.#dependencies;
    for (;;) {
      const target = this.#targets.shift();
      if (target === undefined) {
        otherwise();
        return;
      }
      const flow = transports.flowTo(target);
      if (flow === undefined) continue;
      const headers = this.#request.headers.clone().prepend('Via', identity.via(flow.transport, newBranch(random)));
      const request = { ...this.#request, headers };
      this.#rewrite?.(request, flow);
      try {
        this.transaction = transactions.request(request, flow, this.#listener(target));
      } catch (error) {
        if (!(error instanceof SipSerializeError)) throw error;
        this.#user.onTransportError(error);
      }
      return;
    }
  }

  #listener(target: Target): ClientUser {
    const user = this.#user;
    return {
      onResponse: (response: SipResponse, flow: Flow) => {
        if (this.#isOver) return;
        if (response.status === SERVICE_UNAVAILABLE && this.#targets.length > 0)
          this.#next(() => user.onResponse(response, flow));
        else user.onResponse(response, flow);
      },
      onTimeout: () => {
        if (!this.#isOver) this.#next(() => user.onTimeout());
      },
      onTransportError: (error) => {
        if (target.transport === 'tcp') this.#refusals.note(target);
        if (!this.#isOver) this.#next(() => user.onTransportError(error));
      },
    };
  }

  /** A large request goes by TCP first, where the peer takes that, and by UDP otherwise. */
  #forSize(target: Target): readonly Target[] {
    const { transports } = this.#dependencies;
    if (target.transport !== 'udp' || sizeOf(this.#request) <= LARGEST_DATAGRAM) return [target];
    const listensOnTcp = transports.bound.some(({ transport }) => transport === 'tcp');
    if (!listensOnTcp || this.#refusals.has(target)) return [target];
    return [{ ...target, transport: 'tcp' }, target];
  }
}

/** What a Via, the start line and `Content-Length` add to the other headers. */
const REST_BYTES = 200;

/** Bytes of the request on the wire, roughly: exact sizes do not matter to a limit with a margin. */
function sizeOf(request: SipRequest): number {
  let size = REST_BYTES + request.body.length;
  for (const [name, value] of request.headers) size += name.length + value.length + ': \r\n'.length;
  return size;
}
