import type { Endpoint, UdpSocket } from '../network.ts';
import type { Flow } from './flow.ts';

/** A UDP socket and one peer of it. */
export class UdpFlow implements Flow {
  readonly transport = 'udp';
  readonly isReliable = false;
  readonly isOpen = true;
  readonly remote: Endpoint;
  readonly #socket: UdpSocket;

  constructor(socket: UdpSocket, remote: Endpoint) {
    this.#socket = socket;
    this.remote = remote;
  }

  send(data: Buffer, onError: (error: Error) => void): void {
    this.#socket.send(data, this.remote, onError);
  }
}
