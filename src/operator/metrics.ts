import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Watched } from './health.ts';

/** What Prometheus is told: the process, and the queues of this node. Read when it asks. */
export function createMetrics(ringdown: Watched): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { messaging, delivery, voice, redis } = ringdown;
  const gauges: [string, string, () => number][] = [
    ['ringdown_messages_in_hand', 'Messages of this node without an outcome', () => messaging.dispatcher.inHand.size],
    ['ringdown_messages_submitting', 'Messages being submitted to carriers', () => messaging.dispatcher.submitting],
    ['ringdown_webhooks_in_hand', 'Webhooks of this node that have not ended', () => delivery.gauges.inHand],
    ['ringdown_webhooks_in_flight', 'Webhook requests under way', () => delivery.gauges.inFlight],
    ['ringdown_calls_live', 'Legs of calls on this node', () => voice?.live.size ?? 0],
    ['ringdown_calls_waiting', 'Calls of the API that wait for their turn on this node', () => voice?.waiting ?? 0],
    ['ringdown_media_legs', 'RTP ports in use', () => voice?.mediaLegs ?? 0],
    ['ringdown_webhook_circuits_open', 'Customer servers that do not answer', () => delivery.gauges.openCircuits],
  ];
  if (redis) gauges.push(['ringdown_redis_up', 'Whether requests are counted over all nodes', () => (redis() === 'up' ? 1 : 0)]);
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }
  new Counter({
    name: 'ringdown_webhooks_total',
    help: 'Webhooks that have ended',
    labelNames: ['result'],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ result: 'delivered' }, delivery.counts.delivered);
      this.inc({ result: 'failed' }, delivery.counts.failed);
    },
  });
  new Gauge({
    name: 'ringdown_carrier_up',
    help: 'Whether the carrier takes messages',
    labelNames: ['carrier', 'kind'],
    registers: [registry],
    collect() {
      this.reset();
      for (const carrier of messaging.carriers.all) {
        this.set({ carrier: carrier.name, kind: carrier.kind }, carrier.health().state === 'up' ? 1 : 0);
      }
    },
  });
  return registry;
}
