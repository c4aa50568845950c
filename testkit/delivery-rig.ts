import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Dispatcher, type DispatcherLimits, type WebhookKind } from '../src/delivery/dispatcher.ts';
import { HttpClient } from '../src/delivery/http-client.ts';
import { type DeliveryPolicy, messagingPolicy } from '../src/delivery/retry-schedule.ts';
import { TargetGuard } from '../src/delivery/target-guard.ts';
import type { WebhookJob, WebhookOutcome } from '../src/delivery/webhook.ts';
import { insertWebhooks, WebhookStore } from '../src/delivery/webhook-store.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createIds } from '../src/runtime/ids.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { silentLog } from './silent-log.ts';
import { type StoredWebhook, webhooksOfSubject } from './stored-webhooks.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { WebhookTarget } from './webhook-target.ts';

const ids = createIds(systemClock, createSystemRandom());
/** The messaging schedule, hurried. */
export const quickPolicy: DeliveryPolicy = {
  ...messagingPolicy,
  connectTimeoutMs: 400,
  readTimeoutMs: 400,
  attemptTimeoutMs: 400,
  retryDelaysMs: [30, 60, 90],
};

export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
    await delay(10);
  }
}

/** Webhook dispatchers on a database of their own, with a customer's server to send to. Made by `useDeliveryRig` for a test file. */
export class DeliveryRig {
  readonly database: TestDatabase;
  readonly http: HttpClient;
  readonly target: WebhookTarget;
  /** What the handler of the kind `test` has been told. */
  readonly outcomes: { job: WebhookJob; outcome: WebhookOutcome }[] = [];
  readonly #running: Dispatcher[] = [];

  constructor(database: TestDatabase, http: HttpClient, target: WebhookTarget) {
    this.database = database;
    this.http = http;
    this.target = target;
  }

  readonly recordOutcome = async (job: WebhookJob, outcome: WebhookOutcome): Promise<void> => {
    this.outcomes.push({ job, outcome });
  };

  dispatcher(
    options: { epoch?: number; node?: string; limits?: Partial<DispatcherLimits>; kind?: Partial<WebhookKind> } = {},
  ): Dispatcher {
    const holder = { node: options.node ?? 'node-a', epoch: options.epoch ?? 1 };
    const made = new Dispatcher({
      store: new WebhookStore(this.database.storage.pool, holder),
      http: this.http,
      signer: (job) => ({ 'X-Signed': job.id }),
      kinds: new Map([['test', { policy: () => quickPolicy, onOutcome: this.recordOutcome, ...options.kind }]]),
      clock: systemClock,
      log: silentLog,
      holder,
      ...(options.limits ? { limits: options.limits } : {}),
    });
    this.#running.push(made);
    return made;
  }

  job(overrides: Partial<WebhookJob> = {}): WebhookJob {
    return {
      id: ids.uuid(),
      accountId: 'MAEXAMPLEACCOUNT0001',
      subjectId: ids.uuid(),
      kind: 'test',
      url: this.target.url('/hook'),
      method: 'POST',
      payload: { form: { Status: 'sent', Text: 'Zürich & more' } },
      sensitive: [],
      createdAt: Date.now(),
      ...overrides,
    };
  }

  /** Stores the jobs and hands them over, as the domain does. */
  async send(sender: Dispatcher, jobs: readonly WebhookJob[]): Promise<void> {
    const admission = sender.admit(jobs);
    await insertWebhooks(this.database.storage.pool, admission);
    sender.handOver(admission);
  }

  /** Starts it and waits until it has taken what the table held before. */
  async caughtUp(sender: Dispatcher): Promise<void> {
    await sender.start();
    await until(() => sender.admit([this.job()]).webhooks[0]?.leased === true);
  }

  async stored(subjectId: string): Promise<StoredWebhook> {
    const [webhook] = await webhooksOfSubject(this.database.storage.pool, subjectId);
    assert.ok(webhook);
    return webhook;
  }

  /** Waits until all have left the queue. */
  async ended(...jobs: WebhookJob[]): Promise<StoredWebhook[]> {
    await until(async () => {
      const { rows } = await this.database.storage.pool.query('select id from webhook_queue where id = any($1)', [
        jobs.map(({ id }) => id),
      ]);
      return rows.length === 0;
    });
    return Promise.all(jobs.map(({ subjectId }) => this.stored(subjectId)));
  }

  async stop(): Promise<void> {
    for (const dispatcher of this.#running.splice(0)) await dispatcher.stop(1_000);
    await this.http.close();
    await this.target.stop();
    await this.database.storage.pool.query('truncate webhooks, webhook_attempts, webhook_queue');
  }
}

/** One database for the tests of the file; `take` is given a fresh rig before each of them. */
export function useDeliveryRig(take: (rig: DeliveryRig) => void): void {
  let database: TestDatabase;
  let rig: DeliveryRig;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    const guard = new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock);
    const http = new HttpClient({ guard, clock: systemClock, userAgent: 'Ringdown/test', connectionsPerHost: 32 });
    rig = new DeliveryRig(database, http, await WebhookTarget.start());
    take(rig);
  });
  afterEach(() => rig.stop());
}
