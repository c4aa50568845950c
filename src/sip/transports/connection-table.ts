import { type Flow, peerKey } from './flow.ts';

interface ClosableFlow extends Flow {
  close(): void;
}

/** Every open connection, found by the peer's address and by the aliases it has declared. */
export class ConnectionTable {
  readonly #byKey = new Map<string, ClosableFlow>();
  readonly #keys = new Map<ClosableFlow, string[]>();
  readonly #bySource = new Map<string, number>();

  get size(): number {
    return this.#keys.size;
  }

  /** Connections with this address. */
  from(address: string): number {
    return this.#bySource.get(address) ?? 0;
  }

  find(key: string): Flow | undefined {
    return this.#byKey.get(key);
  }

  all(): readonly ClosableFlow[] {
    return [...this.#keys.keys()];
  }

  add(flow: ClosableFlow): void {
    const key = peerKey(flow.transport, flow.remote);
    this.#byKey.set(key, flow);
    this.#keys.set(flow, [key]);
    this.#bySource.set(flow.remote.address, this.from(flow.remote.address) + 1);
  }

  /** One alias a connection; one that another connection has is left to it. */
  alias(flow: Flow, key: string): void {
    const known = this.#byKey.get(peerKey(flow.transport, flow.remote));
    const keys = known && this.#keys.get(known);
    if (known !== flow || keys === undefined || keys.length > 1 || this.#byKey.has(key)) return;
    this.#byKey.set(key, known);
    keys.push(key);
  }

  remove(flow: ClosableFlow): void {
    const keys = this.#keys.get(flow);
    if (keys === undefined) return;
    this.#keys.delete(flow);
    for (const key of keys) if (this.#byKey.get(key) === flow) this.#byKey.delete(key);
    const left = this.from(flow.remote.address) - 1;
    if (left > 0) this.#bySource.set(flow.remote.address, left);
    else this.#bySource.delete(flow.remote.address);
  }
}
