import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { selfSignedCertificate } from '../../testkit/certificate.ts';
import { until } from '../../testkit/rtp-peer.ts';
import { StreamApp } from '../../testkit/stream-app.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Resolve, TargetGuard } from './target-guard.ts';
import { MAX_MESSAGE_BYTES, WebSocketClient, type WebSocketEvents } from './websocket-client.ts';

const NEVER = new AbortController().signal;

function clientWith(options: { allowPrivate?: boolean; resolve?: Resolve; ca?: string; clock?: VirtualClock } = {}) {
  const clock = options.clock ?? systemClock;
  const guard = new TargetGuard({ allowPrivateTargets: options.allowPrivate ?? true, allowed: [] }, clock, options.resolve);
  return new WebSocketClient({ guard, clock, userAgent: 'Ringdown/test', ca: options.ca });
}

function listener() {
  const got = { messages: [] as string[], binary: 0, pongs: [] as string[], closed: [] as number[] };
  const events: WebSocketEvents = {
    message: (text) => void got.messages.push(text),
    binary: () => void got.binary++,
    pong: (content) => void got.pongs.push(content),
    closed: (code) => void got.closed.push(code),
  };
  return { got, events };
}

describe('a WebSocket to a customer', { concurrency: 4 }, () => {
  let app: StreamApp;
  before(async () => {
    app = await StreamApp.start();
  });
  after(() => app.stop());

  const open = (url: string, client = clientWith(), events = listener().events, signal = NEVER) =>
    client.open({ url, headers: { 'X-Test': 'yes' }, events, signal });
  const connectionTo = async (path: string) => {
    await until(() => app.connections.some(({ request }) => request.url === path), path);
    return app.connections.find(({ request }) => request.url === path) ?? assert.fail();
  };

  it('asks for the path as it was given, with the headers, and offers no subprotocol or compression', async () => {
    const path = '/ws?token=a+b/c==&x=%20y';
    const socket = await open(app.url(path));
    const { request } = await connectionTo(path);
    assert.deepEqual(
      [request.headers['x-test'], request.headers['user-agent'], request.headers['sec-websocket-version']],
      ['yes', 'Ringdown/test', '13'],
    );
    assert.equal(request.headers['sec-websocket-protocol'], undefined);
    assert.equal(request.headers['sec-websocket-extensions'], undefined);
    socket.terminate();
  });

  it('delivers nothing before it is resumed, then text, binary and pongs', async () => {
    const { got, events } = listener();
    const socket = await open(app.url('/order'), clientWith(), events);
    const { socket: far } = await connectionTo('/order');
    far.send('one');
    far.send(Buffer.from([1]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(got.messages, []);
    socket.resume();
    socket.ping('7');
    await until(() => got.messages.length === 1 && got.binary === 1 && got.pongs.length === 1, 'all three');
    assert.deepEqual([got.messages, got.pongs], [['one'], ['7']]);
    far.close(4003);
    await until(() => got.closed.length === 1, 'the close');
    assert.deepEqual(got.closed, [4003]);
  });

  it('closes with 1000, and tells a lost connection as 1006', async () => {
    const { got, events } = listener();
    const socket = await open(app.url('/close'), clientWith(), events);
    const connection = await connectionTo('/close');
    socket.close();
    await until(() => connection.closedWith !== undefined && got.closed.length === 1, 'the close');
    assert.deepEqual([connection.closedWith, got.closed], [1000, [1000]]);
    const lost = listener();
    const other = await open(app.url('/lost'), clientWith(), lost.events);
    other.resume();
    (await connectionTo('/lost')).socket.terminate();
    await until(() => lost.got.closed.length === 1, 'the loss');
    assert.deepEqual(lost.got.closed, [1006]);
    other.send('into nothing');
  });

  it('takes no message of more than a megabyte', async () => {
    const { got, events } = listener();
    const socket = await open(app.url('/large'), clientWith(), events);
    socket.resume();
    const { socket: far } = await connectionTo('/large');
    far.send('x'.repeat(MAX_MESSAGE_BYTES));
    await until(() => got.messages.length === 1, 'the largest');
    far.send('x'.repeat(MAX_MESSAGE_BYTES + 1));
    await until(() => got.closed.length === 1, 'the end');
    assert.equal(got.messages.length, 1);
  });

  it('counts what has not left the process', async () => {
    const socket = await open(app.url('/slow'));
    (await connectionTo('/slow')).socket.pause();
    for (let count = 0; count < 64; count++) socket.send('x'.repeat(1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(socket.bufferedBytes > 1024 * 1024, `${socket.bufferedBytes}`);
    socket.terminate();
  });

  it('follows no redirect and takes no other answer', async () => {
    const web = createServer((_, response) => response.writeHead(302, { location: app.url('/elsewhere') }).end());
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    const address = web.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await assert.rejects(open(`ws://127.0.0.1:${port}/`), /302/);
    web.closeAllConnections();
    web.close();
    assert.ok(!app.connections.some(({ request }) => request.url === '/elsewhere'));
  });

  it('gives an attempt ten seconds, and ends it with its signal', async () => {
    const slow = await StreamApp.start();
    slow.hanging = 2;
    const clock = new VirtualClock();
    const late = assert.rejects(open(slow.url('/late'), clientWith({ clock })), /no answer to the upgrade within 10000 ms/);
    await until(() => slow.upgrades === 1, 'the attempt');
    await clock.advance(10_000);
    await late;
    assert.equal(clock.pending, 0);
    const abort = new AbortController();
    const ended = assert.rejects(open(slow.url('/late'), clientWith(), listener().events, abort.signal));
    await until(() => slow.upgrades === 2, 'the second');
    abort.abort();
    await ended;
    await slow.stop();
  });

  it('goes to no private address, written out or behind a name', async () => {
    const guarded = clientWith({ allowPrivate: false, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    const before = app.upgrades;
    await assert.rejects(open(app.url('/private'), guarded), { name: 'TargetRefused' });
    await assert.rejects(open(app.url('/private', '[::ffff:127.0.0.1]'), guarded), { name: 'TargetRefused' });
    await assert.rejects(open(app.url('/private', 'bot.example'), guarded), /no public address/);
    assert.equal(app.upgrades, before);
  });

  it('verifies certificates', async () => {
    const certificate = selfSignedCertificate('bot.example');
    const secure = await StreamApp.start(certificate);
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    await assert.rejects(open(secure.url('/tls', 'bot.example'), clientWith({ resolve })));
    await assert.rejects(open(secure.url('/tls', 'other.example'), clientWith({ resolve, ca: certificate.cert })));
    const socket = await open(secure.url('/tls', 'bot.example'), clientWith({ resolve, ca: certificate.cert }));
    socket.terminate();
    await secure.stop();
  });
});
