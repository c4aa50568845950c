import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { WebhookTarget } from '../../testkit/webhook-target.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { silentLog } from '../runtime/log.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { Dispatcher, type DispatcherLimits, type WebhookKind } from './dispatcher.ts';
import { HttpClient } from './http-client.ts';
import { type DeliveryPolicy, messagingPolicy } from './retry-schedule.ts';
import { TargetGuard } from './target-guard.ts';
import type { WebhookJob, WebhookOutcome } from './webhook.ts';
import { insertWebhooks, type StoredWebhook, WebhookStore, webhooksOfSubject } from './webhook-store.ts';

const ids = createIds(systemClock, createSystemRandom());
/** The messaging schedule, hurried. */
const quick: DeliveryPolicy = {
  ...messagingPolicy,
  connectTimeoutMs: 400,
  readTimeoutMs: 400,
  attemptTimeoutMs: 400,
  retryDelaysMs: [30, 60, 90],
};

let database: TestDatabase;
let http: HttpClient;
let target: WebhookTarget;
const running: Dispatcher[] = [];
const outcomes: { job: WebhookJob; outcome: WebhookOutcome }[] = [];

before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());
beforeEach(async () => {
  outcomes.length = 0;
  target = await WebhookTarget.start();
  const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
  http = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 32 });
});
afterEach(async () => {
  for (const dispatcher of running.splice(0)) await dispatcher.stop(1_000);
  await http.close();
  await target.stop();
  await database.storage.pool.query('truncate webhooks, webhook_attempts, webhook_queue');
});

const recordOutcome = async (job: WebhookJob, outcome: WebhookOutcome) => {
  outcomes.push({ job, outcome });
};

function dispatcher(
  options: { epoch?: number; node?: string; limits?: Partial<DispatcherLimits>; kind?: Partial<WebhookKind> } = {},
): Dispatcher {
  const holder = { node: options.node ?? 'node-a', epoch: options.epoch ?? 1 };
  const made = new Dispatcher({
    store: new WebhookStore(database.storage.pool, holder),
    http,
    signer: (job) => ({ 'X-Signed': job.id }),
    kinds: new Map([['test', { policy: () => quick, onOutcome: recordOutcome, ...options.kind }]]),
    clock: systemClock,
    log: silentLog,
    holder,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  running.push(made);
  return made;
}

function job(overrides: Partial<WebhookJob> = {}): WebhookJob {
  return {
    id: ids.uuid(),
    accountId: 'MAEXAMPLEACCOUNT0001',
    subjectId: ids.uuid(),
    kind: 'test',
    url: target.url('/hook'),
    method: 'POST',
    payload: { form: { Status: 'sent', Text: 'Zürich & more' } },
    sensitive: [],
    createdAt: Date.now(),
    ...overrides,
  };
}

async function send(sender: Dispatcher, jobs: readonly WebhookJob[]): Promise<void> {
  const admission = sender.admit(jobs);
  await insertWebhooks(database.storage.pool, admission);
  sender.handOver(admission);
}

async function caughtUp(sender: Dispatcher): Promise<void> {
  await sender.start();
  await until(() => sender.admit([job()]).webhooks[0]?.leased === true);
}

async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
    await delay(10);
  }
}

async function stored(subjectId: string): Promise<StoredWebhook> {
  const [webhook] = await webhooksOfSubject(database.storage.pool, subjectId);
  assert.ok(webhook);
  return webhook;
}

async function ended(...jobs: WebhookJob[]): Promise<StoredWebhook[]> {
  await until(async () => {
    const { rows } = await database.storage.pool.query('select id from webhook_queue where id = any($1)', [
      jobs.map(({ id }) => id),
    ]);
    return rows.length === 0;
  });
  return Promise.all(jobs.map(({ subjectId }) => stored(subjectId)));
}

