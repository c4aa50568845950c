import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { SharedState } from '../cluster/shared-state.ts';
import type { Ringdown } from '../ringdown.ts';
import type { Storage } from '../storage/storage.ts';

/** What is watched. */
export type Watched = Pick<Ringdown, 'messaging' | 'delivery' | 'voice'> & Pick<SharedState, 'redis'>;

/** A database that does not answer within this is not up. */
const PING_TIMEOUT_MS = 2_000;

/** `GET /healthz`: 200 when this node takes requests and its database answers. `GET /metrics`: Prometheus text. */
export function registerHealth(http: FastifyInstance, ringdown: Watched, storage: Storage): void {
  const { messaging, redis } = ringdown;
  /** Made when it is first asked for: an installation that nobody watches does without the library's 7 MB. */
  let metrics: Promise<Registry> | undefined;

  http.get('/healthz', async (_request, reply) => {
    const database = await Promise.race([
      storage.hot.query('select 1').then(
        () => 'up',
        () => 'down',
      ),
      new Promise<string>((resolve) => setTimeout(resolve, PING_TIMEOUT_MS, 'down').unref()),
    ]);
    const carriers = Object.fromEntries(messaging.carriers.all.map((carrier) => [carrier.name, carrier.health().state]));
    // Requests are served without Redis as well: it does not change the status.
    return reply
      .code(database === 'up' ? 200 : 503)
      .send({ status: database === 'up' ? 'ok' : 'unavailable', database, ...(redis && { redis: redis() }), carriers });
  });
  http.get('/metrics', async (_request, reply) => {
    metrics ??= import('./metrics.ts').then(({ createMetrics }) => createMetrics(ringdown));
    const registry = await metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
