import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { VirtualClock } from '../../testkit/virtual-clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import type { HttpRequest, HttpResult, HttpSender } from './http-client.ts';
import { messagingPolicy, voicePolicy } from './retry-schedule.ts';
import type { WebhookJob } from './webhook.ts';
import type { AttemptRecord, ClaimedWebhook, Disposition } from './webhook-store.ts';

/** The table, in memory: what is due is handed out once. */
class FakeStore {
  readonly attempts: AttemptRecord[] = [];
  readonly ended: Disposition[] = [];
  readonly renewed: string[] = [];
  readonly queue = new Map<string, ClaimedWebhook & { dueAt: number }>();
  failures = 0;

  async releaseEarlierEpochs(): Promise<number> {
    return 0;
  }

  async claim(limit: number, now: number): Promise<ClaimedWebhook[]> {
    const due = [...this.queue.values()].filter(({ dueAt }) => dueAt <= now).slice(0, limit);
    for (const { job } of due) this.queue.delete(job.id);
    return due;
  }

  async renew(jobs: readonly WebhookJob[]): Promise<void> {
    this.renewed.push(...jobs.map(({ id }) => id));
  }

  async record(attempts: readonly AttemptRecord[], dispositions: readonly Disposition[]): Promise<void> {
    if (this.failures > 0) {
      this.failures--;
      throw new Error('connection terminated');
    }
    this.attempts.push(...attempts);
    for (const disposition of dispositions) {
      if (disposition.kind === 'ended') this.ended.push(disposition);
      else this.queue.set(disposition.job.id, disposition);
    }
  }
}

/** A network on the virtual clock: each host answers as its function says. */
class FakeHttp implements HttpSender {
  readonly sent: { at: number; host: string; request: HttpRequest }[] = [];
  readonly #clock: VirtualClock;
  readonly hosts: Record<string, { after: number; status?: number; failure?: 'connect' | 'response' | 'partial' }>;

  constructor(clock: VirtualClock, hosts: FakeHttp['hosts']) {
    this.#clock = clock;
    this.hosts = hosts;
  }

  async request(request: HttpRequest): Promise<HttpResult> {
    const startedAt = this.#clock.now();
    const host = request.url.hostname;
    this.sent.push({ at: startedAt, host, request });
    const behaviour = this.hosts[host] ?? { after: 0, status: 200 };
    const totalMs = Math.min(behaviour.after, request.totalTimeoutMs);
    await this.#clock.sleep(totalMs);
    const times = { startedAt, connectedMs: 0, firstByteMs: totalMs, totalMs };
    if (behaviour.failure) return { kind: 'failure', failure: behaviour.failure, reason: 'dead', status: null, times };
    return { kind: 'answer', status: behaviour.status ?? 200, headers: {}, body: Buffer.alloc(0), truncated: false, times };
  }
}

const random = createSystemRandom();

async function setUp(hosts: FakeHttp['hosts'], options: Partial<DispatcherOptions> = {}) {
  const clock = new VirtualClock();
  const ids = createIds(clock, random);
  const store = new FakeStore();
  const http = new FakeHttp(clock, hosts);
  const start = clock.now();
  const dispatcher = new Dispatcher({
    store,
    http,
    signer: () => ({}),
    kinds: new Map([
      ['message', { policy: () => messagingPolicy }],
      ['voice', { policy: voicePolicy }],
    ]),
    clock,
    log: silentLog,
    holder: { node: 'a', epoch: 1 },
    ...options,
  });
  await dispatcher.start();
  await clock.advance(0);
  const job = (url: string, kind = 'message', subjectId = ids.uuid()): WebhookJob => ({
    id: ids.uuid(),
    accountId: 'MA',
    subjectId,
    kind,
    url,
    method: 'POST',
    payload: { form: { a: '1' } },
    sensitive: [],
    createdAt: clock.now(),
  });
  const send = (...jobs: WebhookJob[]) => dispatcher.handOver(dispatcher.admit(jobs));
  const seconds = () => http.sent.map(({ at }) => Math.round((at - start) / 1_000));
  return { clock, store, http, dispatcher, job, send, seconds, start };
}

describe('schedule', () => {
  it('of messaging repeats 60, 120 and 240 seconds after the end of the attempt before', async () => {
    const { clock, store, job, send, seconds, dispatcher } = await setUp({ dead: { after: 8_000, failure: 'response' } });
    send(job('http://dead/'));
    await clock.advance(600_000);
    const [, second = 0, third = 0, fourth = 0] = seconds();
    assert.equal(seconds().length, 4);
    // What is due is found by the next poll, up to a second later.
    assert.ok(second >= 68 && second <= 70, `second attempt at ${second} s`);
    assert.ok(third - second >= 128 && third - second <= 130);
    assert.ok(fourth - third >= 248 && fourth - third <= 250);
    assert.deepEqual(
      store.attempts.map(({ attempt, nextAttemptAt }) => [attempt, nextAttemptAt === null]),
      [
        [1, false],
        [2, false],
        [3, false],
        [4, true],
      ],
    );
    assert.equal(store.ended.length, 1);
    await stopped(dispatcher, clock);
  });

  it('of voice repeats at once as the fragment says, and ends with its total time', async () => {
    const { clock, store, http, job, send, dispatcher } = await setUp({
      dead: { after: 1_000, failure: 'response' },
      busy: { after: 0, status: 503 },
    });
    send(job('http://dead/#rc=5&tt=2500', 'voice'), job('http://busy/', 'voice'), job('http://busy/#rp=5xx&rc=3', 'voice'));
    await clock.advance(20_000);
    assert.deepEqual(
      http.sent.filter(({ host }) => host === 'dead').map(({ request }) => request.totalTimeoutMs),
      [2_500, 1_500, 500],
    );
    assert.equal(http.sent.filter(({ host }) => host === 'busy').length, 1 + 4);
    assert.equal(store.ended.length, 3);
    await stopped(dispatcher, clock);
  });
});

