/**
 * Webhooks per second and processor time per webhook, from the insertion in the database to the recorded outcome, beside plain
 * undici posting the same to the same server without a database. Servers run in threads whose time is not counted, nor is that
 * of Postgres.
 *
 *   node bench/webhooks.ts [webhooks] [hosts]
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { Dispatcher } from '../src/delivery/dispatcher.ts';
import { HttpClient } from '../src/delivery/http-client.ts';
import { messagingPolicy } from '../src/delivery/retry-schedule.ts';
import { TargetGuard } from '../src/delivery/target-guard.ts';
import type { WebhookJob } from '../src/delivery/webhook.ts';
import { insertWebhooks, WebhookStore } from '../src/delivery/webhook-store.ts';
import { messageStatusParams } from '../src/plivo/callbacks/message-status.ts';
import { createNonce, signatureHeaders } from '../src/plivo/callbacks/signatures.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { createIds } from '../src/runtime/ids.ts';
import { createSystemRandom } from '../src/runtime/random.ts';
import { createPartitions } from '../src/storage/partitions.ts';
import { silentLog } from '../testkit/silent-log.ts';
import { createTestDatabase } from '../testkit/test-database.ts';

const BATCH = 100; // as many as the messaging engine writes in one commit under load
const WARM_UP = 2_000;

function serve(): void {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1', () => {
    const address: AddressInfo | string | null = server.address();
    parentPort?.postMessage(typeof address === 'object' ? address?.port : 0);
  });
}

/** Servers that differ in their port count as different hosts; one thread serves each. */
async function startServers(count: number): Promise<{ workers: Worker[]; ports: number[] }> {
  const workers = Array.from({ length: count }, () => new Worker(new URL(import.meta.url)));
  const ports = await Promise.all(workers.map((worker) => new Promise<number>((resolve) => worker.once('message', resolve))));
  return { workers, ports };
}

interface Measurement {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure(count: number, work: (count: number) => Promise<void>): Promise<Measurement> {
  await work(Math.min(WARM_UP, count));
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  await work(count);
  const seconds = (performance.now() - start) / 1_000;
  const used = process.threadCpuUsage(cpu);
  return { perSecond: count / seconds, cpuMicros: (used.user + used.system) / count };
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 20_000);
  const hosts = Number(process.argv[3] ?? 4);
  const { workers, ports } = await startServers(hosts);
  const random = createSystemRandom();
  const ids = createIds(systemClock, random);
  const makeJob = (n: number): WebhookJob => {
    const id = ids.uuid();
    const now = systemClock.now();
    const form = messageStatusParams({
      messageId: id,
      from: '+14155550100',
      to: '+14155550123',
      redactTo: false,
      type: 'sms',
      status: 'delivered',
      errorCode: '000',
      units: 1,
      totalRate: '0.00250',
      totalAmount: '0.00250',
      mcc: '310',
      mnc: '004',
      sequence: 3,
      messageTime: now,
      queuedTime: now,
      sentTime: now,
      deliveryReportTime: now,
      powerpackId: null,
      requesterIp: '127.0.0.1',
      conversation: null,
    });
    const url = `http://127.0.0.1:${ports[n % hosts]}/status?tenant=${n % 10}`;
    return {
      id: ids.uuid(),
      accountId: 'MAEXAMPLEACCOUNT0001',
      subjectId: id,
      kind: 'message-status',
      url,
      method: 'POST',
      payload: { form },
      sensitive: [],
      createdAt: now,
    };
  };

  const pool = new Pool(`http://127.0.0.1:${ports[0]}`, { connections: 32, pipelining: 1 });
  const { payload } = makeJob(0);
  const form = 'form' in payload ? new URLSearchParams({ ...payload.form }).toString() : '';
  const plain = await measure(count, async (total) => {
    let sent = 0;
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (sent++ < total) {
          const { body } = await pool.request({
            path: '/status',
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: form,
          });
          await body.dump();
        }
      }),
    );
  });
  await pool.close();

  const database = await createTestDatabase();
  await createPartitions(database.storage.pool, systemClock.now());
  const holder = { node: 'bench', epoch: 1 };
  const http = new HttpClient({
    guard: new TargetGuard({ allowPrivateTargets: true, allowed: [] }, systemClock),
    clock: systemClock,
    userAgent: 'Ringdown/bench',
    connectionsPerHost: 32,
  });
  const dispatcher = new Dispatcher({
    store: new WebhookStore(database.storage.pool, holder),
    http,
    signer: (job, url, params) =>
      signatureHeaders({
        url,
        method: job.method,
        params,
        ownerTokens: ['o'.repeat(40)],
        mainTokens: ['m'.repeat(40)],
        nonce: createNonce(random),
      }),
    kinds: new Map([['message-status', { policy: () => messagingPolicy }]]),
    clock: systemClock,
    log: silentLog,
    holder,
  });
  await dispatcher.start();
  let made = 0;
  let done = 0;
  const durable = await measure(count, async (total) => {
    for (let from = 0; from < total; from += BATCH) {
      while (dispatcher.gauges.inHand > 2_000) await systemClock.sleep(1);
      const admission = dispatcher.admit(Array.from({ length: BATCH }, () => makeJob(made++)));
      await insertWebhooks(database.storage.pool, admission);
      dispatcher.handOver(admission);
    }
    done += total;
    while (dispatcher.counts.delivered + dispatcher.counts.failed < done || dispatcher.gauges.inHand > 0)
      await systemClock.sleep(2);
  });
  const { claimed, failed, attempts } = dispatcher.counts;
  await dispatcher.stop(1_000);
  await http.close();
  await database.close();
  await Promise.all(workers.map((worker) => worker.terminate()));

  const line = (name: string, { perSecond, cpuMicros }: Measurement) =>
    `${name.padEnd(48)} ${perSecond.toFixed(0).padStart(7)} /s ${cpuMicros.toFixed(0).padStart(6)} µs CPU each`;
  process.stdout.write(`${line('undici, one host, nothing stored', plain)}\n`);
  process.stdout.write(`${line(`durable, signed, ordered, ${hosts} hosts`, durable)}\n`);
  process.stdout.write(
    `ratio ${(durable.perSecond / plain.perSecond).toFixed(2)}, attempts ${attempts}, failed ${failed}, through the table ${claimed}\n`,
  );
}

if (isMainThread) await main();
else serve();
