import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { selfSignedCertificate } from '../../testkit/certificate.ts';
import { WebhookTarget } from '../../testkit/webhook-target.ts';
import { systemClock } from '../runtime/clock.ts';
import { HttpClient, type HttpRequest } from './http-client.ts';
import { type Resolve, TargetGuard } from './target-guard.ts';

const clients: HttpClient[] = [];

function client(options: { allowPrivate?: boolean; resolve?: Resolve; ca?: string } = {}): HttpClient {
  const rules = { allowPrivateTargets: options.allowPrivate ?? true, allowed: [] };
  const guard = new TargetGuard(rules, systemClock, options.resolve);
  const made = new HttpClient({
    guard,
    clock: systemClock,
    userAgent: 'Ringdown/test',
    connectionsPerHost: 4,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });
  clients.push(made);
  return made;
}

const request = (url: string, overrides: Partial<HttpRequest> = {}): HttpRequest => ({
  url: new URL(url),
  method: 'POST',
  headers: {},
  body: 'a=1',
  connectTimeoutMs: 300,
  readTimeoutMs: 300,
  totalTimeoutMs: 800,
  maxBodyBytes: 1_000,
  ...overrides,
});

let target: WebhookTarget;
before(async () => {
  target = await WebhookTarget.start();
});
after(() => target.stop());
afterEach(async () => {
  target.respond = (_, response) => response.end();
  await Promise.all(clients.splice(0).map((made) => made.close()));
});

async function failing(url: string, overrides: Partial<HttpRequest> = {}, made = client()) {
  const result = await made.request(request(url, overrides));
  assert.ok(result.kind === 'failure', JSON.stringify(result));
  return result;
}

