import { isIPv6 } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import type { SipMessage } from '../message.ts';
import type { Endpoint, Listener, Network, StreamConnection, TlsClientOptions, TlsServerOptions, UdpSocket } from '../network.ts';
import { SipParseError } from '../parse-error.ts';
import { parseMessage } from '../parser.ts';
import { keepAliveOf } from '../stream-parser.ts';
import { ConnectionTable } from './connection-table.ts';
import { type Flow, peerKey, type Target } from './flow.ts';
import type { TransportLimits } from './limits.ts';
import { SourceLimiter } from './source-limiter.ts';
import { StreamFlow } from './stream-flow.ts';
import { UdpFlow } from './udp-flow.ts';
import { WebSocketFlow, type WebSocketLike } from './websocket-flow.ts';

/** An address that the stack listens on; port 0 takes any. */
export interface ListenAddress {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** An IP literal; `0.0.0.0` or `::` for every one of the host. */
  readonly host: string;
  readonly port: number;
  /** Required for `tls`. */
  readonly tls?: TlsServerOptions;
}

export interface TransportHandler {
  onMessage(message: SipMessage, flow: Flow): void;
  /** Something that is no SIP message; `error.answer` says whether and how the sender may be told. */
  onMalformed(error: SipParseError, flow: Flow): void;
}

export interface TransportDependencies {
  readonly clock: Clock;
  readonly network: Network;
  readonly limits: TransportLimits;
  readonly handler: TransportHandler;
  /** Trust for outgoing TLS. */
  readonly tlsClient?: Omit<TlsClientOptions, 'serverName'>;
}

/** Messages that never reached the transactions, since start. */
export interface DropCounts {
  malformed: number;
  overLimit: number;
  refusedConnections: number;
}

const PONG = Buffer.from('\r\n');

/** All sockets and connections of the stack (RFC 3261 §18): finds or opens the flow to a target, and limits what comes in. */
export class TransportLayer {
  readonly drops: DropCounts = { malformed: 0, overLimit: 0, refusedConnections: 0 };
  readonly #dependencies: TransportDependencies;
  readonly #limiter: SourceLimiter;
  readonly #sockets: UdpSocket[] = [];
  readonly #listeners: { readonly transport: 'tcp' | 'tls'; readonly listener: Listener }[] = [];
  readonly #connections = new ConnectionTable();
  #stopping = false;

  constructor(dependencies: TransportDependencies) {
    this.#dependencies = dependencies;
    this.#limiter = new SourceLimiter(dependencies.clock, dependencies.limits.source);
  }

