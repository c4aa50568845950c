import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { RedisWindows } from './redis-windows.ts';

/** The script itself is tried with a real server by the acceptance suite `shared-limits`. */

/** Takes connections and never says a word. */
let mute: Server;
const sockets = new Set<Socket>();
before(async () => {
  mute = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
});
after(() => {
  for (const socket of sockets) socket.destroy();
  mute.close();
});

const portOf = (server: Server) => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

test('a Redis that is not there refuses at once', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const port = portOf(gone);
  await new Promise<void>((resolve) => gone.close(() => resolve()));
  const windows = new RedisWindows(`redis://127.0.0.1:${port}`);
  try {
    await assert.rejects(windows.open());
    const began = performance.now();
    await assert.rejects(windows.take('a', 1, 5_000));
    assert.ok(performance.now() - began < 500);
  } finally {
    windows.close();
  }
});

test('one that takes the connection and says nothing is not waited for', async () => {
  const windows = new RedisWindows(`valkey://127.0.0.1:${portOf(mute)}`);
  try {
    const opened = assert.rejects(windows.open());
    await assert.rejects(windows.take('a', 1, 5_000));
    await opened;
  } finally {
    windows.close();
  }
});
