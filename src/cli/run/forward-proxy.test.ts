import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import net, { type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { createAuthority } from './authority.ts';
import { type ForwardProxy, startForwardProxy } from './forward-proxy.ts';
import { createPlivoRequests } from './plivo-requests.ts';
import { readWayOut } from './way-out.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const authority = createAuthority(Date.now());
const told: string[] = [];
const seen: Seen[] = [];
let server: http.Server;
let port: number;
let proxy: ForwardProxy;

/** A server of this API, and at once any other host of the internet. */
before(async () => {
  server = http.createServer(async (request, reply) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    reply.writeHead(202, { 'content-type': 'application/json', 'x-server': 'here' }).end('{"message":"queued"}');
  });
  port = await listen(server);
  proxy = await startProxy(`http://127.0.0.1:${port}`);
});
after(async () => {
  await proxy.close();
  await new Promise((resolve) => server.close(resolve));
});

async function listen(listener: net.Server): Promise<number> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  assert.ok(typeof address === 'object' && address);
  return address.port;
}

const startProxy = (target: string, variables: Record<string, string> = {}) =>
  startForwardProxy({
    authority,
    plivo: createPlivoRequests({ target, tell: (line) => told.push(line) }),
    wayOut: readWayOut(variables),
  });

async function openTunnel(through: number, place: string): Promise<{ status: number | undefined; socket: Socket }> {
  const request = http.request({ host: '127.0.0.1', port: through, method: 'CONNECT', path: place, agent: false }).end();
  return await new Promise((resolve, reject) => {
    request.once('connect', (answer, socket: Socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve({ status: answer.statusCode, socket });
    });
    request.once('error', reject);
  });
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function send(options: http.RequestOptions, body?: string): Promise<Answer> {
  const request = http.request(options.createConnection ? options : { ...options, agent: false }).end(body);
  return await new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', async (answer) => {
      let text = '';
      for await (const part of answer.setEncoding('utf8')) text += part;
      resolve({ status: answer.statusCode, headers: answer.headers, text });
    });
  });
}

/** As a client with a proxy and our authority does it. */
async function sendTo(host: string, options: http.RequestOptions, body?: string, through = proxy.port): Promise<Answer> {
  const { status, socket } = await openTunnel(through, `${host}:443`);
  assert.equal(status, 200);
  return await sendOver({ socket, servername: host }, host, options, body);
}

async function sendOver(
  connection: ConnectionOptions,
  host: string,
  options: http.RequestOptions,
  body?: string,
): Promise<Answer> {
  const tls = connectTls({ ca: authority.pem, ...connection });
  const headers = { host, ...options.headers };
  return await send({ ...options, headers, createConnection: () => tls }, body).finally(() => tls.destroy());
}

test('a request through a tunnel to a host of the API reaches the server as it was sent', async () => {
  const answer = await sendTo(
    'api.plivo.com',
    {
      method: 'POST',
      path: '/v1/Account/MA//Message/?a=b',
      headers: { authorization: 'Basic eA==', connection: 'close, x-hop', 'x-hop': '1', 'X-Kept': 'yes' },
    },
    '{"text":"é"}',
  );
  assert.deepEqual([answer.status, answer.text, answer.headers['x-server']], [202, '{"message":"queued"}', 'here']);
  const got = seen.at(-1);
  assert.deepEqual([got?.method, got?.url, got?.body], ['POST', '/v1/Account/MA//Message/?a=b', '{"text":"é"}']);
  assert.equal(got?.headers.authorization, 'Basic eA==');
  assert.equal(got?.headers['x-kept'], 'yes');
  assert.equal(got?.headers['x-hop'], undefined);
  assert.equal(got?.headers.host, 'api.plivo.com');
  assert.equal(got?.headers['x-forwarded-host'], 'api.plivo.com');
});

test('the same by a connection to the TLS port, by a whole URL and in plain text', async () => {
  const direct = { host: '127.0.0.1', port: proxy.tlsPort, servername: 'lookup.plivo.com' };
  assert.equal((await sendOver(direct, 'lookup.plivo.com', { path: '/v1/Number/1' })).status, 202);
  assert.equal(seen.at(-1)?.headers['x-forwarded-host'], 'lookup.plivo.com');
  assert.equal((await send({ host: '127.0.0.1', port: proxy.port, path: 'https://api.plivo.com/v1/x?y=1' })).status, 202);
  assert.equal(seen.at(-1)?.url, '/v1/x?y=1');
  const plain = { host: '127.0.0.1', port: proxy.port, path: '/v1/z', headers: { host: 'API.plivo.com.:80' } };
  assert.equal((await send(plain)).status, 202);
  assert.equal(seen.at(-1)?.url, '/v1/z');
});

test('bodies keep their framing: none, empty, chunked', async () => {
  const headers = { 'content-type': 'application/json' };
  await sendTo('api.plivo.com', { method: 'DELETE', path: '/d', headers });
  assert.deepEqual([seen.at(-1)?.headers['content-length'], seen.at(-1)?.headers['transfer-encoding']], [undefined, undefined]);
  await sendTo('api.plivo.com', { method: 'POST', path: '/p', headers: { ...headers, 'content-length': '0' } });
  assert.equal(seen.at(-1)?.headers['content-length'], '0');
  await sendTo('api.plivo.com', { method: 'DELETE', path: '/c', headers: { ...headers, 'transfer-encoding': 'chunked' } }, '{}');
  assert.deepEqual([seen.at(-1)?.headers['transfer-encoding'], seen.at(-1)?.body], ['chunked', '{}']);
});

