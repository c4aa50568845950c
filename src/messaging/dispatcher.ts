import type { MessageCarrier, PartReport } from '../carriers/carrier.ts';
import { CarrierLane } from './carrier-lane.ts';
import { REFUSALS } from './credit.ts';
import { DEFAULT_QUEUE_LIMITS, type DispatcherOptions, type QueueLimits } from './dispatcher-options.ts';
import { FairQueue } from './fair-queue.ts';
import { Parking } from './parking.ts';
import { type QueuedOutbound, toCarrier } from './queued-outbound.ts';
import { judgeReports } from './submit-verdict.ts';
import { Waker } from './waker.ts';

/** While fewer messages wait than this, one that is accepted goes out at once and is stored as being on its way. */
const QUICK_WAITING = 512;
/** Waiting for a carrier to come back, out of the way of messages to others. What is beyond holds up its sender. */
const PARKED_CAPACITY = 2_000;
/** Messages that a full lane sends back look again after this at the latest. */
const LANE_FULL_MS = 20;
/** What came back before its outcome was written looks again after this: a commit takes less. */
const UNWRITTEN_MS = 5;
/** A balance is being read: it takes less. */
const BALANCE_MS = 20;
/** A link that dropped everything is tried again after this. */
const UNSENT_MS = 250;
/** The database is away: it is asked no more often than this. */
const MARK_RETRY_MS = 250;
const EXPIRY_SWEEP_MS = 1_000;
/** Outcomes not yet written; beyond it nothing more is submitted until the database has caught up. */
const MAX_UNWRITTEN = 4_000;