describe('a webhook', () => {
  it('is sent right after its commit, signed, and told to its handler with the answer', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    target.respond = (_, response) => response.setHeader('content-type', 'text/xml').end('<Response/>');
    const one = job({ url: target.url('/hook?tenant=7&x=a%20b#ct=500') });
    await send(sender, [one]);
    const [webhook] = await ended(one);
    assert.equal(sender.counts.handedOver, 1);
    const [received] = target.received;
    assert.equal(received?.method, 'POST');
    assert.equal(received?.path, '/hook?tenant=7&x=a%20b');
    assert.equal(received?.body, 'Status=sent&Text=Z%C3%BCrich+%26+more');
    assert.equal(received?.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(received?.headers['user-agent'], 'Ringdown/test');
    assert.equal(received?.headers['x-signed'], one.id);
    const outcome = outcomes[0]?.outcome;
    assert.ok(outcome?.kind === 'delivered');
    assert.deepEqual([outcome.status, outcome.contentType, outcome.body.toString()], [200, 'text/xml', '<Response/>']);
    assert.equal(webhook?.result, 'delivered');
    const [attempt] = webhook?.attempts ?? [];
    assert.deepEqual([attempt?.attempt, attempt?.status, attempt?.error, attempt?.response], [1, 200, null, '<Response/>']);
    assert.equal(attempt?.nextAttemptAt, null);
  });

  it('with GET has its parameters added to the query of its URL', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    const jobs = [
      job({ method: 'GET', url: target.url('/hook?tenant=7') }),
      job({ method: 'GET', payload: { json: { api_id: 'a', n: 1, list: [1] } } }),
    ];
    await send(sender, jobs);
    await ended(...jobs);
    const paths = target.received.map(({ path, body }) => path + body).sort();
    assert.deepEqual(paths, ['/hook?api_id=a&n=1&list=%5B1%5D', '/hook?tenant=7&Status=sent&Text=Z%C3%BCrich+%26+more']);
  });

  it('may carry JSON, and never credentials', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    const one = job({ payload: { json: { message: 'ok' } }, url: target.url('/hook').replace('//', '//user:secret@') });
    await send(sender, [one]);
    await ended(one);
    assert.equal(target.received[0]?.body, '{"message":"ok"}');
    assert.equal(target.received[0]?.headers['content-type'], 'application/json');
    assert.equal(target.received[0]?.headers.authorization, undefined);
  });

  it('is repeated while the server answers 500, and ends with the first 200', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    target.respond = (_, response) => {
      response.statusCode = target.received.length < 3 ? 500 : 200;
      response.end('busy');
    };
    const one = job();
    await send(sender, [one]);
    const [webhook] = await ended(one);
    assert.deepEqual(
      webhook?.attempts.map(({ attempt, status, error }) => [attempt, status, error]),
      [
        [1, 500, 'answered with status 500'],
        [2, 500, 'answered with status 500'],
        [3, 200, null],
      ],
    );
    assert.equal(webhook?.result, 'delivered');
    assert.equal(outcomes.length, 1);
  });

  it('has failed after the last attempt, and its handler is told why', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    target.respond = (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    const one = job();
    await send(sender, [one]);
    const [webhook] = await ended(one);
    assert.equal(webhook?.attempts.length, 4);
    assert.equal(webhook?.result, 'failed');
    assert.deepEqual(outcomes[0]?.outcome, { kind: 'failed', reason: 'answered with status 302' });
    assert.equal(target.received.length, 4);
  });

  it('waits in the table for a late retry, free for any node', async () => {
    const first = dispatcher({ kind: { policy: () => ({ ...quick, retryDelaysMs: [3_000] }) } });
    await caughtUp(first);
    target.respond = (_, response) => {
      response.statusCode = target.received.length === 1 ? 503 : 200;
      response.end();
    };
    const one = job();
    await send(first, [one]);
    await until(async () => (await stored(one.subjectId)).attempts.length === 1);
    const { rows } = await database.storage.pool.query('select node, attempts from webhook_queue');
    assert.deepEqual(rows, [{ node: null, attempts: 1 }]);
    await first.stop(100);
    await database.storage.pool.query('update webhook_queue set due_at = now()');
    const second = dispatcher({ node: 'node-b' });
    await second.start();
    const [webhook] = await ended(one);
    assert.deepEqual(
      webhook?.attempts.map(({ attempt, status }) => [attempt, status]),
      [
        [1, 503],
        [2, 200],
      ],
    );
  });

  it('keeps nothing of sensitive parameters nor of the answer once it has ended', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    target.respond = (_, response) => response.end('you said: Zürich');
    const one = job({ sensitive: ['Text'] });
    await send(sender, [one]);
    const [webhook] = await ended(one);
    assert.equal(target.received[0]?.params.Text, 'Zürich & more');
    assert.deepEqual(webhook?.payload, { form: { Status: 'sent', Text: '***' } });
    assert.equal(webhook?.attempts[0]?.response, null);
  });

  it('survives any character in its parameters and in the answer', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    target.respond = (_, response) => response.end(Buffer.from([0, 0xff, 0x41]));
    const text = 'nul \u0000 half \uD83D quote \' " \\ end';
    const one = job({ payload: { form: { Text: text } } });
    await send(sender, [one]);
    const [webhook] = await ended(one);
    assert.equal(target.received[0]?.params.Text, text.toWellFormed());
    assert.deepEqual(webhook?.payload, { form: { Text: text } });
    assert.equal(webhook?.attempts[0]?.response, '\uFFFD\uFFFDA');
  });

  it('to something that is not a URL fails without harm to the others', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    const jobs = [job({ url: 'not a url' }), job()];
    await send(sender, jobs);
    const [bad, good] = await ended(...jobs);
    assert.equal(bad?.result, 'failed');
    assert.equal(bad?.attempts[0]?.error, 'not a URL');
    assert.equal(good?.result, 'delivered');
  });

  it('is told to a handler again that failed, before it is recorded as ended', async () => {
    let calls = 0;
    const sender = dispatcher({
      kind: {
        onOutcome: async () => {
          if (++calls === 1) throw new Error('database restarts');
        },
      },
    });
    await caughtUp(sender);
    const one = job();
    await send(sender, [one]);
    await until(() => calls === 1);
    assert.equal((await stored(one.subjectId)).result, null);
    await ended(one);
    assert.equal(calls, 2);
    assert.equal(target.received.length, 1);
  });
});

