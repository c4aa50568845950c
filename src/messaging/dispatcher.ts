import type { MessageCarrier } from '../carriers/carrier.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { CarrierSet } from './carrier-set.ts';
import { FairQueue } from './fair-queue.ts';
import type { OutcomeWriter } from './outcome-writer.ts';
import type { QueueStore } from './queue-store.ts';
import { type QueuedOutbound, toCarrier } from './queued-outbound.ts';
import { judgeReports } from './submit-verdict.ts';
import type { RateLimit } from './throughput.ts';

/** Held in memory: a second's work of a quick carrier. 2 KB each makes 20 MB at most. */
export const QUEUE_CAPACITY = 10_000;
/** One account leaves half of it to others. */
export const QUEUE_CAPACITY_PER_ACCOUNT = 5_000;
/** Waiting for a place in a carrier's window: enough to keep it full over one write of the queue table. */
const LANE_CAPACITY = 512;
/** Messages that a full lane sends back look again after this: a window turns over in less. */
const LANE_FULL_MS = 20;
/** A link that dropped everything is tried again after this. */
const UNSENT_MS = 250;
/** Timers are set no finer and no coarser than this. */
const MIN_WAIT_MS = 1;
const MAX_WAIT_MS = 1_000;
const EXPIRY_SWEEP_MS = 1_000;
/** Outcomes not yet written; beyond it nothing more is submitted until the database has caught up. */
const MAX_UNWRITTEN = 4_000;

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly carriers: CarrierSet;
  readonly writer: OutcomeWriter;
  readonly queueStore: QueueStore;
  readonly accountLimit: (message: QueuedOutbound) => RateLimit;
  readonly senderLimit: (message: QueuedOutbound) => RateLimit;
  /** Whether the account can pay for it; false fails the message with 900. */
  readonly canPay: (message: QueuedOutbound) => boolean;
  /** Called when there is room for messages that wait in the table. */
  readonly wantMore: () => void;
}

interface Lane {
  readonly carrier: MessageCarrier;
  readonly waiting: QueuedOutbound[];
  marking: boolean;
}

