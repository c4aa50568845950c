import type { Target } from '../transports/flow.ts';

/** One place at which an address of record is reached (RFC 3261 §10). */
export interface Binding {
  /** The Contact URI: the Request-URI of calls to it. */
  readonly contact: string;
  /** Preference, 0 to 1. */
  readonly q: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly callId: string;
  readonly sequence: number;
  /** Route values of calls to it (RFC 3327). */
  readonly path: readonly string[];
  /** Where the REGISTER came from: calls go back there, through any NAT. With a path they go along that instead. */
  readonly place: Target;
  readonly userAgent: string | undefined;
}

/** Keeps bindings. Calls for one address of record never overlap. */
export interface BindingStore {
  read(addressOfRecord: string): Promise<readonly Binding[]>;
  /** Replaces what was there; an empty list forgets the address of record. */
  write(addressOfRecord: string, bindings: readonly Binding[]): Promise<void>;
}

/** Bindings for as long as the process lives. */
export class MemoryBindingStore implements BindingStore {
  readonly #bindings = new Map<string, readonly Binding[]>();

  get size(): number {
    return this.#bindings.size;
  }

  async read(addressOfRecord: string): Promise<readonly Binding[]> {
    return this.#bindings.get(addressOfRecord) ?? [];
  }

  async write(addressOfRecord: string, bindings: readonly Binding[]): Promise<void> {
    if (bindings.length === 0) this.#bindings.delete(addressOfRecord);
    else this.#bindings.set(addressOfRecord, bindings);
  }
}
