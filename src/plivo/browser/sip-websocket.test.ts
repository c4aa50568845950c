import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import Fastify from 'fastify';
import { WebSocket } from 'ws';
import type { Endpoint } from '../../sip/network.ts';
import type { SipStack } from '../../sip/sip-stack.ts';
import { SipWebSockets, sourceOf } from './sip-websocket.ts';

type Like = Parameters<SipStack['acceptWebSocket']>[0];
interface Accepted {
  readonly socket: Like;
  readonly remote: Endpoint;
  readonly isSecure: boolean;
  readonly heard: string[];
}

/** The HTTP server with sockets, which hands what it accepts to the test instead of a SIP stack. */
async function opened(t: TestContext) {
  const accepted: Accepted[] = [];
  const sockets = new SipWebSockets((socket, remote, isSecure) => {
    const heard: string[] = [];
    socket.onMessage((data) => heard.push(data.toString()));
    accepted.push({ socket, remote, isSecure, heard });
  });
  const http = Fastify();
  sockets.attach(http);
  const url = new URL(await http.listen({ host: '127.0.0.1', port: 0 }));
  const clients: WebSocket[] = [];
  t.after(async () => {
    for (const client of clients) client.terminate();
    await http.close();
  });
  const connect = (path: string, protocols: string[] = ['sip'], headers: Record<string, string> = {}) => {
    const client = new WebSocket(`ws://${url.host}${path}`, protocols, { headers });
    clients.push(client);
    return client;
  };
  const open = async (headers: Record<string, string> = {}) => {
    const socket = connect('/', ['sip'], headers);
    await once(socket, 'open');
    return socket;
  };
  return { accepted, sockets, connect, open };
}

describe('SIP over WebSocket on the HTTP port', () => {
  for (const path of ['/', '/signalling', '/any/other?v=2']) {
    it(`is spoken at ${path}`, async (t) => {
      const { connect, sockets } = await opened(t);
      const socket = connect(path);
      await once(socket, 'open');
      assert.equal(socket.protocol, 'sip');
      assert.equal(sockets.size, 1);
      socket.close();
      await once(socket, 'close');
    });
  }

  for (const protocols of [[], ['mqtt'], ['sips']]) {
    it(`is not spoken with who asks for ${protocols.join() || 'no subprotocol'}`, async (t) => {
      const { connect, accepted } = await opened(t);
      const socket = connect('/', protocols);
      const [error] = await once(socket, 'error');
      assert.match(String(error), /400/);
      assert.equal(accepted.length, 0);
    });
  }

  it('carries messages both ways, as text or as octets', async (t) => {
    const { accepted, open } = await opened(t);
    const socket = await open();
    const answered = once(socket, 'message');
    accepted[0]?.socket.onMessage((data) => {
      if (data.toString() === 'BYE') accepted[0]?.socket.send('SIP/2.0 200 OK');
    });
    socket.send('REGISTER');
    socket.send(Buffer.from('INVITE'));
    socket.send('BYE');
    const [answer] = await answered;
    assert.equal(String(answer), 'SIP/2.0 200 OK');
    assert.deepEqual(accepted[0]?.heard, ['REGISTER', 'INVITE', 'BYE']);
  });

  it('ends with a message that is too large, and the stack hears of it', async (t) => {
    const { accepted, open, sockets } = await opened(t);
    const socket = await open();
    const gone = new Promise<void>((resolve) => accepted[0]?.socket.onClose(resolve));
    socket.send('x'.repeat(65_536));
    const [code] = await once(socket, 'close');
    await gone;
    assert.equal(code, 1009);
    assert.deepEqual([accepted[0]?.heard, sockets.size], [[], 0]);
  });

  it('is closed by the stack', async (t) => {
    const { accepted, open } = await opened(t);
    const socket = await open();
    accepted[0]?.socket.close();
    await once(socket, 'close');
  });

  it('gives up a browser that does not read', async (t) => {
    const { accepted, open } = await opened(t);
    const socket = await open();
    socket.pause();
    let isGone = false;
    accepted[0]?.socket.onClose(() => {
      isGone = true;
    });
    const message = 'y'.repeat(60_000);
    // Buffers of the system take some megabytes before ours fills.
    for (let sent = 0; sent < 2_000 && !isGone; sent++) {
      accepted[0]?.socket.send(message);
      if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(isGone);
  });

  it('believes a proxy on this machine about who is behind it', async (t) => {
    const { accepted, open } = await opened(t);
    await open({ 'x-forwarded-for': '198.51.100.1, 203.0.113.7', 'x-forwarded-proto': 'https' });
    assert.deepEqual([accepted[0]?.remote.address, accepted[0]?.isSecure], ['203.0.113.7', true]);
    await open();
    assert.deepEqual([accepted[1]?.remote.address, accepted[1]?.isSecure], ['127.0.0.1', false]);
  });

  it('believes nobody else', () => {
    const headers = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' };
    for (const address of ['198.51.100.9', '::ffff:198.51.100.9']) {
      const source = sourceOf({ remoteAddress: address, remotePort: 5_000 }, headers);
      assert.deepEqual(source, { remote: { address: '198.51.100.9', port: 5_000 }, isSecure: false });
    }
  });
});