describe('a dead server', () => {
  it('takes no time from a quick one beside it', async () => {
    const { clock, http, job, send, dispatcher, start } = await setUp({
      dead: { after: 8_000, failure: 'response' },
      quick: { after: 10 },
    });
    const jobs = Array.from({ length: 400 }, (_, n) => job(n % 2 === 0 ? 'http://dead/' : 'http://quick/'));
    send(...jobs);
    await clock.advance(600);
    const quick = http.sent.filter(({ host }) => host === 'quick');
    assert.equal(quick.length, 200);
    assert.ok(quick.every(({ at }) => at - start <= 300));
    await stopped(dispatcher, clock);
  });

  it('that is down holds up nothing that another server is to hear of the same subject', async () => {
    const { clock, http, job, send, dispatcher } = await setUp({
      dead: { after: 10, failure: 'connect' },
      quick: { after: 10 },
    });
    send(...Array.from({ length: 20 }, () => job('http://dead/', 'voice')));
    await clock.advance(500);
    const first = job('http://dead/', 'voice');
    const rest = ['http://dead/', 'http://dead/', 'http://quick/'].map((url) => job(url, 'voice', first.subjectId));
    send(first, ...rest);
    await clock.advance(100);
    assert.equal(http.sent.filter(({ host }) => host === 'quick').length, 1);
    await stopped(dispatcher, clock);
  });

  it('is probed by single requests, whose failure counts for all who wait', async () => {
    const { clock, store, http, job, send, dispatcher } = await setUp({ dead: { after: 100, failure: 'connect' } });
    send(...Array.from({ length: 500 }, () => job('http://dead/')));
    await clock.advance(50_000);
    assert.ok(http.sent.length <= 20, `${http.sent.length} requests`);
    assert.equal(store.queue.size, 500);
    assert.ok([...store.queue.values()].every(({ attempts }) => attempts === 1));
    assert.ok(dispatcher.counts.skippedAttempts >= 480);
    assert.ok(store.attempts.some(({ error }) => error === 'not tried, http://dead does not answer: dead'));
    await clock.advance(600_000);
    assert.equal(store.ended.length, 500);
    await stopped(dispatcher, clock);
  });

  it('gets everything once it is back', async () => {
    const { clock, store, http, job, send, dispatcher } = await setUp({ dead: { after: 100, failure: 'connect' } });
    send(...Array.from({ length: 50 }, () => job('http://dead/')));
    await clock.advance(30_000);
    http.hosts.dead = { after: 5, status: 200 };
    await clock.advance(120_000);
    assert.equal(store.ended.length, 50);
    assert.ok(store.ended.every((disposition) => disposition.kind === 'ended' && disposition.result === 'delivered'));
    assert.equal(dispatcher.gauges.openCircuits, 0);
    await stopped(dispatcher, clock);
  });
});

describe('a request that cannot be signed', () => {
  it('is tried again later, and says nothing about the server', async () => {
    let broken = true;
    const signer = () => {
      if (broken) throw new Error('database restarts');
      return {};
    };
    const { clock, store, http, job, send, dispatcher } = await setUp({}, { signer });
    send(...Array.from({ length: 20 }, () => job('http://quick/', 'voice')));
    await clock.advance(1_000);
    assert.equal(dispatcher.gauges.openCircuits, 0);
    assert.equal(http.sent.length, 0);
    broken = false;
    await clock.advance(6_000);
    assert.equal(http.sent.length, 20);
    assert.equal(store.ended.length, 20);
    await stopped(dispatcher, clock);
  });
});

describe('leases', () => {
  it('are renewed while a job waits in memory', async () => {
    const { clock, store, job, send, dispatcher } = await setUp({ slow: { after: 7_900 } }, { limits: { requestsPerHost: 1 } });
    const jobs = Array.from({ length: 12 }, () => job('http://slow/'));
    send(...jobs);
    await clock.advance(80_000);
    assert.ok(store.renewed.includes(jobs.at(-1)?.id ?? ''));
    await stopped(dispatcher, clock);
  });
});

describe('outcomes', () => {
  it('are written again until the database takes them', async () => {
    const { clock, store, job, send, dispatcher } = await setUp({});
    store.failures = 3;
    send(job('http://quick/'), job('http://quick/'));
    await clock.advance(2_900);
    assert.equal(store.ended.length, 0);
    assert.equal(dispatcher.gauges.inHand, 2);
    await clock.advance(1_000);
    assert.equal(store.ended.length, 2);
    assert.equal(dispatcher.gauges.inHand, 0);
    await stopped(dispatcher, clock);
  });
});

describe('subjects', () => {
  it('do not wait for the retries of an earlier webhook', async () => {
    const { clock, http, job, send, dispatcher } = await setUp({ busy: { after: 100, status: 500 } });
    const first = job('http://busy/');
    send(first, job('http://quick/', 'message', first.subjectId));
    await clock.advance(99);
    assert.equal(http.sent.length, 1);
    await clock.advance(2);
    assert.equal(http.sent.length, 2);
    await stopped(dispatcher, clock);
  });
});

/** Stops and checks that no timer stays behind. */
async function stopped(dispatcher: Dispatcher, clock: VirtualClock): Promise<void> {
  const done = dispatcher.stop(0);
  await clock.advance(0);
  await done;
  await clock.advance(10_000); // requests of the fake network end
  assert.equal(clock.pending, 0);
}