describe('webhooks of one subject', () => {
  it('begin in their order, however slow the first is', async () => {
    const sender = dispatcher();
    await caughtUp(sender);
    const subjectId = ids.uuid();
    target.respond = (request, response) => {
      setTimeout(() => response.end(), request.params.n === '0' ? 150 : 0);
    };
    const jobs = Array.from({ length: 5 }, (_, n) => job({ subjectId, payload: { form: { n: String(n) } } }));
    for (const one of jobs) await send(sender, [one]);
    await target.receive(5);
    assert.deepEqual(
      target.received.map(({ params }) => params.n),
      ['0', '1', '2', '3', '4'],
    );
    assert.ok((target.received[1]?.at ?? 0) - (target.received[0]?.at ?? 0) >= 140);
  });

  it('keep it through the table, also when two nodes claim', async () => {
    const subjects = Array.from({ length: 20 }, () => ids.uuid());
    const jobs = Array.from({ length: 5 }, (_, n) =>
      subjects.map((subjectId) => job({ subjectId, payload: { form: { n: String(n), subject: subjectId } } })),
    ).flat();
    await insertWebhooks(database.storage.pool, dispatcher().admit(jobs));
    const nodes = [dispatcher({ node: 'node-a' }), dispatcher({ node: 'node-b' })];
    await Promise.all(nodes.map((node) => node.start()));
    await target.receive(100, 20_000);
    for (const subject of subjects) {
      const order = target.received.filter(({ params }) => params.subject === subject).map(({ params }) => params.n);
      assert.deepEqual(order, ['0', '1', '2', '3', '4']);
    }
    assert.equal(target.received.length, 100);
  });
});

