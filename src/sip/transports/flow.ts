import type { Endpoint } from '../network.ts';

export type TransportName = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** A way to one peer and back: a UDP socket with the peer's address, or a connection. Answers go where the request came from. */
export interface Flow {
  readonly transport: TransportName;
  readonly remote: Endpoint;
  /** False over UDP: messages may get lost, and are repeated. */
  readonly isReliable: boolean;
  /** False once a connection has ended. */
  readonly isOpen: boolean;
  /** `onError` is called at most once, later, when the message certainly does not arrive. */
  send(data: Buffer, onError: (error: Error) => void): void;
}

/** Where a request is to go, resolved (RFC 3263). */
export interface Target extends Endpoint {
  readonly transport: TransportName;
  /** The name that the certificate has to carry (RFC 5922); the address when there is none. */
  readonly serverName?: string;
}

export const isReliable = (transport: TransportName): boolean => transport !== 'udp';

/** The name in a Via header (RFC 3261 §20.42, RFC 7118 §5.2). */
export const viaTransport = (transport: TransportName): string => transport.toUpperCase();

/** One string for each peer of each transport. */
export const peerKey = (transport: TransportName, { address, port }: Endpoint): string => `${transport} ${address} ${port}`;