  /** Binds every address; on a failure closes those that were bound and rejects. */
  async start(addresses: readonly ListenAddress[]): Promise<void> {
    try {
      for (const address of addresses) await this.#bind(address);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The addresses that were bound, in the order of the configuration within each transport. */
  get bound(): readonly (Endpoint & { readonly transport: 'udp' | 'tcp' | 'tls' })[] {
    return [
      ...this.#sockets.map(({ local }) => ({ transport: 'udp' as const, ...local })),
      ...this.#listeners.map(({ transport, listener }) => ({ transport, ...listener.local })),
    ];
  }

  get connections(): number {
    return this.#connections.size;
  }

  get sources(): number {
    return this.#limiter.sources;
  }

  /** The flow to the target: an open connection to it or a new one, which may still fail. Undefined when there is no way at all. */
  flowTo(target: Target): Flow | undefined {
    if (this.#stopping) return undefined;
    if (target.transport === 'udp') {
      const socket = this.#sockets.find(({ local }) => isIPv6(local.address) === isIPv6(target.address));
      return socket && new UdpFlow(socket, { address: target.address, port: target.port });
    }
    const open = this.#connections.find(peerKey(target.transport, target));
    if (open !== undefined) return open;
    if (target.transport !== 'tcp' && target.transport !== 'tls') return undefined;
    if (this.#connections.size >= this.#dependencies.limits.connections) return undefined;
    return this.#open(target.transport, target);
  }

  /** Whether there can be a flow to it. A WebSocket cannot be opened from here (RFC 7118 §5). */
  isReachable(target: Target): boolean {
    const isWebSocket = target.transport === 'ws' || target.transport === 'wss';
    return !isWebSocket || this.#connections.find(peerKey(target.transport, target)) !== undefined;
  }

  /** The peer takes requests on this connection also under the port of its Via (RFC 5923 §5). */
  alias(flow: Flow, port: number): void {
    this.#connections.alias(flow, peerKey(flow.transport, { address: flow.remote.address, port }));
  }

  /** Takes over a WebSocket that the HTTP server has accepted. */
  acceptWebSocket(socket: WebSocketLike, remote: Endpoint, isSecure: boolean): void {
    if (!this.#hasRoomFor(remote.address)) {
      socket.close();
      return;
    }
    const { clock, limits } = this.#dependencies;
    const flow: WebSocketFlow = new WebSocketFlow(socket, isSecure ? 'wss' : 'ws', remote, clock, limits, {
      onMessage: (message, from) => this.#admit(message, from, () => flow.close()),
      onMalformed: (error, from) => this.#malformed(error, from),
      onClosed: () => this.#connections.remove(flow),
    });
    this.#connections.add(flow);
  }

  /** Closes every socket and connection at once. */
  close(): void {
    this.#stopping = true;
    for (const socket of this.#sockets.splice(0)) socket.close();
    for (const { listener } of this.#listeners.splice(0)) listener.close();
    for (const flow of this.#connections.all()) flow.close();
  }

  async #bind({ transport, host, port, tls }: ListenAddress): Promise<void> {
    const { network } = this.#dependencies;
    if (transport === 'udp') {
      const socket = await network.bindUdp(host, port);
      this.#sockets.push(socket);
      socket.onMessage((data, from) => this.#datagram(data, new UdpFlow(socket, from)));
      return;
    }
    if (transport === 'tls' && tls === undefined) throw new Error('SIP over TLS needs a key and a certificate');
    const listener = await network.listen(host, port, (connection) => this.#accept(transport, connection), tls);
    this.#listeners.push({ transport, listener });
  }

  #datagram(data: Buffer, flow: Flow): void {
    if (this.#stopping) return;
    if (!this.#isWithinRate(flow)) return;
    const keepAlive = keepAliveOf(data);
    if (keepAlive === 'ping') flow.send(PONG, () => {});
    if (keepAlive !== undefined) return;
    try {
      this.#dependencies.handler.onMessage(parseMessage(data), flow);
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      this.#malformed(error, flow);
    }
  }

  #accept(transport: 'tcp' | 'tls', connection: StreamConnection): void {
    if (this.#stopping || !this.#hasRoomFor(connection.remote.address)) {
      connection.destroy();
      return;
    }
    const flow = this.#streamFlow(transport, connection.remote);
    flow.attach(connection, true);
  }

  #open(transport: 'tcp' | 'tls', target: Target): Flow {
    const { network, limits, tlsClient } = this.#dependencies;
    const flow = this.#streamFlow(transport, { address: target.address, port: target.port });
    const tls = transport === 'tls' ? { tls: { ...tlsClient, serverName: target.serverName ?? target.address } } : {};
    network.connect(flow.remote, { timeoutMs: limits.connectMs, ...tls }).then(
      (connection) => flow.attach(connection, false),
      (error: unknown) => flow.fail(error instanceof Error ? error : new Error(String(error))),
    );
    return flow;
  }

  #streamFlow(transport: 'tcp' | 'tls', remote: Endpoint): StreamFlow {
    const { clock, limits } = this.#dependencies;
    const flow: StreamFlow = new StreamFlow(transport, remote, clock, limits, {
      onMessage: (message, from) => this.#admit(message, from, () => flow.close()),
      onMalformed: (error, from) => this.#malformed(error, from),
      onClosed: () => this.#connections.remove(flow),
    });
    this.#connections.add(flow);
    return flow;
  }

  /** A message of a connection: a source that floods loses the connection, for nobody repeats what would be dropped on it. */
  #admit(message: SipMessage, flow: Flow, hangUp: () => void): void {
    if (this.#stopping) return;
    if (this.#isWithinRate(flow)) this.#dependencies.handler.onMessage(message, flow);
    else hangUp();
  }

  #isWithinRate(flow: Flow): boolean {
    const { address } = flow.remote;
    if (this.#dependencies.limits.isTrusted(address) || this.#limiter.admit(address)) return true;
    this.drops.overLimit++;
    return false;
  }

  #hasRoomFor(address: string): boolean {
    const { limits } = this.#dependencies;
    const isOverSource = !limits.isTrusted(address) && this.#connections.from(address) >= limits.connectionsPerSource;
    if (this.#connections.size < limits.connections && !isOverSource) return true;
    this.drops.refusedConnections++;
    return false;
  }

  #malformed(error: SipParseError, flow: Flow): void {
    this.drops.malformed++;
    this.#dependencies.handler.onMalformed(error, flow);
  }
}
