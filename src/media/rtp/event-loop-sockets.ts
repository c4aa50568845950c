import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { DatagramSource, RtpSocket, RtpSockets } from './rtp-socket.ts';

/** UDP sockets of Node: for IPv6, and for systems that kernel-sockets.ts does not know. The event loop reads them. */
export function eventLoopSockets(bindAddress: string): RtpSockets {
  const family = isIPv6(bindAddress) ? 6 : 4;
  return {
    async open(port, receiveBytes) {
      const socket = createSocket({
        type: `udp${family}`,
        ...(receiveBytes === undefined ? {} : { recvBufferSize: receiveBytes }),
        // Addresses come from SDP as numbers. Without this each send would pass through a look-up and the next turn of the loop.
        lookup: (address, _options, callback) => callback(null, address, family),
      });
      try {
        await bind(socket, port, bindAddress);
      } catch (error) {
        socket.close();
        throw error;
      }
      return rtpSocket(socket);
    },
    read() {
      // The event loop has done so.
    },
  };
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

function rtpSocket(socket: Socket): RtpSocket {
  let handler: (packet: Buffer, from: DatagramSource) => void = () => undefined;
  let isClosed = false;
  socket.on('message', (packet, from) => handler(packet, from));
  // What the network reports about a datagram (unreachable, ...) is no reason to end: the media timeout is.
  socket.on('error', () => undefined);
  return {
    onMessage(next) {
      handler = next;
    },
    send(packet, port, address) {
      if (!isClosed) socket.send(packet, port, address);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      socket.close();
    },
  };
}
