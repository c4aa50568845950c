import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { RateLimit } from '../runtime/token-bucket.ts';
import type { CarrierSet } from './carrier-set.ts';
import type { Admission } from './credit.ts';
import type { OutcomeWriter } from './outcome-writer.ts';
import type { QueueStore } from './queue-store.ts';
import type { QueuedOutbound } from './queued-outbound.ts';

export interface QueueLimits {
  /** Messages held in memory. */
  readonly capacity: number;
  /** Of one account. */
  readonly capacityPerAccount: number;
}

/** A second's work of a quick carrier, 2 KB each makes 20 MB at most. One account leaves half of it to others. */
export const DEFAULT_QUEUE_LIMITS: QueueLimits = { capacity: 10_000, capacityPerAccount: 5_000 };
export interface DispatcherOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly carriers: CarrierSet;
  readonly writer: OutcomeWriter;
  readonly queueStore: QueueStore;
  readonly limits?: QueueLimits | undefined;
  readonly accountLimit: (message: QueuedOutbound) => RateLimit;
  readonly senderLimit: (message: QueuedOutbound) => RateLimit;
  /** Whether its account may send it; a code fails the message with it. A yes is asked for once. */
  readonly admit: (message: QueuedOutbound) => Admission;
  /** Called when there is room for messages that wait in the table. */
  readonly wantMore: () => void;
}
