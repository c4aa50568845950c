import type { SourceLimits } from './source-limiter.ts';

/** What one stack takes from the network before it says no. */
export interface TransportLimits {
  /** For sources that `isTrusted` does not name. */
  readonly source: SourceLimits;
  /** Sources without a rate limit: trunks of the operator. */
  readonly isTrusted: (address: string) => boolean;
  /** Connections at once, accepted and opened. */
  readonly connections: number;
  /** Connections at once from one untrusted address. */
  readonly connectionsPerSource: number;
  /** A message longer than this is refused, and ends its connection. */
  readonly messageBytes: number;
  /** A connection without traffic is closed after this time; longer than the keep-alive of clients (RFC 5626 §4.4.1: 120 s). */
  readonly idleMs: number;
  /** A message that has begun, and the first one of a connection, must be complete within this time. */
  readonly messageMs: number;
  /** Opening a connection, TLS handshake included. */
  readonly connectMs: number;
  /** What may wait for a peer that reads too slowly, in bytes, before its connection is given up. */
  readonly unsentBytes: number;
}

export const defaultTransportLimits: TransportLimits = {
  source: { perSecond: 500, burst: 1000, mostSources: 10_000 },
  isTrusted: () => false,
  connections: 10_000,
  connectionsPerSource: 200,
  messageBytes: 65_535,
  idleMs: 600_000,
  messageMs: 10_000,
  // Below timer F's half: a dead target leaves time for the next one.
  connectMs: 4000,
  unsentBytes: 1_048_576,
};
