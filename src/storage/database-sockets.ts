import { Socket } from 'node:net';

/**
 * The sockets under database clients. A client whose statement is never answered waits for ever, and so does its pool's end: the way out of
 * that is to take the socket away, and then every statement on it fails.
 */
export class DatabaseSockets {
  readonly #open = new Set<Socket>();

  /** What a client asks for its socket (`stream` of node-postgres). */
  readonly create = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  get size(): number {
    return this.#open.size;
  }

  /** Ends all of them at once, whatever is under way on them. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
