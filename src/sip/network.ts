/**
 * The network as it is handed to the SIP stack: `systemNetwork` (system-network.ts) in production, the virtual network of the
 * testkit in tests. Addresses are IP literals; names are resolved by `dns` first.
 */
export interface Network {
  /** Rejects when the address cannot be bound. Port 0 takes any. */
  bindUdp(host: string, port: number): Promise<UdpSocket>;
  /** Accepts TCP connections, TLS ones where `tls` is given: `onConnection` sees them after the handshake. */
  listen(
    host: string,
    port: number,
    onConnection: (connection: StreamConnection) => void,
    tls?: TlsServerOptions,
  ): Promise<Listener>;
  /** Opens a connection; rejects with the system's error, or after `timeoutMs`. */
  connect(to: Endpoint, options: ConnectOptions): Promise<StreamConnection>;
  readonly dns: Dns;
}

export interface Endpoint {
  /** An IP literal without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface UdpSocket {
  readonly local: Endpoint;
  /** `onError` is called when the system refuses the datagram; silence says nothing of its arrival. */
  send(data: Buffer, to: Endpoint, onError?: (error: Error) => void): void;
  onMessage(handler: (data: Buffer, from: Endpoint) => void): void;
  close(): void;
}

export interface Listener {
  readonly local: Endpoint;
  /** Stops accepting; accepted connections stay. */
  close(): void;
}

export interface StreamConnection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  write(data: Buffer): void;
  /** Bytes written that the system has not taken yet. */
  readonly bufferedBytes: number;
  onData(handler: (data: Buffer) => void): void;
  /** Called once, however the connection ends. */
  onClose(handler: (error?: Error) => void): void;
  /** Ends the connection after what is written has gone out. */
  end(): void;
  /** Ends the connection at once. */
  destroy(): void;
}

export interface TlsServerOptions {
  /** PEM */
  readonly key: string;
  readonly cert: string;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  /** TLS with this name in SNI and in the certificate check (RFC 5922 §4). */
  readonly tls?: TlsClientOptions;
}

export interface TlsClientOptions {
  readonly serverName: string;
  /** PEM of further authorities to trust. */
  readonly ca?: string;
  /** False accepts any certificate: for trunks on private addresses with self-signed ones. */
  readonly verify?: boolean;
}

/** Name resolution. A name or record type that does not exist gives an empty list; a server that cannot be asked rejects. */
export interface Dns {
  a(host: string): Promise<readonly string[]>;
  aaaa(host: string): Promise<readonly string[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  naptr(name: string): Promise<readonly NaptrRecord[]>;
}

/** RFC 2782 */
export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** RFC 3403 §4 */
export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly regexp: string;
  readonly replacement: string;
}
