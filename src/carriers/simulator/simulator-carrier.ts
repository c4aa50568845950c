/**
 * The carrier that always exists: it brings messages to the numbers of this instance and to virtual phones, gives receipts, and fails on
 * request (magic-numbers.ts). `accepted` means that the message and its receipts to come are committed; a restart loses none of them.
 * What was handed over right before a crash may be handed over again, as with any network.
 *
 * Everything is written in groups (one statement for many submits, one for many finished receipts) and nothing is read on the way:
 * 27,000 messages a second with their receipts on two cores, database included, without fsync (bench/simulator.ts).
 */

import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import { LruCache } from '../../runtime/lru-cache.ts';
import { GroupCommit } from '../../storage/group-commit.ts';
import type {
  CarrierEvents,
  CarrierHealth,
  CarrierInbound,
  InboundMedia,
  MessageCarrier,
  MessageService,
  OutboundMessage,
  PartOutcome,
  PartReport,
} from '../carrier.ts';
import { type Behaviour, behaviourOf, chooses, magicNumbers, type PartChoice, type Refusal } from './magic-numbers.ts';
import {
  changedNothing,
  type NewPendingWork,
  type PendingInbound,
  type PendingReceipt,
  type SimulatorStore,
  type SimulatorWrite,
} from './simulator-store.ts';
import { type ScheduledWork, WorkSchedule } from './work-schedule.ts';

/** Parts whose submit has not been answered: enough for large groups while one group is being written. */
const MAX_PARTS_IN_FLIGHT = 4_000;
/** Work kept in memory, about 1 KB each; beyond it the carrier takes no more submits until some has gone. */
const MAX_SCHEDULED = 20_000;
const MAX_GROUP = 1_000;
/** Work due within this time stays in memory; later work is left in storage until a sweep finds it. Twice the sweep interval. */
const HORIZON_MS = 10_000;
const SWEEP_MS = 5_000;
const SWEEP_LIMIT = 1_000;
/** How long work belongs to the process that holds it beyond its due time; with several nodes another one takes over then. */
const LEASE_MS = 60_000;
const PRUNE_MS = 10 * 60_000;
/** Messages stored after which the inbox is pruned ahead of time, so that a load test cannot outgrow its bound by much. */
const PRUNE_AFTER_MESSAGES = 50_000;
/** What "the link dropped" and "slow down" take. */
const UNANSWERED_AFTER_MS = 1_000;
const THROTTLE_RETRY_MS = 500;
/** A phone needs this long to text back. */
const REPLY_AFTER_MS = 500;
/** Messages whose refusals are counted at a time. */
const REFUSALS_REMEMBERED = 10_000;
/** Tries to fetch the media of a message to a number of this instance, before its receipt says 140. */
const MEDIA_TRIES = 3;

/** One write at a time, in the order of what came. What waits is bounded by the submits in flight and the work in memory. */
const inGroups = <Entry>(write: (entries: readonly Entry[]) => Promise<unknown>): GroupCommit<Entry, true> =>
  new GroupCommit({
    write: async (entries) => {
      await write(entries);
      return entries.map(() => true as const);
    },
    maxBatch: MAX_GROUP,
    lanes: 1,
    maxWaiting: MAX_PARTS_IN_FLIGHT + MAX_SCHEDULED,
  });

export interface SimulatorOptions {
  readonly name?: string;
  readonly store: SimulatorStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Whether a number lives on this instance, on whatever account. Asked once a submit: it should answer from memory. */
  readonly isOwnNumber: (digits: string) => boolean | Promise<boolean>;
  /** Fetches one attachment for a message to a number of this instance; bounds size and time itself, rejects when it cannot. */
  readonly fetchMedia: (url: string, contentType: string) => Promise<InboundMedia>;
  /** This is the only node: at start all work in storage is taken over at once. With several nodes a dead node's work waits for its lease. */
  readonly onlyNode?: boolean;
}

export class SimulatorCarrier implements MessageCarrier {
  readonly name: string;
  readonly kind = 'simulator';
  readonly services: ReadonlySet<MessageService> = new Set(['sms', 'mms', 'whatsapp']);
  readonly #options: SimulatorOptions;
  readonly #link: string;
  readonly #writes: GroupCommit<SimulatorWrite, true>;
  readonly #completions: GroupCommit<string, true>;
  readonly #schedule: WorkSchedule;
  readonly #refusals = new LruCache<string, number>(REFUSALS_REMEMBERED);
  readonly #stopping = new AbortController();
  readonly #cancelTimers = new Map<'sweep' | 'prune', () => void>();
  #events: CarrierEvents | undefined;
  #partsInFlight = 0;
  #wasFull = false;
  #storedSincePrune = 0;
  #submitsDone: PromiseWithResolvers<void> | undefined;

