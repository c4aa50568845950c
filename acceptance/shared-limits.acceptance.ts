/** The limit of 300 requests in 5 seconds over two processes on one database: with Redis, without, and while Redis goes and comes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './api.ts';
import { Postgres } from './postgres.ts';
import { Redis } from './redis.ts';
import { type RingdownProcess, startServer } from './server.ts';
import { eventually } from './wait.ts';

const LIMIT = 300;
const WINDOW_MS = 5_000;
/** Requests under way to one server. */
const AT_ONCE = 16;
const INSTANCE_KEY = '5b'.repeat(32);
const TOKEN = 'acceptance-token-0000000000000000000003x';

/** Each test has an account of its own, whose window nobody else fills. */
const accountOf = (name: string) => `MALIMITS${name.toUpperCase().padEnd(12, '0')}`;
const names = ['shared', 'flood', 'alone', 'killed', 'back', 'frozen', 'probe'];
const accounts = names.map((name) => ({ auth_id: accountOf(name), auth_token: TOKEN, name, timezone: 'UTC' }));

interface Answered {
  readonly passed: boolean;
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly server: RingdownProcess;
}

/** One request; a refused one has the documented form. */
async function request(server: RingdownProcess, account: string): Promise<Answered> {
  const sentAt = performance.now();
  const reply = await call({ url: server.url, authId: accountOf(account), authToken: TOKEN }, '');
  const receivedAt = performance.now();
  if (reply.status !== 200) {
    assert.equal(reply.status, 429, reply.text);
    assert.deepEqual(Object.keys(reply.json).sort(), ['api_id', 'error', 'error_code']);
    assert.equal(reply.json.error_code, 'rate_limit_exceeded');
    const wait = Number(reply.headers.get('retry-after'));
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 5, `Retry-After ${wait}`);
  }
  return { passed: reply.status === 200, sentAt, receivedAt, server };
}

/** `count` requests to each server, all servers at once. */
async function burst(servers: readonly RingdownProcess[], account: string, count: number): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  const senders = servers.flatMap((server) => {
    let left = count;
    return Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) answers.push(await request(server, account));
    });
  });
  await Promise.all(senders);
  return answers;
}

const passedOf = (answers: readonly Answered[]) => answers.filter(({ passed }) => passed);

/** How many passed of requests that began within less than one window: no second window has any part in them. */
function countOf(answers: readonly Answered[]): number {
  const lasted = Math.max(...answers.map(({ receivedAt }) => receivedAt)) - Math.min(...answers.map(({ sentAt }) => sentAt));
  assert.ok(lasted < WINDOW_MS, `this machine took ${lasted} ms for what has to happen within a window`);
  return passedOf(answers).length;
}

/**
 * A request was decided at some moment between its sending and its answer. No 5 seconds have more passes in them than the limit,
 * and before each refusal there are as many passes in 5 seconds as the limit says.
 */
function assertExact(answers: readonly Answered[]): void {
  const passes = passedOf(answers).toSorted((a, b) => a.sentAt - b.sentAt);
  for (const first of passes) {
    const within = passes.filter(({ sentAt, receivedAt }) => sentAt >= first.sentAt && receivedAt < first.sentAt + WINDOW_MS);
    assert.ok(within.length <= LIMIT, `${within.length} passed in 5 seconds`);
  }
  for (const refused of answers.filter(({ passed }) => !passed)) {
    const before = passes.filter(
      ({ sentAt, receivedAt }) => receivedAt > refused.sentAt - WINDOW_MS && sentAt < refused.receivedAt,
    );
    assert.ok(before.length >= LIMIT, `refused after only ${before.length}`);
  }
}

describe('the request limit over two processes', () => {
  let postgres: Postgres;
  let redis: Redis;
  let servers: RingdownProcess[] = [];

  async function startServers(name: string, env: Readonly<Record<string, string>>): Promise<void> {
    for (const node of ['a', 'b']) {
      servers.push(
        await startServer({
          name: `${name}-${node}`,
          config: { accounts },
          env: { DATABASE_URL: postgres.url, RINGDOWN_INSTANCE_KEY: INSTANCE_KEY, ...env },
        }),
      );
    }
  }

  async function stopServers(): Promise<void> {
    await Promise.all(servers.map((server) => server.dispose()));
    servers = [];
  }

  /** The state that `/healthz` shows, which a request of an account of its own lets come about. */
  const redisIs = (server: RingdownProcess, state: string) =>
    eventually(`redis: ${state}`, async () => {
      await request(server, 'probe');
      const reply = await call(server, '/healthz', { anonymous: true });
      assert.equal(reply.status, 200);
      return reply.json.redis === state || undefined;
    });

  before(async () => {
    postgres = await Postgres.create();
    redis = await Redis.create();
    await startServers('shared-limits', { REDIS_URL: redis.url });
  });
  after(async () => {
    await stopServers();
    redis.thaw();
    await redis.kill();
    await postgres.dispose();
  });

  it('with Redis 300 pass of what both are asked at once, and the rest is told when to come back', async () => {
    for (const server of servers) await redisIs(server, 'up');
    const answers = await burst(servers, 'shared', 300);
    assert.equal(countOf(answers), LIMIT);
    for (const server of servers) assert.ok(passedOf(answers).some((answer) => answer.server === server));
  });

  it('with Redis it holds in every 5 seconds of a long flood', async () => {
    const end = performance.now() + 3 * WINDOW_MS;
    const answers: Answered[] = [];
    await Promise.all(
      servers.flatMap((server) =>
        Array.from({ length: 3 }, async () => {
          while (performance.now() < end) {
            answers.push(await request(server, 'flood'));
            await sleep(10 * Math.random());
          }
        }),
      ),
    );
    assertExact(answers);
    assert.ok(passedOf(answers).length >= 3 * LIMIT, `${passedOf(answers).length} passed in three windows`);
  });

  it('when Redis is killed each process goes on with what it has let pass itself, and Redis is used again when it is back', async () => {
    const answers = [...(await burst(servers, 'killed', 50))];
    assert.equal(countOf(answers), 100);
    await redis.kill();
    answers.push(...(await burst(servers, 'killed', 350)));
    assert.equal(countOf(answers), 2 * LIMIT);
    for (const server of servers) {
      assert.equal(passedOf(answers).filter((answer) => answer.server === server).length, LIMIT);
      assert.match(await server.logText(), /"level":40.*Redis does not answer: this node counts requests by itself/);
      await redisIs(server, 'away');
    }
    await redis.start();
    for (const server of servers) await redisIs(server, 'up');
    assert.equal(countOf(await burst(servers, 'back', 300)), LIMIT);
  });

  it('when Redis freezes no request hangs, and it is used again when it goes on', async () => {
    redis.freeze();
    const answers = await burst(servers, 'frozen', 350);
    redis.thaw();
    assert.equal(countOf(answers), 2 * LIMIT);
    const slow = answers.filter(({ sentAt, receivedAt }) => receivedAt - sentAt > 500);
    assert.ok(slow.length <= 2 * AT_ONCE, `${slow.length} requests waited for Redis`);
    assert.ok(slow.every(({ sentAt, receivedAt }) => receivedAt - sentAt < 2_500));
    for (const server of servers) await redisIs(server, 'up');
  });

  it('without Redis each process lets 300 pass', async () => {
    await stopServers();
    await startServers('own-limits', {});
    const answers = await burst(servers, 'alone', 350);
    assert.equal(countOf(answers), 2 * LIMIT);
    for (const server of servers) {
      const own = answers.filter((answer) => answer.server === server);
      assert.equal(passedOf(own).length, LIMIT);
      assertExact(own);
    }
  });
});