/** Takes messages in fair order, finds their carrier, keeps its window full, and writes down what became of each. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queue: FairQueue<QueuedOutbound>;
  readonly #inHand = new Map<string, QueuedOutbound>();
  readonly #lanes = new Map<string, Lane>();
  #reserved = 0;
  #submitting = 0;
  #scheduled = false;
  #cancelTimer: (() => void) | undefined;
  #timerAt = 0;
  #cancelSweep: (() => void) | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#queue = new FairQueue({
      capacity: QUEUE_CAPACITY,
      capacityPerAccount: QUEUE_CAPACITY_PER_ACCOUNT,
      accountLimit: options.accountLimit,
      senderLimit: options.senderLimit,
    });
  }

  start(): void {
    this.#sweepLater();
  }

  /** Messages of this node that have no outcome yet. */
  get inHand(): ReadonlyMap<string, QueuedOutbound> {
    return this.#inHand;
  }

  /** Messages being submitted to carriers at this moment. */
  get submitting(): number {
    return this.#submitting;
  }

  /** How many more of the account fit, counting places reserved and not yet used. */
  room(account: string): number {
    return this.#stopped ? 0 : Math.max(0, this.#queue.room(account) - this.#reserved);
  }

  /** True when a message accepted now would go out at once: nothing else is waiting for its turn. */
  get isQuick(): boolean {
    return this.#queue.size + this.#reserved < LANE_CAPACITY;
  }

  /** Keeps a place for a message that is being stored; `pushReserved` uses it, `unreserve` gives it up. */
  reserve(account: string): boolean {
    if (this.room(account) === 0) return false;
    this.#reserved++;
    return true;
  }

  unreserve(): void {
    this.#reserved--;
  }

  /** Takes in a message that has been stored under a reservation. */
  pushReserved(message: QueuedOutbound): void {
    this.#reserved--;
    this.push(message);
  }

  /** Takes a stored message in. False when there is no room (the caller had no reservation): it stays in the table. */
  push(message: QueuedOutbound): boolean {
    if (this.#stopped || this.#inHand.has(message.id) || !this.#queue.push(message)) return false;
    this.#inHand.set(message.id, message);
    this.#schedule();
    return true;
  }

  /** Something may go now that could not before: a window place, a link, a rate. */
  wake(): void {
    this.#schedule();
  }

  /** Submits nothing more, waits for the answers under way, and gives the rest back to the table. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelSweep?.();
    if (this.#submitting > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#options.queueStore.release([...this.#inHand.keys()]);
  }

  /** One pass a turn of the event loop, however many pushes and answers asked for it. */
  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#stopped) this.#pass();
    });
  }

  #pass(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#fillLanes();
    for (const lane of this.#lanes.values()) this.#pump(lane);
    if (this.#queue.size < QUEUE_CAPACITY / 2) this.#options.wantMore();
  }

  /** From the fair queue into the lanes of the carriers, while any of them has room. */
  #fillLanes(): void {
    const { clock } = this.#options;
    while (this.#hasLaneRoom()) {
      const now = clock.monotonic();
      const next = this.#queue.take(now);
      if (next.kind === 'empty') return;
      if (next.kind === 'wait') {
        this.#wakeIn(next.until - now);
        return;
      }
      if (!next.message.ended) this.#place(next.message, now);
    }
  }

  #hasLaneRoom(): boolean {
    if (this.#lanes.size === 0) return true;
    for (const lane of this.#lanes.values()) if (lane.waiting.length < LANE_CAPACITY) return true;
    return false;
  }

  #place(message: QueuedOutbound, now: number): void {
    const { carriers, canPay, clock } = this.#options;
    if (message.expiresAt <= clock.now()) {
      this.#fail(message, '420', 'expired before a carrier took it');
      return;
    }
    if (!canPay(message)) {
      this.#fail(message, '900', 'the balance does not cover it');
      return;
    }
    const choice = carriers.choose(message.service, message.dst, message.tried);
    switch (choice.kind) {
      case 'exhausted':
        this.#fail(message, '90', 'every carrier of the route has failed');
        return;
      case 'wait':
        this.#queue.putBack(message, now + choice.ms);
        this.#wakeIn(choice.ms);
        return;
      case 'carrier': {
        const lane = this.#laneOf(choice.carrier);
        if (lane.waiting.length >= LANE_CAPACITY) {
          this.#queue.putBack(message, now + LANE_FULL_MS);
          this.#wakeIn(LANE_FULL_MS);
          return;
        }
        lane.waiting.push(message);
      }
    }
  }

  #laneOf(carrier: MessageCarrier): Lane {
    const known = this.#lanes.get(carrier.name);
    if (known?.carrier === carrier) return known;
    // The carrier was replaced by a new configuration: what waited for the old one goes to the new one.
    const lane: Lane = { carrier, waiting: known?.waiting ?? [], marking: false };
    this.#lanes.set(carrier.name, lane);
    return lane;
  }

  /** Submits from the head of the lane while the carrier has window places; messages not yet marked are marked first, together. */
  #pump(lane: Lane): void {
    if (this.#options.writer.waiting > MAX_UNWRITTEN) {
      this.#wakeIn(LANE_FULL_MS);
      return;
    }
    let taken = 0;
    while (taken < lane.waiting.length && lane.carrier.capacity() > 0) {
      const message = lane.waiting[taken];
      if (!message?.marked) break;
      taken++;
      if (message.ended) continue;
      this.#submit(lane.carrier, message);
    }
    if (taken > 0) lane.waiting.splice(0, taken);
    if (lane.waiting[0]?.marked === false) this.#mark(lane);
    else if (lane.waiting.length > 0 && lane.carrier.health().state !== 'up') this.#giveBack(lane);
  }

  /** A carrier that went down keeps nothing: its messages are routed again, which may be a wait or the next carrier. */
  #giveBack(lane: Lane): void {
    const now = this.#options.clock.monotonic();
    for (const message of lane.waiting.splice(0).reverse()) if (!message.ended) this.#queue.putBack(message, now);
    this.#wakeIn(LANE_FULL_MS);
  }

  #mark(lane: Lane): void {
    if (lane.marking) return;
    lane.marking = true;
    const messages = lane.waiting.filter((message) => !message.marked);
    this.#options.queueStore
      .mark(messages.map((message) => message.id))
      .then(
        () => {
          for (const message of messages) message.marked = true;
        },
        (error: unknown) => this.#options.log.warn({ err: error }, 'queue could not be marked, trying again'),
      )
      .finally(() => {
        lane.marking = false;
        this.#wakeIn(MIN_WAIT_MS);
      });
  }

  #submit(carrier: MessageCarrier, message: QueuedOutbound): void {
    this.#submitting++;
    message.submitting = true;
    carrier
      .submit(toCarrier(message, this.#options.clock.now()))
      .then((reports) => {
        this.#schedule(); // its window place is free now; what became of it may be written later
        return this.#settle(carrier, message, reports);
      })
      .catch((error: unknown) =>
        this.#options.log.error({ err: error, message_id: message.id }, 'outcome of a submit could not be written'),
      )
      .finally(() => {
        this.#submitting--;
        this.#schedule();
        if (this.#submitting === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
  }

  async #settle(carrier: MessageCarrier, message: QueuedOutbound, reports: Parameters<typeof judgeReports>[2]): Promise<void> {
    const { clock, carriers, writer } = this.#options;
    const choice = carriers.choose(message.service, message.dst, message.tried);
    const verdict = judgeReports(message, carrier.name, reports, {
      failoverCodes: choice.kind === 'carrier' ? choice.failoverCodes : new Set(),
      hasNext: choice.kind === 'carrier' && choice.hasNext,
      costMicros: carriers.costOf(carrier.name, message.service, message.dst),
      now: clock.now(),
    });
    switch (verdict.kind) {
      case 'ended':
        await writer.add(verdict.outcome);
        this.#inHand.delete(message.id);
        return;
      case 'unsent':
        message.submitting = false;
        this.#queue.putBack(message, clock.monotonic() + UNSENT_MS);
        this.#wakeIn(UNSENT_MS);
        return;
      case 'again':
        await writer.add(verdict.outcome);
        message.submitting = false;
        message.attempt = verdict.outcome.attempt;
        message.tried = verdict.outcome.tried;
        message.pendingParts = verdict.outcome.pendingParts;
        this.#queue.putBack(message, clock.monotonic() + verdict.delayMs);
        this.#wakeIn(verdict.delayMs);
        return;
    }
  }

  #fail(message: QueuedOutbound, errorCode: string, cause: string): void {
    message.ended = true;
    this.#options.writer
      .add({ kind: 'failed', messageId: message.id, attempts: [], errorCode, cause, at: this.#options.clock.now() })
      .then(
        () => this.#inHand.delete(message.id),
        (error: unknown) => this.#options.log.error({ err: error, message_id: message.id }, 'failure could not be written'),
      );
  }

  /** Looks again after `ms`; an earlier wish wins over a later one. */
  #wakeIn(ms: number): void {
    if (this.#stopped) return;
    const { clock } = this.#options;
    const delay = Math.min(MAX_WAIT_MS, Math.max(MIN_WAIT_MS, ms));
    const at = clock.monotonic() + delay;
    if (this.#cancelTimer && this.#timerAt <= at) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = clock.after(delay, () => {
      this.#cancelTimer = undefined;
      this.#schedule();
    });
  }

  /** Messages that wait for their rate or carrier expire on time, not when their turn comes. */
  #sweepLater(): void {
    this.#cancelSweep = this.#options.clock.after(EXPIRY_SWEEP_MS, () => {
      const now = this.#options.clock.now();
      for (const message of this.#inHand.values()) {
        if (message.expiresAt <= now && !message.ended && !message.submitting)
          this.#fail(message, '420', 'expired before a carrier took it');
      }
      this.#sweepLater();
    });
  }
}
