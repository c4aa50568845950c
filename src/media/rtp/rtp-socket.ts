import type { Socket } from 'node:dgram';

/** Where a datagram came from. */
export interface DatagramSource {
  readonly address: string;
  readonly port: number;
}

/** What a leg sends and receives packets through: a UDP socket, or a secured transport that is made of one. */
export interface RtpSocket {
  /** One handler; the next replaces it. */
  onMessage(handler: (packet: Buffer, from: DatagramSource) => void): void;
  send(packet: Buffer, port: number, address: string): void;
  close(): void;
}

/** A bound UDP socket. */
export function plainRtpSocket(socket: Socket): RtpSocket {
  let handler: (packet: Buffer, from: DatagramSource) => void = () => undefined;
  socket.on('message', (packet, from) => handler(packet, from));
  // What the network reports about a datagram (unreachable, ...) is no reason to end: the media timeout is.
  socket.on('error', () => undefined);
  return {
    onMessage(next) {
      handler = next;
    },
    send(packet, port, address) {
      socket.send(packet, port, address);
    },
    close() {
      socket.close();
    },
  };
}
