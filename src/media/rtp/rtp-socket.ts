/** Where a datagram came from. */
export interface DatagramSource {
  readonly address: string;
  readonly port: number;
}

/** What a leg sends and receives packets through: a UDP socket, or a secured transport that is made of one. */
export interface RtpSocket {
  /** One handler; the next replaces it. The packet is its own only until it returns: the octets of the next one take their place. */
  onMessage(handler: (packet: Buffer, from: DatagramSource) => void): void;
  send(packet: Buffer, port: number, address: string): void;
  close(): void;
}

/** The UDP sockets of one media worker. */
export interface RtpSockets {
  /**
   * Binds a socket to a port of the worker's address. `receiveBytes`: what the kernel holds of packets that have not been read.
   *
   * @throws an error whose `code` is that of the system (`EADDRINUSE`, ...)
   */
  open(port: number, receiveBytes: number | undefined): Promise<RtpSocket>;
  /** Gives what has arrived to the handlers, where nobody else does. Called once before each slot. */
  read(): void;
}
