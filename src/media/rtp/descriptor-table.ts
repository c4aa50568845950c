import { closeSync } from 'node:fs';

const PORTS = 65_536;

/**
 * The kernel's descriptors that a worker has open, in shared memory: a thread that ends in the midst of what it does cannot close them,
 * and nobody else would. Who started the thread does, by this table. One word a port, and one for the poll: 256 KB, of which only the
 * pages of ports in use are ever taken.
 */
export class DescriptorTable {
  readonly shared: SharedArrayBuffer;
  /** A descriptor and one, because 0 means none. */
  readonly #words: Int32Array;

  constructor(shared = new SharedArrayBuffer((PORTS + 1) * Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  /** Of the socket that is bound to the port; port 0: of the poll. */
  put(port: number, descriptor: number): void {
    Atomics.store(this.#words, port, descriptor + 1);
  }

  /** To be called before the descriptor is closed: its number may be another file's the moment after. */
  forget(port: number): void {
    Atomics.store(this.#words, port, 0);
  }

  /** Closes what is left. The thread must have ended. */
  closeAll(): void {
    for (let port = 0; port < this.#words.length; port++) {
      const word = Atomics.load(this.#words, port);
      if (word === 0) continue;
      this.forget(port);
      closeSync(word - 1);
    }
  }
}