describe('after a crash', () => {
  it('what this node had in hand is sent at once by its next start', async () => {
    const dead = dispatcher({ epoch: 1 });
    await caughtUp(dead);
    const one = job();
    await insertWebhooks(database.storage.pool, dead.admit([one])); // committed, never handed over
    await dead.stop(0);
    const { rows } = await database.storage.pool.query('select node, due_at > now() as leased from webhook_queue');
    assert.deepEqual(rows, [{ node: 'node-a', leased: true }]);
    const started = Date.now();
    await dispatcher({ epoch: 2 }).start();
    await ended(one);
    assert.ok(Date.now() - started < 2_000);
    assert.equal(target.received.length, 1);
  });

  it('what another node had in hand is sent when its lease ends', async () => {
    const dead = dispatcher({ node: 'node-b' });
    await caughtUp(dead);
    const one = job();
    await insertWebhooks(database.storage.pool, dead.admit([one]));
    await dispatcher().start();
    await delay(1_200);
    assert.equal(target.received.length, 0);
    await database.storage.pool.query('update webhook_queue set due_at = now()');
    await ended(one);
    assert.equal(target.received.length, 1);
  });
});

describe('a stopping dispatcher', () => {
  it('lets requests under way end and leaves the rest to the next', async () => {
    const sender = dispatcher({ limits: { requestsPerHost: 1 } });
    await caughtUp(sender);
    target.respond = (_, response) => {
      setTimeout(() => response.end(), 150);
    };
    const jobs = [job(), job(), job()];
    await send(sender, jobs);
    await target.receive(1);
    await sender.stop(1_000);
    assert.equal(target.received.length, 1);
    const { rows } = await database.storage.pool.query('select node, due_at <= now() as due, attempts from webhook_queue');
    assert.deepEqual(rows, [
      { node: null, due: true, attempts: 0 },
      { node: null, due: true, attempts: 0 },
    ]);
    assert.equal(outcomes.length, 1);
    await dispatcher().start();
    await ended(...jobs);
    assert.equal(target.received.length, 3);
  });
});

describe('a server that hangs', () => {
  it('slows down nobody else', async () => {
    const hanging = await WebhookTarget.start();
    hanging.respond = () => undefined;
    try {
      const sender = dispatcher({ kind: { policy: () => ({ ...messagingPolicy, attemptTimeoutMs: 2_000 }) } });
      await caughtUp(sender);
      const jobs = Array.from({ length: 400 }, (_, n) => job(n % 2 === 0 ? { url: hanging.url() } : {}));
      const started = performance.now();
      await send(sender, jobs);
      await target.receive(200);
      const took = performance.now() - started;
      assert.ok(took < 1_500, `200 webhooks took ${Math.round(took)} ms`);
      assert.ok(hanging.received.length <= 8, 'a server that has shown nothing yet gets few requests at once');
      await until(() => outcomes.length === 200);
      const delivered = await stored(jobs[1]?.subjectId ?? '');
      assert.ok((delivered.attempts[0]?.latencyMs ?? 0) < 1_000);
    } finally {
      await hanging.stop();
    }
  });
});

describe('more than memory may hold', () => {
  it('stays in the table and is sent from there, each once', async () => {
    const sender = dispatcher({ limits: { jobsInHand: 50, waitingPerHost: 20 } });
    await caughtUp(sender);
    const jobs = Array.from({ length: 600 }, () => job());
    for (let from = 0; from < jobs.length; from += 100) await send(sender, jobs.slice(from, from + 100));
    await target.receive(600, 20_000);
    await until(() => sender.gauges.inHand === 0);
    assert.equal(target.received.length, 600);
    assert.equal(new Set(target.received.map(({ headers }) => headers['x-signed'])).size, 600);
    assert.ok(sender.counts.claimed > 400);
  });
});
