import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../runtime/clock.ts';

/**
 * Closes the HTTP door at the end of the program. The server by itself would wait for connections on which no request has come yet (a browser
 * opens one ahead, a client gives up while it connects) for half a minute, and for one whose answer had begun before the end as long as the
 * client keeps it open.
 */
export function closeDoor(http: FastifyInstance, clock: Clock): { close(graceMs: number): Promise<void> } {
  const open = new Set<Socket>();
  let closing = false;
  http.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  http.server.on('request', ({ socket }, response) => {
    // What the client has not read yet is still sent.
    response.once('close', () => closing && socket.end());
  });
  return {
    /** Requests being served get `graceMs`. Connections that have become WebSockets are left to their owners. */
    async close(graceMs) {
      closing = true;
      const cancel = clock.after(graceMs, () => http.server.closeAllConnections());
      for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
      await http.close();
      cancel();
    },
  };
}
