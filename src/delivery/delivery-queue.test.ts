import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type DeliveryRig, until, useDeliveryRig } from '../../testkit/delivery-rig.ts';
import { WebhookTarget } from '../../testkit/webhook-target.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { messagingPolicy } from './retry-schedule.ts';
import { insertWebhooks } from './webhook-store.ts';

const ids = createIds(systemClock, createSystemRandom());
let rig: DeliveryRig;
useDeliveryRig((fresh) => {
  rig = fresh;
});

describe('webhooks of one subject', () => {
  it('begin in their order, however slow the first is', async () => {
    const sender = rig.dispatcher();
    await rig.caughtUp(sender);
    const subjectId = ids.uuid();
    rig.target.respond = (request, response) => {
      setTimeout(() => response.end(), request.params.n === '0' ? 150 : 0);
    };
    const jobs = Array.from({ length: 5 }, (_, n) => rig.job({ subjectId, payload: { form: { n: String(n) } } }));
    for (const one of jobs) await rig.send(sender, [one]);
    await rig.target.receive(5);
    assert.deepEqual(
      rig.target.received.map(({ params }) => params.n),
      ['0', '1', '2', '3', '4'],
    );
    assert.ok((rig.target.received[1]?.at ?? 0) - (rig.target.received[0]?.at ?? 0) >= 140);
  });

  it('keep it through the table, also when two nodes claim', async () => {
    const subjects = Array.from({ length: 20 }, () => ids.uuid());
    const jobs = Array.from({ length: 5 }, (_, n) =>
      subjects.map((subjectId) => rig.job({ subjectId, payload: { form: { n: String(n), subject: subjectId } } })),
    ).flat();
    await insertWebhooks(rig.database.storage.pool, rig.dispatcher().admit(jobs));
    const nodes = [rig.dispatcher({ node: 'node-a' }), rig.dispatcher({ node: 'node-b' })];
    await Promise.all(nodes.map((node) => node.start()));
    await rig.target.receive(100, 20_000);
    for (const subject of subjects) {
      const order = rig.target.received.filter(({ params }) => params.subject === subject).map(({ params }) => params.n);
      assert.deepEqual(order, ['0', '1', '2', '3', '4']);
    }
    assert.equal(rig.target.received.length, 100);
  });
});

describe('after a crash', () => {
  it('what this node had in hand is sent at once by its next start', async () => {
    const dead = rig.dispatcher({ epoch: 1 });
    await rig.caughtUp(dead);
    const one = rig.job();
    await insertWebhooks(rig.database.storage.pool, dead.admit([one])); // committed, never handed over
    await dead.stop(0);
    const { rows } = await rig.database.storage.pool.query('select node, due_at > now() as leased from webhook_queue');
    assert.deepEqual(rows, [{ node: 'node-a', leased: true }]);
    const started = Date.now();
    await rig.dispatcher({ epoch: 2 }).start();
    await rig.ended(one);
    assert.ok(Date.now() - started < 2_000);
    assert.equal(rig.target.received.length, 1);
  });

  it('what another node had in hand is sent when its lease ends', async () => {
    const dead = rig.dispatcher({ node: 'node-b' });
    await rig.caughtUp(dead);
    const one = rig.job();
    await insertWebhooks(rig.database.storage.pool, dead.admit([one]));
    await rig.dispatcher().start();
    await delay(1_200);
    assert.equal(rig.target.received.length, 0);
    await rig.database.storage.pool.query('update webhook_queue set due_at = now()');
    await rig.ended(one);
    assert.equal(rig.target.received.length, 1);
  });
});

describe('a stopping dispatcher', () => {
  it('lets requests under way end and leaves the rest to the next', async () => {
    const sender = rig.dispatcher({ limits: { requestsPerHost: 1 } });
    await rig.caughtUp(sender);
    rig.target.respond = (_, response) => {
      setTimeout(() => response.end(), 150);
    };
    const jobs = [rig.job(), rig.job(), rig.job()];
    await rig.send(sender, jobs);
    await rig.target.receive(1);
    await sender.stop(1_000);
    assert.equal(rig.target.received.length, 1);
    const { rows } = await rig.database.storage.pool.query('select node, due_at <= now() as due, attempts from webhook_queue');
    assert.deepEqual(rows, [
      { node: null, due: true, attempts: 0 },
      { node: null, due: true, attempts: 0 },
    ]);
    assert.equal(rig.outcomes.length, 1);
    await rig.dispatcher().start();
    await rig.ended(...jobs);
    assert.equal(rig.target.received.length, 3);
  });
});

describe('a server that hangs', () => {
  it('slows down nobody else', async () => {
    const hanging = await WebhookTarget.start();
    hanging.respond = () => undefined;
    try {
      const sender = rig.dispatcher({ kind: { policy: () => ({ ...messagingPolicy, attemptTimeoutMs: 2_000 }) } });
      await rig.caughtUp(sender);
      const jobs = Array.from({ length: 400 }, (_, n) => rig.job(n % 2 === 0 ? { url: hanging.url() } : {}));
      const started = performance.now();
      await rig.send(sender, jobs);
      await rig.target.receive(200);
      const took = performance.now() - started;
      assert.ok(took < 1_500, `200 webhooks took ${Math.round(took)} ms`);
      assert.ok(hanging.received.length <= 8, 'a server that has shown nothing yet gets few requests at once');
      await until(() => rig.outcomes.length === 200);
      const delivered = await rig.stored(jobs[1]?.subjectId ?? '');
      assert.ok((delivered.attempts[0]?.latencyMs ?? 0) < 1_000);
    } finally {
      await hanging.stop();
    }
  });
});

describe('more than memory may hold', () => {
  it('stays in the table and is sent from there, each once', async () => {
    const sender = rig.dispatcher({ limits: { jobsInHand: 50, waitingPerHost: 20 } });
    await rig.caughtUp(sender);
    const jobs = Array.from({ length: 600 }, () => rig.job());
    for (let from = 0; from < jobs.length; from += 100) await rig.send(sender, jobs.slice(from, from + 100));
    await rig.target.receive(600, 20_000);
    await until(() => sender.gauges.inHand === 0);
    assert.equal(rig.target.received.length, 600);
    assert.equal(new Set(rig.target.received.map(({ headers }) => headers['x-signed'])).size, 600);
    assert.ok(sender.counts.claimed > 400);
  });
});