describe('an answer', () => {
  it('comes with status, headers, body and times', async () => {
    target.respond = (_, response) => response.writeHead(201, { 'x-answer': 'yes' }).end('done');
    const result = await client().request(request(target.url('/x?y=1')));
    assert.ok(result.kind === 'answer');
    assert.deepEqual([result.status, result.headers['x-answer'], result.body.toString()], [201, 'yes', 'done']);
    assert.equal(result.truncated, false);
    const { connectedMs, firstByteMs, totalMs, startedAt } = result.times;
    assert.ok(connectedMs !== null && firstByteMs !== null && connectedMs <= firstByteMs && firstByteMs <= totalMs);
    assert.ok(Math.abs(startedAt - Date.now()) < 5_000);
  });

  it('is cut at the limit, and the connection closed', async () => {
    let closed = false;
    target.respond = (_, response, socket) => {
      socket.on('close', () => {
        closed = true;
      });
      response.on('error', () => undefined);
      const more = () => {
        while (!closed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    };
    const result = await client().request(request(target.url()));
    assert.ok(result.kind === 'answer');
    assert.equal(result.body.length, 1_000);
    assert.equal(result.truncated, true);
    for (let wait = 0; wait < 100 && !closed; wait++) await delay(10);
    assert.equal(closed, true);
  });

  it('that redirects is not followed', async () => {
    target.respond = (_, response) => response.writeHead(307, { location: target.url('/elsewhere') }).end();
    const before = target.received.length;
    const result = await client().request(request(target.url('/here')));
    assert.ok(result.kind === 'answer');
    assert.equal(result.status, 307);
    assert.equal(target.received.length, before + 1);
  });
});

describe('a server that', () => {
  it('never answers is left at the read timeout', async () => {
    target.respond = () => undefined;
    const result = await failing(target.url());
    assert.deepEqual([result.failure, result.reason], ['response', 'no answer within 300 ms']);
    assert.ok(result.times.totalMs >= 290 && result.times.totalMs < 700);
  });

  it('stops in the middle of its answer is left at the read timeout', async () => {
    target.respond = (_, response) => response.writeHead(200, { 'content-length': '100' }).write('part');
    const result = await failing(target.url());
    assert.deepEqual([result.failure, result.reason, result.status], ['partial', 'the answer stopped for 300 ms', 200]);
  });

  it('drips its answer is left at the total timeout', async () => {
    target.respond = (_, response) => {
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    };
    const result = await failing(target.url());
    assert.deepEqual([result.failure, result.reason], ['partial', 'no complete answer within 800 ms']);
  });

  it('resets the connection has given no response', async () => {
    target.respond = (_, _response, socket) => socket.resetAndDestroy();
    assert.equal((await failing(target.url())).failure, 'response');
  });

  it('closes the connection in the middle of its answer has given a partial one', async () => {
    target.respond = (_, response, socket) => {
      response.writeHead(200, { 'content-length': '100' }).write('part', () => socket.destroy());
    };
    assert.equal((await failing(target.url())).failure, 'partial');
  });

  it('does not listen could not be connected', async () => {
    const result = await failing('http://127.0.0.1:1/');
    assert.equal(result.failure, 'connect');
    assert.match(result.reason, /ECONNREFUSED/);
  });

  it('does not speak HTTP has given no response', async () => {
    const server: Server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    assert.equal((await failing(`http://127.0.0.1:${port}/`)).failure, 'response');
    server.close();
  });

  it('accepts connections but never shakes hands is left at the connect timeout', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const result = await failing(`https://127.0.0.1:${port}/`);
    assert.deepEqual([result.failure, result.reason], ['connect', 'no connection within 300 ms']);
    server.close();
  });
});

describe('names', () => {
  it('that lead to private addresses are refused, though they resolve', async () => {
    const made = client({ allowPrivate: false, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    const before = target.received.length;
    const result = await failing(target.url('/', 'rebound.example'), {}, made);
    assert.equal(result.failure, 'refused');
    assert.match(result.reason, /rebound\.example has no public address \(127\.0\.0\.1\)/);
    assert.equal((await failing(target.url(), {}, made)).failure, 'refused');
    assert.equal(target.received.length, before);
  });

  it('are connected at the address that was checked, not at one asked for later', async () => {
    let questions = 0;
    const made = client({
      resolve: async () => {
        questions++;
        return [{ address: '127.0.0.1', family: 4 }];
      },
    });
    const result = await made.request(request(target.url('/', 'hooks.example')));
    assert.equal(result.kind, 'answer');
    assert.equal(questions, 1);
  });

  it('that do not resolve cannot be connected, and a resolver that hangs holds nobody up', async () => {
    const unknown = client({ resolve: () => Promise.reject(new Error('getaddrinfo ENOTFOUND hooks.example')) });
    assert.match((await failing('http://hooks.example/', {}, unknown)).reason, /ENOTFOUND/);
    const hanging = client({ resolve: () => new Promise(() => undefined) });
    const result = await failing('http://hooks.example/', {}, hanging);
    assert.deepEqual([result.failure, result.reason], ['connect', 'no connection within 300 ms']);
  });
});

describe('HTTPS', () => {
  it('is refused with a certificate nobody vouches for, or for another name, and taken with one that is trusted', async () => {
    const certificate = selfSignedCertificate('hooks.example');
    const secure = await WebhookTarget.start(certificate);
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    try {
      const url = secure.url('/', 'hooks.example');
      const untrusted = await failing(url, {}, client({ resolve }));
      assert.equal(untrusted.failure, 'connect');
      assert.match(untrusted.reason, /self-signed certificate/);
      const trusting = client({ resolve, ca: certificate.cert });
      const other = await failing(secure.url('/', 'other.example'), {}, trusting);
      assert.match(other.reason, /does not match certificate/);
      const good = await trusting.request(request(url));
      assert.equal(good.kind, 'answer');
      assert.equal(secure.received.length, 1);
    } finally {
      await secure.stop();
    }
  });
});

describe('connections', () => {
  it('are kept for the next request and no more than allowed are opened', async () => {
    const sockets = new Set<Socket>();
    target.respond = (_, response, socket) => {
      sockets.add(socket);
      setTimeout(() => response.end(), 5);
    };
    const made = client();
    await Promise.all(Array.from({ length: 40 }, () => made.request(request(target.url()))));
    assert.ok(sockets.size <= 4, `${sockets.size} connections`);
  });

  it('leave nothing behind when the client is closed', async () => {
    const made = client();
    target.respond = () => undefined;
    const pending = made.request(request(target.url()));
    await delay(50);
    await made.close();
    assert.equal((await pending).kind, 'failure');
    assert.equal((await made.request(request(target.url()))).kind, 'failure');
  });
});

describe('a request that is cancelled', () => {
  it('ends at once, while it waits for its answer', async () => {
    target.respond = () => undefined;
    const abort = new AbortController();
    const started = performance.now();
    setTimeout(() => abort.abort(), 30);
    const result = await failing(target.url(), { signal: abort.signal, readTimeoutMs: 5_000, totalTimeoutMs: 5_000 });
    assert.deepEqual([result.failure, result.reason], ['response', 'cancelled']);
    assert.ok(performance.now() - started < 1_000);
  });

  it('is not sent when that was before', async () => {
    const before = target.received.length;
    const result = await failing(target.url(), { signal: AbortSignal.abort() });
    assert.equal(result.reason, 'cancelled');
    assert.equal(target.received.length, before);
  });

  it('is not sent when it waited for a connection', async () => {
    target.respond = (_, response) => void setTimeout(() => response.end(), 100);
    const made = client();
    const others = Array.from({ length: 4 }, () => made.request(request(target.url())));
    const abort = new AbortController();
    const waiting = failing(target.url('/late'), { signal: abort.signal }, made);
    await delay(20);
    abort.abort();
    assert.equal((await waiting).reason, 'cancelled');
    await Promise.all(others);
    await delay(20);
    assert.ok(target.received.every(({ path }) => path !== '/late'));
  });

  it('does not mind afterwards', async () => {
    const abort = new AbortController();
    const result = await client().request(request(target.url(), { signal: abort.signal }));
    abort.abort();
    assert.equal(result.kind, 'answer');
  });
});
