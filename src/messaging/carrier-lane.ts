import type { MessageCarrier } from '../carriers/carrier.ts';
import type { QueueStore } from './queue-store.ts';
import type { QueuedOutbound } from './queued-outbound.ts';

/** Enough to keep a quick window full over one write of the queue table. */
const MOST_WAITING = 512;
/** Fewer would leave a window empty between two looks. */
const LEAST_WAITING = 16;
/** Senders remembered that found the lane full; others look again by themselves. */
const MOST_BLOCKED = 64;

interface Blocked {
  readonly message: QueuedOutbound;
  readonly until: number;
}

/**
 * Messages that have had their turn and wait for a place in a carrier's window, in order. Short for a slow carrier: whoever comes to
 * it later waits behind all that is here, whatever account it is of.
 */
export class CarrierLane {
  readonly carrier: MessageCarrier;
  waiting: QueuedOutbound[] = [];
  /** Messages with the carrier. */
  inFlight = 0;
  marking = false;
  /** After a failed write, monotonic milliseconds. */
  markAgainAt = Number.NEGATIVE_INFINITY;
  #window = 0;
  #blocked: Blocked[] = [];

  constructor(carrier: MessageCarrier) {
    this.carrier = carrier;
  }

  /** Takes note of how much the carrier takes at a time, forgetting slowly what it once took; call it when a look begins. */
  measure(): void {
    this.#window = Math.max(this.inFlight + this.carrier.capacity(), this.#window - 1);
  }

  get room(): number {
    return Math.min(MOST_WAITING, Math.max(LEAST_WAITING, 2 * this.#window)) - this.waiting.length;
  }

  /** A message found the lane full, and its sender waits until then. */
  block(message: QueuedOutbound, until: number): void {
    if (this.#blocked.length < MOST_BLOCKED) this.#blocked.push({ message, until });
  }

  /** Those that found the lane full, once there is room for many again. */
  unblocked(): readonly Blocked[] {
    return this.#blocked.length > 0 && this.room >= this.waiting.length ? this.#blocked.splice(0) : NOBODY;
  }

  /** Notes in the table that what waits here is about to be submitted. Answers what is no longer this node's. */
  async mark(store: Pick<QueueStore, 'mark'>): Promise<readonly string[]> {
    const messages = this.waiting.filter((message) => !message.marked && !message.ended);
    this.marking = true;
    try {
      const lost = await store.mark(messages.map((message) => message.id));
      for (const message of messages) message.marked = true;
      return lost;
    } finally {
      this.marking = false;
    }
  }

  /** Takes out what waits here of the sender of a message. */
  withdraw(of: QueuedOutbound): readonly QueuedOutbound[] {
    const isOf = (message: QueuedOutbound) => message.sender === of.sender && message.account === of.account;
    const withdrawn = this.waiting.filter(isOf);
    if (withdrawn.length > 0) this.waiting = this.waiting.filter((message) => !isOf(message));
    return withdrawn;
  }
}

const NOBODY: readonly Blocked[] = [];
