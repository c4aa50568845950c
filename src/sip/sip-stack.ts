import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { CallServices } from './calls/call-services.ts';
import { DialogTable } from './calls/dialog-table.ts';
import type { IncomingInvite } from './calls/incoming-invite.ts';
import { type InviteOptions, OutgoingCall, type OutgoingInvite } from './calls/invite-client.ts';
import { LEAST_MIN_SE, type SessionTimerPolicy } from './calls/session-refresh.ts';
import { type Advertised, LocalIdentity } from './local-identity.ts';
import { MessageGate } from './message-gate.ts';
import type { Endpoint, Network, TlsClientOptions } from './network.ts';
import { type IncomingRequest, type LiveCall, RequestCore, type RequestHandlers } from './request-core.ts';
import { RequestSender } from './request-sender.ts';
import { Resolver } from './resolver.ts';
import { TrackedClock } from './tracked-clock.ts';
import { TransactionLayer } from './transactions/transaction-layer.ts';
import type { Target } from './transports/flow.ts';
import { defaultTransportLimits, type TransportLimits } from './transports/limits.ts';
import { type ListenAddress, TransportLayer } from './transports/transport-layer.ts';
import type { WebSocketLike } from './transports/websocket-flow.ts';
import { type TraceEvent, Wire } from './wire.ts';

export interface SipStackOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly listen: readonly ListenAddress[];
  /** How the world reaches us; ports default to the bound ones. */
  readonly advertise: Advertised;
  /** Of User-Agent and Server. */
  readonly userAgent: string;
  readonly limits?: Partial<StackLimits>;
  readonly sessionTimer?: SessionTimerPolicy;
  /** Trust for TLS connections that we open. */
  readonly tlsClient?: Omit<TlsClientOptions, 'serverName'>;
  /** Hears of every message in and out; must not throw. */
  readonly trace?: (event: TraceEvent) => void;
  /** Hears of what handlers and callbacks of the owner threw; it costs no more than what they were called for. Must not throw. */
  readonly onError: (error: unknown) => void;
}

export interface StackLimits extends TransportLimits {
  /** Calls at once, in both directions. More get 503. */
  readonly calls: number;
  readonly serverTransactions: number;
}

/** What is alive in the stack: all 0, save `timers` and `connections` of idle connections, when nothing goes on. */
export interface StackCounts {
  readonly calls: number;
  readonly dialogs: number;
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  readonly resolving: number;
  readonly connections: number;
  readonly timers: number;
}

export interface DropReport {
  readonly malformed: number;
  readonly overLimit: number;
  readonly refusedConnections: number;
  /** Dropped or refused before any transaction was made for them; contains `malformed`. */
  readonly refused: number;
}

/** The face of the library: a SIP user agent for many calls at once. */
export interface SipStack {
  /** Binds every address; rejects when one cannot be bound, and nothing is bound then. */
  start(): Promise<void>;
  /** Takes no more calls, lets those that are up go on for `graceMs`, then hangs up and closes everything. */
  stop(graceMs: number): Promise<void>;
  boundPorts(): readonly (Endpoint & { readonly transport: 'udp' | 'tcp' | 'tls' })[];
  /** Without a handler calls get 480. */
  onInvite(handler: (invite: IncomingInvite) => void): void;
  /** Without a handler REGISTER gets 405; `Registrar.handle` is one. */
  onRegister(handler: (request: IncomingRequest) => void): void;
  /** Without a handler OPTIONS gets 200 with what the stack can do. */
  onOptions(handler: (request: IncomingRequest) => void): void;
  /** Without a handler MESSAGE gets 405. */
  onMessage(handler: (request: IncomingRequest) => void): void;
  invite(options: InviteOptions): OutgoingInvite;
  /** Takes a WebSocket of the subprotocol `sip` that the HTTP server has accepted. */
  acceptWebSocket(socket: WebSocketLike, remote: Endpoint, isSecure: boolean): void;
  /** Whether there can be a way there: a browser whose WebSocket has ended cannot be called back. */
  isReachable(place: Target): boolean;
  /** What calls are made of, for `OutboundRegistration`. */
  readonly services: CallServices;
  counts(): StackCounts;
  drops(): DropReport;
}

const DEFAULT_SESSION_TIMER: SessionTimerPolicy = { expires: 1800, min: LEAST_MIN_SE };
/** 10,000 calls with their transactions of the last half minute. */
const SERVER_TRANSACTIONS = 100_000;
const MOST_CALLS = 20_000;
/** What the last BYE and CANCEL get to be answered. */
const FAREWELL_MS = 2000;
const POLL_MS = 20;

export function createSipStack(options: SipStackOptions): SipStack {
  return new Stack(options);
}

