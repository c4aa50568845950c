import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { reservePort } from './reserved-port.ts';

/** Linux's first port of clients; other systems begin above. */
const FIRST_CLIENT_PORT = 32_768;

test('a reserved port is nobody else’s until it is released, and none that a client is given', async () => {
  for (let tries = 0; tries < 20; tries++) {
    const { port, release } = await reservePort('127.0.0.1');
    assert.ok(port >= 1024 && port < FIRST_CLIENT_PORT, String(port));
    const [refused] = await once(createServer().listen(port, '127.0.0.1'), 'error');
    assert.equal(refused.code, 'EADDRINUSE');
    await release();
    await release();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});

test('an address of another machine has no port to reserve', async () => {
  await assert.rejects(reservePort('192.0.2.1'), { code: 'EADDRNOTAVAIL' });
});