/** Takes messages in fair order, finds their carrier, keeps its window full, and writes down what became of each. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #limits: QueueLimits;
  readonly #queue: FairQueue<QueuedOutbound>;
  readonly #inHand = new Map<string, QueuedOutbound>();
  readonly #lanes = new Map<string, CarrierLane>();
  readonly #parking = new Parking(PARKED_CAPACITY);
  readonly #waker: Waker;
  #reserved = 0;
  #submitting = 0;
  #scheduled = false;
  #cancelSweep: (() => void) | undefined;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_QUEUE_LIMITS;
    this.#waker = new Waker(options.clock, () => this.#schedule());
    this.#queue = new FairQueue({
      ...this.#limits,
      accountLimit: options.accountLimit,
      senderLimit: options.senderLimit,
      isBefore: (one, other) => one.id < other.id,
      hasEnded: (message) => message.ended,
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
    return this.#queue.size + this.#parking.size + this.#reserved < QUICK_WAITING;
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

  /** A carrier has come, gone or changed its health: what waits for one is routed anew. */
  wake(): void {
    this.#parking.recheck();
    this.#schedule();
  }

  /** A carrier has places in its window again. */
  roomAppeared(): void {
    this.#schedule();
  }

  /**
   * Submits nothing more, waits at most `graceMs` for the answers under way, and gives the rest back to the table. What has no answer
   * by then stays this node's until its next start, which notes that it may have been sent.
   */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.#waker.cancel();
    this.#cancelSweep?.();
    if (this.#submitting > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(graceMs, resolve);
        this.#idle.push(() => {
          cancel();
          resolve();
        });
      });
    }
    const held = [...this.#inHand.values()].filter((message) => !message.submitting && !message.ended);
    await this.#options.queueStore.release(held.map((message) => message.id));
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
    this.#waker.cancel();
    for (const lane of this.#lanes.values()) lane.measure();
    this.#placeParked();
    this.#fillLanes();
    for (const lane of this.#lanes.values()) this.#pump(lane);
    if (this.#queue.size < this.#limits.capacity / 2) this.#options.wantMore();
  }

  /** Those whose carrier may be back go before what is in the queue: they have had their turn. */
  #placeParked(): void {
    if (this.#parking.size === 0) return;
    const now = this.#options.clock.monotonic();
    for (const message of this.#parking.takeDue(now)) if (!message.ended) this.#place(message, now);
    if (this.#parking.size > 0) this.#wakeIn(this.#parking.until - now);
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
      this.#place(next.message, now);
    }
  }

  #hasLaneRoom(): boolean {
    if (this.#lanes.size === 0) return true;
    for (const lane of this.#lanes.values()) if (lane.room > 0) return true;
    return false;
  }

  #place(message: QueuedOutbound, now: number): void {
    const { carriers, admit, clock } = this.#options;
    if (message.submitting) {
      this.#putBack(message, now, UNWRITTEN_MS);
      return;
    }
    if (message.expiresAt <= clock.now()) {
      this.#fail(message, '420', 'expired before a carrier took it');
      return;
    }
    const choice = carriers.choose(message.service, message.dst, message.tried);
    switch (choice.kind) {
      case 'exhausted':
        this.#fail(message, '90', 'every carrier of the route has failed');
        return;
      case 'wait':
        this.#park(message, now, choice.ms);
        return;
      case 'carrier': {
        const lane = this.#laneOf(choice.carrier);
        if (lane.room <= 0) {
          this.#putBack(message, now, LANE_FULL_MS);
          lane.block(message, now + LANE_FULL_MS);
          return;
        }
        const admission = message.admitted ? 'granted' : admit(message);
        if (admission === 'granted') {
          message.admitted = true;
          lane.waiting.push(message);
        } else if (admission === 'unknown') this.#putBack(message, now, BALANCE_MS);
        else {
          const { code, cause, locks } = REFUSALS[admission];
          this.#fail(message, code, cause, locks && message[locks]);
        }
      }
    }
  }

  /** When the parking is full, a message without a carrier holds up its sender. */
  #park(message: QueuedOutbound, now: number, ms: number): void {
    if (this.#parking.park(message, now + ms)) this.#wakeIn(ms);
    else this.#putBack(message, now, ms);
  }

  #putBack(message: QueuedOutbound, now: number, ms: number): void {
    this.#queue.putBack(message, now + ms);
    this.#wakeIn(ms);
  }

  /** Returns a message for another try, and before it those of its sender that stand in lanes: they would overtake it. */
  #tryAgain(message: QueuedOutbound, ms: number): void {
    const now = this.#options.clock.monotonic();
    for (const lane of this.#lanes.values())
      for (const later of lane.withdraw(message)) if (!later.ended) this.#queue.putBack(later, now);
    this.#putBack(message, now, ms);
  }

  #laneOf(carrier: MessageCarrier): CarrierLane {
    const known = this.#lanes.get(carrier.name);
    if (known?.carrier === carrier) return known;
    const lane = new CarrierLane(carrier);
    // The carrier was replaced by a new configuration: what waited for the old one goes to the new one.
    if (known) lane.waiting = known.waiting;
    lane.measure();
    this.#lanes.set(carrier.name, lane);
    return lane;
  }

  /** Submits from the head of the lane while the carrier has window places; messages not yet marked are marked first, together. */
  #pump(lane: CarrierLane): void {
    if (this.#options.writer.waiting > MAX_UNWRITTEN) {
      this.#wakeIn(LANE_FULL_MS);
      return;
    }
    if (!this.#options.carriers.has(lane.carrier)) {
      this.#close(lane);
      return;
    }
    let taken = 0;
    while (taken < lane.waiting.length) {
      const message = lane.waiting[taken];
      if (message?.ended) {
        taken++;
        continue;
      }
      if (!message?.marked || lane.carrier.capacity() === 0) break;
      taken++;
      this.#submit(lane, message);
    }
    if (taken > 0) lane.waiting.splice(0, taken);
    if (lane.waiting.length > 0) {
      if (lane.carrier.capacity() === 0 && lane.carrier.health().state !== 'up') this.#giveBack(lane);
      else if (lane.waiting[0]?.marked === false) this.#mark(lane);
    }
    for (const { message, until } of lane.unblocked()) {
      this.#queue.hurry(message, until);
      this.#schedule();
    }
  }

  /** A carrier that is no longer configured: its messages are routed anew. */
  #close(lane: CarrierLane): void {
    if (this.#lanes.get(lane.carrier.name) === lane) this.#lanes.delete(lane.carrier.name);
    if (lane.waiting.length > 0) this.#giveBack(lane);
  }

  /** A carrier that went down keeps nothing: its messages are routed again, which may be a wait or the next carrier. */
  #giveBack(lane: CarrierLane): void {
    const now = this.#options.clock.monotonic();
    // The last one first: each takes its place in front of those that came after it, without a look at them.
    for (const message of lane.waiting.splice(0).reverse()) if (!message.ended) this.#queue.putBack(message, now);
    this.#schedule();
  }

  #mark(lane: CarrierLane): void {
    const { clock, queueStore, log } = this.#options;
    if (lane.marking || clock.monotonic() < lane.markAgainAt) return;
    lane
      .mark(queueStore)
      .then((lost) => this.#forget(lost))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'queue could not be marked, trying again');
        lane.markAgainAt = clock.monotonic() + MARK_RETRY_MS;
        this.#wakeIn(MARK_RETRY_MS);
      })
      .finally(() => this.#schedule());
  }

  /** Another node has taken these over while this one seemed dead. */
  #forget(ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.#inHand.get(id);
      if (!message || message.submitting) continue;
      message.ended = true;
      this.#inHand.delete(id);
    }
  }

  #submit(lane: CarrierLane, message: QueuedOutbound): void {
    const { clock, log } = this.#options;
    this.#submitting++;
    lane.inFlight++;
    message.submitting = true;
    lane.carrier
      .submit(toCarrier(message, clock.now()))
      .then((reports) => {
        lane.inFlight--;
        this.#schedule(); // its window place is free now; what became of it may be written later
        return this.#settle(lane.carrier, message, reports);
      })
      .catch((error: unknown) => log.error({ err: error, message_id: message.id }, 'outcome of a submit could not be written'))
      .finally(() => {
        this.#submitting--;
        this.#schedule();
        if (this.#submitting === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
  }

  async #settle(carrier: MessageCarrier, message: QueuedOutbound, reports: readonly PartReport[]): Promise<void> {
    const { clock, carriers, writer } = this.#options;
    const verdict = judgeReports(message, carrier.name, reports, {
      ...carriers.failover(message.service, message.dst, message.tried, carrier.name),
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
        this.#tryAgain(message, UNSENT_MS);
        return;
      case 'again':
        message.attempt = verdict.outcome.attempt;
        message.tried = verdict.outcome.tried;
        message.pendingParts = verdict.outcome.pendingParts;
        // Back in its place before the outcome is written, or later ones would overtake it; it goes only once that is done.
        this.#tryAgain(message, verdict.delayMs);
        await writer.add(verdict.outcome);
        message.submitting = false;
        return;
    }
  }

  #fail(message: QueuedOutbound, errorCode: string, cause: string, locks?: string): void {
    message.ended = true;
    const { clock, writer } = this.#options;
    writer
      .add({ kind: 'failed', messageId: message.id, attempts: [], errorCode, cause, locks, at: clock.now() })
      .catch((error: unknown) =>
        // The row is still there: it is found as mislaid and fails again.
        this.#options.log.error({ err: error, message_id: message.id }, 'failure could not be written'),
      )
      .finally(() => this.#inHand.delete(message.id));
  }

  #wakeIn(ms: number): void {
    if (!this.#stopped) this.#waker.in(ms);
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
