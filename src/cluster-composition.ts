import { NodeMessages } from './cluster/node-messages.ts';
import { NodeStore } from './cluster/node-store.ts';
import { OwnerStore } from './cluster/owner-store.ts';
import { type RateLimiter, SlidingWindows } from './cluster/rate-limiter.ts';
import { HttpClient } from './delivery/http-client.ts';
import { TargetGuard } from './delivery/target-guard.ts';
import { Forwarding } from './plivo/forwarding.ts';
import type { Ground } from './ringdown.ts';
import type { StopStep } from './runtime/shutdown.ts';

/** To one other node: requests about calls, a few at a time. */
const CONNECTIONS_PER_NODE = 16;
const STOP_MS = 1_000;

/** What counts requests: over all nodes where they share something, else in this process. */
export const limiterOf = ({ limiter, clock }: Pick<Ground, 'limiter' | 'clock'>): RateLimiter =>
  limiter ?? new SlidingWindows(clock);

/** Wires what nodes ask each other for. */
export function composeForwarding(ground: Pick<Ground, 'clock' | 'storage' | 'sealing' | 'node'>, userAgent: string) {
  const { clock, storage, sealing, node } = ground;
  // Nodes are the operator's own, most of them in a private network.
  const client = new HttpClient({
    guard: new TargetGuard({ allowPrivateTargets: true, allowed: [] }, clock),
    clock,
    userAgent,
    connectionsPerHost: CONNECTIONS_PER_NODE,
  });
  const stop: StopStep = { name: 'requests to other nodes', mostMs: STOP_MS, run: () => client.close() };
  return {
    forwarding: new Forwarding({
      node,
      nodes: new NodeStore(storage.hot),
      owners: new OwnerStore(storage.hot),
      messages: new NodeMessages(sealing.keyFor('messages between nodes'), client, clock),
    }),
    stop,
  };
}