class Stack implements SipStack {
  readonly #options: SipStackOptions;
  readonly #clock: TrackedClock;
  readonly #handlers: RequestHandlers = {
    invite: undefined,
    register: undefined,
    options: undefined,
    message: undefined,
  };
  readonly #calls = new Set<LiveCall>();
  readonly #transports: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #gate: MessageGate;
  readonly #wire: Wire;
  readonly #mostCalls: number;
  #services: CallServices | undefined;
  #isStopping = false;

  constructor(options: SipStackOptions) {
    this.#options = options;
    const { random, network, tlsClient } = options;
    const { calls = MOST_CALLS, serverTransactions = SERVER_TRANSACTIONS, ...limits } = options.limits ?? {};
    this.#clock = new TrackedClock(options.clock, options.onError);
    this.#mostCalls = calls;
    this.#wire = new Wire(this.#clock, options.trace);
    this.#gate = new MessageGate(
      random,
      this.#wire,
      () => this.#services && this.#transactions,
      () => this.#transports,
      options.onError,
    );
    this.#transports = new TransportLayer({
      clock: this.#clock,
      network,
      limits: { ...defaultTransportLimits, ...limits },
      handler: this.#gate,
      ...(tlsClient === undefined ? {} : { tlsClient }),
    });
    const core = new RequestCore({
      services: () => this.services,
      handlers: this.#handlers,
      calls: this.#calls,
      mostCalls: calls,
      isStopping: () => this.#isStopping,
      refuse: (request, flow, status, parts) => this.#gate.refuse(request, flow, status, parts),
      onError: options.onError,
    });
    this.#transactions = new TransactionLayer({
      clock: this.#clock,
      wire: this.#wire,
      core,
      mostServerTransactions: serverTransactions,
    });
  }

  async start(): Promise<void> {
    const { random, network, listen, advertise, userAgent, sessionTimer = DEFAULT_SESSION_TIMER } = this.#options;
    const clock = this.#clock;
    await this.#transports.start(listen);
    const bound = this.#transports.bound;
    const identity = new LocalIdentity(advertise, bound);
    const transports = (['udp', 'tcp', 'tls'] as const).filter((transport) =>
      bound.some((address) => address.transport === transport),
    );
    const resolver = new Resolver({ clock, random, dns: network.dns, transports });
    const sender = new RequestSender({
      clock,
      random,
      identity,
      resolver,
      transactions: this.#transactions,
      transports: this.#transports,
      wire: this.#wire,
      onError: this.#options.onError,
    });
    this.#services = {
      clock,
      random,
      identity,
      sender,
      transactions: this.#transactions,
      dialogs: new DialogTable(),
      userAgent,
      sessionTimer,
    };
  }

  get services(): CallServices {
    if (this.#services === undefined) throw new Error('the SIP stack is not started');
    return this.#services;
  }

  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const services = this.#services;
    await this.#waitUntil(() => this.#calls.size === 0, graceMs);
    for (const call of [...this.#calls]) call.drop();
    services?.dialogs.dropAll();
    await this.#waitUntil(() => !this.#transactions.isAwaitingAnswer && this.#calls.size === 0, FAREWELL_MS);
    for (const call of [...this.#calls]) call.abort();
    this.#calls.clear();
    this.#transactions.abandonAll();
    this.#transports.close();
    this.#clock.cancelAll();
  }

  boundPorts() {
    return this.#transports.bound;
  }

  onInvite(handler: (invite: IncomingInvite) => void): void {
    this.#handlers.invite = handler;
  }

  onRegister(handler: (request: IncomingRequest) => void): void {
    this.#handlers.register = handler;
  }

  onOptions(handler: (request: IncomingRequest) => void): void {
    this.#handlers.options = handler;
  }

  onMessage(handler: (request: IncomingRequest) => void): void {
    this.#handlers.message = handler;
  }

  isReachable(place: Target): boolean {
    return this.#transports.isReachable(place);
  }

  invite(options: InviteOptions): OutgoingInvite {
    const call: OutgoingCall = new OutgoingCall(this.services, options, () => this.#calls.delete(call));
    this.#calls.add(call);
    if (this.#isStopping || this.#calls.size > this.#mostCalls) call.abort();
    return call;
  }

  acceptWebSocket(socket: WebSocketLike, remote: Endpoint, isSecure: boolean): void {
    this.#transports.acceptWebSocket(socket, remote, isSecure);
  }

  counts(): StackCounts {
    return {
      calls: this.#calls.size,
      dialogs: this.#services?.dialogs.size ?? 0,
      clientTransactions: this.#transactions.clientCount,
      serverTransactions: this.#transactions.serverCount,
      resolving: this.#services?.sender.resolving ?? 0,
      connections: this.#transports.connections,
      timers: this.#clock.pending,
    };
  }

  drops(): DropReport {
    return { ...this.#transports.drops, refused: this.#gate.refused };
  }

  /** Waits until it is so, at most this long. */
  async #waitUntil(isSo: () => boolean, mostMs: number): Promise<void> {
    const end = this.#clock.monotonic() + mostMs;
    while (!isSo() && this.#clock.monotonic() < end) await this.#clock.sleep(POLL_MS);
  }
}
