import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Clock } from '../../runtime/clock.ts';
import { startThread } from '../../runtime/start-thread.ts';

/** A thread without secured legs is ended after this time: with the library in it, it is some 40 MB. */
const REST_MS = 10_000;

/** A media worker, which gets a port into the thread. */
interface Asking {
  send(command: { readonly do: 'handshakes'; readonly port: MessagePort }, transfer: readonly MessagePort[]): void;
}

/**
 * The main thread's side of the thread that calculates the DTLS handshakes of all secured legs. To load its library takes a quarter of
 * a second, which no tick of a media worker waits for. It is started by the first secured leg.
 */
export class HandshakeThread {
  readonly #clock: Clock;
  readonly #onFault: (error: Error) => void;
  #worker: Worker | undefined;
  /** Media workers that have a port into the present thread. */
  #connected = new WeakSet<Asking>();
  #legs = 0;
  #cancelRest: () => void = () => undefined;

  constructor(clock: Clock, onFault: (error: Error) => void) {
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** One more leg of this media worker will need it, until `release`. */
  engage(asking: Asking): void {
    this.#legs++;
    this.#cancelRest();
    this.#worker ??= this.#spawn();
    if (this.#connected.has(asking)) return;
    this.#connected.add(asking);
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage(port1, [port1]);
    asking.send({ do: 'handshakes', port: port2 }, [port2]);
  }

  release(): void {
    this.#legs--;
    if (this.#legs === 0) this.#cancelRest = this.#clock.after(REST_MS, () => void this.close());
  }

  async close(): Promise<void> {
    this.#cancelRest();
    const worker = this.#worker;
    this.#worker = undefined;
    this.#connected = new WeakSet();
    await worker?.terminate();
  }

  #spawn(): Worker {
    const worker = startThread(new URL('./handshake-worker.ts', import.meta.url), { name: 'handshakes' });
    worker.unref();
    let fault: unknown;
    worker.on('error', (error) => {
      fault = error;
    });
    worker.once('exit', () => {
      if (this.#worker !== worker) return;
      // Legs that have their keys go on; the next secured leg gets another thread.
      this.#worker = undefined;
      this.#connected = new WeakSet();
      this.#onFault(fault instanceof Error ? fault : new Error('the thread of handshakes ended'));
    });
    return worker;
  }
}