test('an unknown host of the hosted service is refused with the reason, and told once', async () => {
  const before = seen.length;
  told.length = 0;
  for (const host of ['media.plivo.com', 'media.plivo.com', 'plivo.com']) {
    const answer = await sendTo(host, { path: '/x' });
    assert.equal(answer.status, 400);
    assert.match(answer.text, new RegExp(`${host} is not served by Ringdown, and nothing was sent to the hosted service`));
    assert.match(answer.text, /api\.plivo\.com/);
  }
  assert.equal(seen.length, before);
  assert.equal(told.length, 2);
});

test('any other host is tunnelled untouched', async () => {
  const echo = net.createServer((socket) => socket.pipe(socket));
  const echoPort = await listen(echo);
  const { status, socket } = await openTunnel(proxy.port, `127.0.0.1:${echoPort}`);
  assert.equal(status, 200);
  socket.write('\x00not http');
  const [back] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])));
  assert.equal(back.toString(), '\x00not http');
  socket.destroy();
  await new Promise((resolve) => echo.close(resolve));
  // Nobody listens there any more.
  const gone = await openTunnel(proxy.port, `127.0.0.1:${echoPort}`);
  assert.equal(gone.status, 502);
  gone.socket.destroy();
});

test('a plain request with a whole URL of another host goes there', async () => {
  const path = `http://127.0.0.1:${port}/elsewhere?x=1`;
  const answer = await send(
    { host: '127.0.0.1', port: proxy.port, method: 'PUT', path, headers: { 'proxy-connection': 'x' } },
    'body',
  );
  assert.equal(answer.status, 202);
  const got = seen.at(-1);
  assert.deepEqual([got?.method, got?.url, got?.body, got?.headers.host], ['PUT', '/elsewhere?x=1', 'body', `127.0.0.1:${port}`]);
  assert.equal(got?.headers['proxy-connection'], undefined);
  assert.equal((await send({ host: '127.0.0.1', port: proxy.port, path: 'ftp://x/' })).status, 400);
});

test('what goes out goes through the proxy that was set before, except where NO_PROXY says otherwise', async () => {
  const asked: string[] = [];
  const upstream = http.createServer((request, reply) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    reply.end('from upstream');
  });
  upstream.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization']}`);
    socket.end(request.url === 'refused.example:443' ? 'HTTP/1.1 403 No\r\n\r\n' : 'HTTP/1.1 200 OK\r\n\r\nhello');
  });
  const upstreamPort = await listen(upstream);
  const url = `http://user:pass@127.0.0.1:${upstreamPort}`;
  const chained = await startProxy(`http://127.0.0.1:${port}`, { HTTPS_PROXY: url, http_proxy: url, NO_PROXY: '127.0.0.1' });
  try {
    const credentials = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    const { socket } = await openTunnel(chained.port, 'bank.example:443');
    const [hello] = await new Promise<[Buffer]>((resolve) => socket.once('data', (data) => resolve([data])));
    assert.equal(hello.toString(), 'hello');
    socket.destroy();
    const refused = await openTunnel(chained.port, 'refused.example:443');
    assert.equal(refused.status, 502);
    refused.socket.destroy();
    assert.equal((await send({ host: '127.0.0.1', port: chained.port, path: 'http://bank.example/x' })).text, 'from upstream');
    assert.equal((await send({ host: '127.0.0.1', port: chained.port, path: `http://127.0.0.1:${port}/near` })).status, 202);
    assert.equal((await sendTo('api.plivo.com', { path: '/v1/own' }, undefined, chained.port)).status, 202);
    assert.deepEqual(asked, [
      `CONNECT bank.example:443 ${credentials}`,
      `CONNECT refused.example:443 ${credentials}`,
      `GET http://bank.example/x ${credentials}`,
    ]);
  } finally {
    await chained.close();
    await new Promise((resolve) => upstream.close(resolve));
  }
});

test('a server that does not answer is told in the answer and on the screen', async () => {
  const nowhere = net.createServer();
  const free = await listen(nowhere);
  await new Promise((resolve) => nowhere.close(resolve));
  const lost = await startProxy(`http://127.0.0.1:${free}`);
  told.length = 0;
  const answer = await sendTo('api.plivo.com', { path: '/v1/x' }, undefined, lost.port);
  assert.equal(answer.status, 502);
  assert.match(answer.text, /does not answer \(ECONNREFUSED\)/);
  assert.equal(told.length, 1);
  await lost.close();
});

test('what is no HTTP and no TLS costs its own connection only', async () => {
  for (const place of [proxy.port, proxy.tlsPort]) {
    const socket = net.connect(place, '127.0.0.1').on('error', () => undefined);
    socket.write('\x16\x03\x01garbage\r\n\r\n\r\n');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  }
  const { status, socket } = await openTunnel(proxy.port, 'host:x');
  assert.equal(status, 400);
  socket.destroy();
  assert.equal((await sendTo('api.plivo.com', { path: '/still' })).status, 202);
});