  constructor(options: SimulatorOptions) {
    this.#options = options;
    this.name = options.name ?? 'simulator';
    this.#link = `${this.name}#1`;
    this.#writes = inGroups((writes) => options.store.save(writes));
    this.#completions = inGroups((ids) => options.store.complete(ids));
    this.#schedule = new WorkSchedule(
      options.clock,
      (scheduled) => this.#handOver(scheduled),
      () => this.#tellRoom(),
    );
  }

  capacity(): number {
    if (!this.#events || this.#stopping.signal.aborted) return 0;
    const room = Math.max(0, Math.min(MAX_PARTS_IN_FLIGHT - this.#partsInFlight, MAX_SCHEDULED - this.#schedule.size));
    if (room === 0) this.#wasFull = true;
    return room;
  }

  health(): CarrierHealth {
    const state = this.#events && !this.#stopping.signal.aborted ? 'up' : 'down';
    return { state, links: [{ link: this.#link, state, detail: `${this.#schedule.size} receipts to come` }] };
  }

  start(events: CarrierEvents): void {
    this.#events = events;
    void this.#takeOver().then(() => this.#every('sweep', SWEEP_MS, () => this.#sweep()));
    this.#every('prune', PRUNE_MS, () => this.#prune());
    events.changed(this.name);
  }

  async submit(message: OutboundMessage): Promise<readonly PartReport[]> {
    const submittedAt = this.#options.clock.now();
    const parts = message.pendingParts;
    if (parts.length > this.capacity()) return this.#report(message, submittedAt, () => ({ kind: 'unsent', reason: 'no room' }));
    this.#partsInFlight += parts.length;
    try {
      const outcomes = await this.#take(message, submittedAt);
      return this.#report(message, submittedAt, (part) => outcomes.get(part) ?? { kind: 'unsent', reason: 'no such part' });
    } finally {
      this.#partsInFlight -= parts.length;
      if (this.#partsInFlight === 0) this.#submitsDone?.resolve();
      this.#tellRoom();
    }
  }

  /** A message that a virtual phone texts to a number of this instance; resolves when it is stored. */
  async bringIn(message: Omit<CarrierInbound, 'carrier' | 'link' | 'receivedAt'>): Promise<void> {
    if (!this.#events || this.#stopping.signal.aborted) throw new Error('The simulator is not running.');
    await this.#events.inbound({ ...message, carrier: this.name, link: this.#link, receivedAt: this.#options.clock.now() });
  }

  async stop(graceMs: number): Promise<void> {
    const { clock } = this.#options;
    for (const cancel of this.#cancelTimers.values()) cancel();
    const grace = new AbortController();
    const end = clock.sleep(graceMs, grace.signal).catch(() => undefined);
    // Slow answers on request are not worth waiting for: they end at once as unanswered.
    this.#stopping.abort(new Error('shutting down'));
    await Promise.race([this.#submitsAnswered(), end]);
    await Promise.race([this.#schedule.stop(), end]);
    await Promise.race([Promise.all([this.#writes.drain(), this.#completions.drain()]), end]);
    grace.abort(new Error('stopped in time'));
  }

  async #submitsAnswered(): Promise<void> {
    if (this.#partsInFlight === 0) return;
    this.#submitsDone ??= Promise.withResolvers<void>();
    await this.#submitsDone.promise;
  }

  /** Decides what becomes of each part, stores what is taken, and waits as long as the behaviour says. */
  async #take(message: OutboundMessage, now: number): Promise<Map<number, PartOutcome>> {
    const behaviour = behaviourOf(message.dst);
    const refusal = this.#refusalInForce(message, behaviour.refusal);
    const count = message.parts.length;
    const refused = (part: number) => refusal !== undefined && chooses(refusal.parts, part, count);
    const accepted = message.pendingParts.filter((part) => !refused(part) || refusal?.taken);
    const outcomes = new Map<number, PartOutcome>();
    for (const part of message.pendingParts) {
      outcomes.set(
        part,
        refusal && refused(part) ? outcomeOf(refusal) : { kind: 'accepted', carrierMessageId: idOf(message, part) },
      );
    }
    if (accepted.length > 0) {
      const write = await this.#writeOf(message, behaviour, accepted, now);
      try {
        await this.#writes.add(write);
      } catch (error) {
        const reason = `storage: ${error instanceof Error ? error.message : String(error)}`;
        const kind = changedNothing(error) ? 'unsent' : 'unanswered';
        for (const part of accepted) outcomes.set(part, { kind, reason });
        return outcomes;
      }
      this.#stored(write);
    }
    const wait = refusal?.kind === 'unanswered' ? UNANSWERED_AFTER_MS : behaviour.answerAfterMs;
    if (wait > 0) {
      await this.#options.clock.sleep(wait, this.#stopping.signal).catch(() => {
        for (const part of accepted) outcomes.set(part, { kind: 'unanswered', reason: 'shutting down before the answer' });
      });
    }
    return outcomes;
  }

  #refusalInForce(message: OutboundMessage, refusal: Refusal | undefined): Refusal | undefined {
    if (!refusal || refusal.times === Number.POSITIVE_INFINITY) return refusal;
    const seen = this.#refusals.get(message.id) ?? 0;
    if (seen >= refusal.times) return undefined;
    this.#refusals.set(message.id, seen + 1);
    return refusal;
  }

  async #writeOf(
    message: OutboundMessage,
    behaviour: Behaviour,
    accepted: readonly number[],
    now: number,
  ): Promise<SimulatorWrite> {
    const count = message.parts.length;
    // A handset shows a message when it is whole; parts are submitted in order, so that is with the last one.
    const isWhole = accepted.includes(count - 1);
    const arrives = behaviour.arrives && isWhole;
    const toOwn = arrives && !magicNumbers.has(message.dst) && (await this.#options.isOwnNumber(message.dst));
    const pending = behaviour.receipts
      .filter(({ state }) => state !== 'read' || message.service === 'whatsapp')
      .map(({ afterMs, ...plan }): NewPendingWork => {
        const inbound = toOwn ? { inbound: inboundOf(message) } : {};
        return this.#pending(now + afterMs, { ...inbound, receipts: receiptsFor(message, accepted, plan) });
      })
      .filter((work) => work.receipts.length > 0);
    if (arrives && behaviour.reply && (await this.#options.isOwnNumber(message.src))) {
      const text = 'text' in behaviour.reply ? behaviour.reply.text : message.text;
      const parts = 'text' in behaviour.reply ? 1 : count;
      const inbound: PendingInbound = { from: message.dst, to: message.src, service: message.service, text, parts, media: [] };
      pending.push(this.#pending(now + REPLY_AFTER_MS, { inbound, receipts: [] }));
    }
    const phoneMessage = {
      messageId: message.id,
      attempt: message.attempt,
      phone: message.dst,
      from: message.src,
      service: message.service,
      text: message.text,
      mediaUrls: message.media.map(({ url }) => url),
      receivedAt: now,
    };
    return { message: arrives && !toOwn ? phoneMessage : undefined, pending };
  }

  #pending(dueAt: number, work: Pick<NewPendingWork, 'inbound' | 'receipts'>): NewPendingWork {
    const isNear = dueAt - this.#options.clock.now() <= HORIZON_MS;
    return { id: this.#options.ids.uuid(), dueAt, takenUntil: isNear ? dueAt + LEASE_MS : undefined, ...work };
  }

  #stored(write: SimulatorWrite): void {
    for (const work of write.pending) if (work.takenUntil !== undefined) this.#schedule.add(work);
    if (write.message && ++this.#storedSincePrune >= PRUNE_AFTER_MESSAGES) {
      this.#storedSincePrune = 0;
      void this.#prune();
    }
  }

  async #handOver(scheduled: ScheduledWork): Promise<void> {
    const { work } = scheduled;
    let failure: string | undefined;
    if (work.inbound && !scheduled.inboundDone) {
      failure = await this.#bringToOwnNumber(work.inbound, scheduled.tries);
      scheduled.inboundDone = true;
    }
    const receivedAt = this.#options.clock.now();
    await Promise.all(
      work.receipts.map((receipt) => {
        const told = failure ? { ...receipt, state: 'undelivered' as const, errorCode: failure } : receipt;
        const detail = `stat:${told.state} err:${told.errorCode}`;
        return this.#events?.receipt({ carrier: this.name, link: this.#link, ...told, detail, receivedAt });
      }),
    );
    await this.#completions.add(work.id);
  }

  /** Resolves with the error code of the receipt when the message can never be brought, rejects when it has to be tried again. */
  async #bringToOwnNumber(inbound: PendingInbound, tries: number): Promise<string | undefined> {
    let media: InboundMedia[] = [];
    try {
      media = await Promise.all(inbound.media.map(({ url, contentType }) => this.#options.fetchMedia(url, contentType)));
    } catch (error) {
      if (tries + 1 < MEDIA_TRIES) throw error;
      return '140';
    }
    await this.bringIn({ ...inbound, media });
    return undefined;
  }

  /** Work that an earlier process left behind. A storage that is down is no reason not to start: the sweeps go on trying. */
  async #takeOver(): Promise<void> {
    try {
      if (this.#options.onlyNode ?? true) await this.#options.store.releaseAll();
    } catch (error) {
      this.#options.log.warn({ err: error, carrier: this.name }, 'pending receipts could not be taken over');
    }
    await this.#sweep();
  }

  async #sweep(): Promise<void> {
    const { clock, store, log } = this.#options;
    try {
      for (;;) {
        const room = Math.min(SWEEP_LIMIT, MAX_SCHEDULED - this.#schedule.size);
        if (room <= 0 || this.#stopping.signal.aborted) return;
        const now = clock.now();
        const works = await store.claim(now, now + HORIZON_MS, now + HORIZON_MS + LEASE_MS, room);
        for (const work of works) this.#schedule.add(work);
        if (works.length < room) return;
      }
    } catch (error) {
      log.warn({ err: error, carrier: this.name }, 'pending receipts could not be read');
    }
  }

  async #prune(): Promise<void> {
    try {
      await this.#options.store.prune(this.#options.clock.now());
    } catch (error) {
      this.#options.log.warn({ err: error, carrier: this.name }, 'inboxes of virtual phones could not be pruned');
    }
  }

  #every(name: 'sweep' | 'prune', ms: number, task: () => Promise<void>): void {
    if (this.#stopping.signal.aborted) return;
    const cancel = this.#options.clock.after(ms, () => void task().then(() => this.#every(name, ms, task)));
    this.#cancelTimers.set(name, cancel);
  }

  #tellRoom(): void {
    if (!this.#wasFull || this.capacity() === 0) return;
    this.#wasFull = false;
    this.#events?.changed(this.name);
  }

  #report(message: OutboundMessage, submittedAt: number, outcomeFor: (part: number) => PartOutcome): readonly PartReport[] {
    const answeredAt = this.#options.clock.now();
    return message.pendingParts.map((part) => {
      const outcome = outcomeFor(part);
      const characters = message.parts[part]?.length ?? 0;
      const summary = `submit part ${part + 1} of ${message.parts.length}, ${characters} characters ${message.encoding} -> ${described(outcome)}`;
      return { part, outcome, link: this.#link, submittedAt, answeredAt, summary };
    });
  }
}

const idOf = (message: OutboundMessage, part: number): string => `${message.id}-${message.attempt}-${part}`;

function receiptsFor(
  message: OutboundMessage,
  accepted: readonly number[],
  plan: Omit<PendingReceipt, 'carrierMessageId'> & { readonly parts: PartChoice },
): PendingReceipt[] {
  return accepted
    .filter((part) => chooses(plan.parts, part, message.parts.length))
    .map((part) => ({ carrierMessageId: idOf(message, part), state: plan.state, errorCode: plan.errorCode }));
}

function inboundOf(message: OutboundMessage): PendingInbound {
  return {
    from: message.src,
    to: message.dst,
    service: message.service,
    text: message.text,
    parts: message.parts.length,
    media: message.media.map(({ url, contentType }) => ({ url, contentType })),
  };
}

function outcomeOf(refusal: Refusal): PartOutcome {
  switch (refusal.kind) {
    case 'rejected':
      return { kind: 'rejected', errorCode: refusal.errorCode ?? '1000', reason: 'refused by the magic number' };
    case 'throttled':
      return { kind: 'throttled', retryAfterMs: THROTTLE_RETRY_MS, reason: 'throttled by the magic number' };
    case 'unsent':
      return { kind: 'unsent', reason: 'link down by the magic number' };
    case 'unanswered':
      return { kind: 'unanswered', reason: 'link dropped by the magic number' };
  }
}

function described(outcome: PartOutcome): string {
  if (outcome.kind === 'accepted') return `accepted as ${outcome.carrierMessageId}`;
  if (outcome.kind === 'rejected') return `rejected with ${outcome.errorCode}: ${outcome.reason}`;
  return `${outcome.kind}: ${outcome.reason}`;
}
