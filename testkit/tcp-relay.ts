import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of the connections that pass. */
export type RelayMode =
  /** Octets pass. */
  | 'open'
  /** Octets stop in both directions, the connections stay: a peer whose machine froze, or a network that swallows packets. */
  | 'frozen'
  /** New connections are closed at once. */
  | 'refusing';

/** Stands between a client and a server on this machine, and breaks their connections when a test says so. */
export class TcpRelay {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #mode: RelayMode = 'open';
  #onData: ((fromClient: Buffer) => void) | undefined;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer((client) => this.#take(client));
  }

  static async open(target: { readonly host: string; readonly port: number }): Promise<TcpRelay> {
    const relay = new TcpRelay(target);
    await new Promise<void>((resolve) => relay.#server.listen(0, '127.0.0.1', resolve));
    return relay;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** The same URL by way of this relay. */
  urlOf(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  set mode(mode: RelayMode) {
    this.#mode = mode;
    for (const [client, server] of this.#pairs) {
      if (mode === 'frozen') {
        client.pause();
        server.pause();
      } else {
        client.resume();
        server.resume();
      }
    }
  }

  /** Told of all that clients send, before it passes: a test may break the connection at that very moment. */
  onSent(listener: ((fromClient: Buffer) => void) | undefined): void {
    this.#onData = listener;
  }

  /** Breaks every connection with a reset. */
  reset(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #take(client: Socket): void {
    if (this.#mode === 'refusing') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target.port, this.#target.host);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (chunk) => {
        if (from === client) this.#onData?.(chunk);
        if (!to.destroyed) to.write(chunk);
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#pairs.delete(pair);
        if (this.#mode !== 'frozen') to.destroy();
      });
    }
    if (this.#mode === 'frozen') {
      client.pause();
      server.pause();
    }
  }
}
