import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { attemptRecord } from './attempt-record.ts';
import type { Delivery, Destination } from './destination.ts';
import { Destinations } from './destinations.ts';
import { failureClass, type HttpResult, type HttpSender } from './http-client.ts';
import { LeftSubjects } from './left-subjects.ts';
import { tellOutcome } from './outcome-teller.ts';
import { OutcomeWriter } from './outcome-writer.ts';
import { type DeliveryPolicy, messagingPolicy, nextDelayMs } from './retry-schedule.ts';
import { SubjectOrder } from './subject-order.ts';
import type { OutcomeHandler, Signer, WebhookJob, WebhookOutcome } from './webhook.ts';
import { buildRequest, UnusableUrl } from './webhook-request.ts';
import { type Admission, type AttemptRecord, type Holder, originOf, type WebhookStore } from './webhook-store.ts';

/** What a kind of webhook chooses. Kinds nobody registered follow the messaging schedule and tell nobody. */
export interface WebhookKind {
  /** Timeouts and retries for a URL with its fragment. */
  readonly policy: (url: string) => DeliveryPolicy;
  readonly onOutcome?: OutcomeHandler;
}

export interface DispatcherLimits {
  /** Jobs in memory; what is beyond stays in the table. About 2 KB each. */
  readonly jobsInHand: number;
  /** Requests under way to all servers. */
  readonly requests: number;
  /** Requests under way to one server. */
  readonly requestsPerHost: number;
  /** Jobs in memory that wait for one server. */
  readonly waitingPerHost: number;
}

export const DEFAULT_LIMITS: DispatcherLimits = { jobsInHand: 20_000, requests: 512, requestsPerHost: 32, waitingPerHost: 1_000 };

export interface DispatcherOptions {
  readonly store: Pick<WebhookStore, 'releaseEarlierEpochs' | 'claim' | 'renew' | 'record'>;
  readonly http: HttpSender;
  readonly signer: Signer;
  readonly kinds: ReadonlyMap<string, WebhookKind>;
  readonly clock: Clock;
  readonly log: Log;
  readonly holder: Holder;
  readonly limits?: Partial<DispatcherLimits>;
}

/** Long enough that a lease is renewed several times before it ends, short enough that a dead node's jobs do not wait long. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
const RENEW_BATCH = 1_000;
/** Finds retries that fell due and what other nodes left; one index look-up. */
const POLL_MS = 1_000;
const CLAIM_BATCH = 500;
/** Shorter waits are spent in memory. */
const IN_MEMORY_RETRY_MS = 2_000;
/** Sends webhooks: takes them right after their commit or from the table, keeps servers apart, records every attempt. */
export class Dispatcher {
  readonly counts = { delivered: 0, failed: 0, attempts: 0, skippedAttempts: 0, claimed: 0, handedOver: 0 };
  readonly #options: DispatcherOptions;
  readonly #limits: DispatcherLimits;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #writer: OutcomeWriter;
  readonly #held = new Map<string, Delivery>();
  readonly #destinations: Destinations;
  readonly #order = new SubjectOrder();
  readonly #left = new LeftSubjects();
  /** Cancels of timers other than those of requests. */
  readonly #timers = new Set<() => void>();
  #inFlight = 0;
  /** The last poll found no room in memory. */
  #starved = false;
  /** Outcomes being told to their handlers. */
  #telling = 0;
  /** Set by `start` until what the table held before has been taken. */
  #catchingUp = true;
  #startedAt = 0;
  readonly #stop = new AbortController();
  #wake: () => void = () => undefined;
  #polling: Promise<void> = Promise.resolve();
  #idle: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#destinations = new Destinations(this.#limits.requestsPerHost, this.#limits.waitingPerHost);
    this.#clock = options.clock;
    this.#log = options.log;
    this.#writer = new OutcomeWriter(options.store, options.clock, options.log, (disposition) => this.#drop(disposition.job));
  }

  /** Jobs in memory, requests under way, servers with an open circuit. */
  get gauges(): { inHand: number; inFlight: number; openCircuits: number } {
    let openCircuits = 0;
    for (const destination of this.#destinations) if (destination.state !== 'closed') openCircuits++;
    return { inHand: this.#held.size, inFlight: this.#inFlight, openCircuits };
  }

  /** Takes back what an earlier run of this node had in hand and begins to work. */
  async start(): Promise<void> {
    this.#startedAt = this.#clock.now();
    const released = await this.#options.store.releaseEarlierEpochs(this.#startedAt);
    if (released > 0) this.#log.info({ webhooks: released }, 'webhooks of the last run are sent now');
    this.#polling = this.#poll();
    this.#later(RENEW_EVERY_MS, () => this.#renew());
  }

  /** Decides which new jobs this node sends at once. Insert them with the result, commit, then pass it to `handOver`. */
  admit(jobs: readonly WebhookJob[]): Admission {
    const open = !this.#stop.signal.aborted && !this.#catchingUp && !this.#left.crowded;
    let room = open ? this.#limits.jobsInHand - this.#held.size : 0;
    const webhooks = jobs.map((job) => {
      const leased = room > 0 && !this.#left.has(job.subjectId) && this.#destinations.hasRoom(originOf(job.url));
      if (leased) room--;
      return { job, leased };
    });
    return { webhooks, holder: this.#options.holder, leaseUntil: this.#clock.now() + LEASE_MS };
  }

  /** Call right after the commit of the jobs' insertion. */
  handOver(admission: Admission): void {
    for (const { job, leased } of admission.webhooks) {
      if (leased) {
        this.counts.handedOver++;
        this.#take(job, 0, admission.leaseUntil);
      } else {
        this.#left.add(job.subjectId, this.#clock.now() + LEASE_MS);
        if (this.#destinations.hasRoom(originOf(job.url))) this.#wake();
      }
    }
    this.#pump();
  }

  /** Starts nothing new, gives requests under way `graceMs` to end, and leaves the rest to whoever claims it next. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort();
    this.#wake();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await this.#polling;
    for (const destination of this.#destinations) destination.drain();
    if (this.#inFlight + this.#telling > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#idle = resolve;
      const cancel = this.#clock.after(graceMs, resolve);
      await promise;
      cancel();
    }
    this.#writer.stop();
    await this.#writer.flush();
    const dueAt = this.#clock.now();
    for (const { job, attempts } of this.#held.values()) {
      this.#writer.add({ disposition: { kind: 'queued', job, attempts, dueAt } });
    }
    if (!(await this.#writer.flush()))
      this.#log.warn({ webhooks: this.#held.size }, 'webhooks in hand stay leased until their lease ends');
  }

  #take(job: WebhookJob, attempts: number, leaseUntil: number): void {
    const known = this.#held.get(job.id);
    if (known) {
      known.leaseUntil = leaseUntil;
      return;
    }
    const delivery: Delivery = { job, attempts, leads: false, firstStart: null, leaseUntil };
    this.#held.set(job.id, delivery);
    if (this.#order.mayGo(delivery)) this.#enqueue(delivery);
  }

  /** The job is no longer this node's. */
  #drop(job: WebhookJob): void {
    this.#held.delete(job.id);
    if (this.#starved && this.#held.size * 2 <= this.#limits.jobsInHand) this.#wake();
  }

  #enqueue(delivery: Delivery): void {
    if (this.#stop.signal.aborted) return;
    const now = this.#clock.monotonic();
    for (let entering: Delivery | undefined = delivery; entering; ) {
      const destination = this.#destinations.get(originOf(entering.job.url));
      destination.push(entering);
      this.#destinations.offer(destination, now);
      // One that must wait for a server that is down holds up none for another server; for its own, the queue keeps their order.
      entering = destination.state === 'closed' ? undefined : this.#order.next(entering);
    }
  }

  /** The server is down: what waits for it lets those behind it pass. */
  #letPass(destination: Destination): void {
    for (const waiting of destination.held()) {
      const next = this.#order.next(waiting);
      if (next) this.#enqueue(next);
    }
  }

  #pump(): void {
    while (!this.#stop.signal.aborted && this.#inFlight < this.#limits.requests) {
      const now = this.#clock.monotonic();
      const destination = this.#destinations.next(now);
      if (!destination) return;
      const wasFull = destination.full;
      const delivery = destination.start();
      if (!delivery) continue;
      if (wasFull && !destination.full) this.#wake();
      this.#inFlight++;
      void this.#attempt(destination, delivery).finally(() => this.#offerAndPump(destination));
      this.#destinations.offer(destination, now);
    }
  }

  #offerAndPump(destination: Destination): void {
    this.#destinations.offer(destination, this.#clock.monotonic());
    this.#pump();
  }

  async #attempt(destination: Destination, delivery: Delivery): Promise<void> {
    const { job } = delivery;
    const kind = this.#options.kinds.get(job.kind);
    const policy = kind?.policy(job.url) ?? messagingPolicy;
    delivery.firstStart ??= this.#clock.monotonic();
    const result = await this.#send(delivery, policy);
    this.#inFlight--;
    this.counts.attempts++;
    const now = this.#clock.monotonic();
    if (result.kind === 'answer' || result.failure === 'partial') {
      destination.answered();
    } else if (result.failure === 'refused' || result.failure === 'local') {
      destination.undecided(delivery, now);
    } else if (destination.failed(delivery, now)) {
      this.#failWaiting(destination, result.reason);
    }
    if (destination.state === 'open') {
      this.#letPass(destination);
      this.#later(destination.probeAt - now, () => this.#offerAndPump(destination));
    }
    this.#settle(delivery, policy, result);
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#inFlight + this.#telling === 0) this.#idle?.();
  }

  /** Never rejects. */
  async #send(delivery: Delivery, policy: DeliveryPolicy): Promise<HttpResult> {
    try {
      const request = await buildRequest(delivery.job, policy, this.#options.signer);
      const elapsed = this.#clock.monotonic() - (delivery.firstStart ?? 0);
      const left = policy.totalTimeoutMs === null ? policy.attemptTimeoutMs : policy.totalTimeoutMs - elapsed;
      return await this.#options.http.request({
        ...request,
        totalTimeoutMs: Math.max(1, Math.min(policy.attemptTimeoutMs, left)),
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const times = { startedAt: this.#clock.now(), connectedMs: null, firstByteMs: null, totalMs: 0 };
      const failure = error instanceof UnusableUrl ? 'refused' : 'local';
      if (failure === 'local') this.#log.warn({ err: error, webhook: delivery.job.id }, 'webhook could not be made yet');
      return { kind: 'failure', failure, reason, status: null, times };
    }
  }

  /** A failed probe speaks for all who waited for it: the same happened to them, without the waiting. */
  #failWaiting(destination: Destination, reason: string): void {
    for (const delivery of destination.drain()) {
      const policy = this.#options.kinds.get(delivery.job.kind)?.policy(delivery.job.url) ?? messagingPolicy;
      this.counts.skippedAttempts++;
      delivery.firstStart ??= this.#clock.monotonic();
      this.#settle(delivery, policy, {
        kind: 'failure',
        failure: 'connect',
        reason: `not tried, ${destination.origin} does not answer: ${reason}`,
        status: null,
        times: { startedAt: this.#clock.now(), connectedMs: null, firstByteMs: null, totalMs: 0 },
      });
    }
  }

  /** What an attempt's result means for its job and those behind it. */
  #settle(delivery: Delivery, policy: DeliveryPolicy, result: HttpResult): void {
    const { job } = delivery;
    if (!this.#held.has(job.id)) return; // given up by `stop`, or no longer ours
    delivery.attempts++;
    const delivered = result.kind === 'answer' && result.status >= 200 && result.status < 300;
    const elapsed = this.#clock.monotonic() - (delivery.firstStart ?? 0);
    const delay = delivered ? null : nextDelayMs(policy, delivery.attempts, failureClass(result), elapsed);
    const attempt = attemptRecord(delivery, result, delay === null ? null : this.#clock.now() + delay);
    if (delivered) {
      const contentType = String(result.headers['content-type'] ?? '');
      void this.#finish(delivery, attempt, { kind: 'delivered', status: result.status, contentType, body: result.body });
    } else if (delay === null) {
      void this.#finish(delivery, attempt, { kind: 'failed', reason: attempt.error ?? '' });
    } else if (delay <= IN_MEMORY_RETRY_MS && !this.#stop.signal.aborted) {
      this.#writer.add({ attempt });
      this.#later(delay, () => {
        this.#enqueue(delivery);
        this.#pump();
      });
    } else {
      const dueAt = this.#clock.now() + delay;
      this.#writer.add({ attempt, disposition: { kind: 'queued', job, attempts: delivery.attempts, dueAt } });
    }
    const next = this.#order.next(delivery);
    if (next) this.#enqueue(next);
  }

  /** Tells the handler, then records the end: in this order, so that a crash between the two repeats and loses nothing. */
  async #finish(delivery: Delivery, attempt: AttemptRecord, outcome: WebhookOutcome): Promise<void> {
    const { job } = delivery;
    const handler = this.#options.kinds.get(job.kind)?.onOutcome;
    this.#telling++;
    const told = !handler || (await tellOutcome(handler, job, outcome, this.#clock, this.#log, this.#stop.signal));
    this.#telling--;
    if (!told) {
      this.#writer.add({ attempt });
      this.#drop(job); // its lease ends by itself, and it is sent anew
      this.#checkIdle();
      return;
    }
    this.counts[outcome.kind]++;
    this.#writer.add({ attempt, disposition: { kind: 'ended', job, result: outcome.kind, at: this.#clock.now() } });
    this.#checkIdle();
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve; // before the claim, so that what is left in the table meanwhile is not missed
      if ((await this.#claim()) > 0 || this.#stop.signal.aborted) continue;
      const cancel = this.#later(POLL_MS, resolve);
      await woken;
      cancel();
    }
  }

  /** Returns how many jobs were taken. */
  async #claim(): Promise<number> {
    const room = Math.min(CLAIM_BATCH, this.#limits.jobsInHand - this.#held.size);
    this.#starved = room <= 0;
    if (this.#starved) return 0;
    const now = this.#clock.now();
    const leaseUntil = now + LEASE_MS;
    try {
      const claimed = await this.#options.store.claim(room, now, leaseUntil, this.#destinations.full());
      this.counts.claimed += claimed.length;
      for (const { job, attempts } of claimed) {
        this.#left.claimed(job.subjectId);
        this.#take(job, attempts, leaseUntil);
      }
      this.#pump();
      if (!claimed.some(({ job, attempts }) => attempts === 0 && job.createdAt < this.#startedAt)) this.#catchingUp = false;
      return claimed.length;
    } catch (error) {
      this.#log.warn({ err: error }, 'webhooks could not be fetched yet');
      return 0;
    }
  }

  async #renew(): Promise<void> {
    this.#left.forgetUntil(this.#clock.now());
    const soon = this.#clock.now() + LEASE_MS - RENEW_EVERY_MS;
    const ending = [...this.#held.values()].filter(({ leaseUntil }) => leaseUntil < soon);
    try {
      for (let from = 0; from < ending.length; from += RENEW_BATCH) {
        const batch = ending.slice(from, from + RENEW_BATCH);
        const leaseUntil = this.#clock.now() + LEASE_MS;
        await this.#options.store.renew(
          batch.map(({ job }) => job),
          leaseUntil,
        );
        for (const delivery of batch) delivery.leaseUntil = leaseUntil;
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'webhook leases could not be renewed yet');
    }
    if (!this.#stop.signal.aborted) this.#later(RENEW_EVERY_MS, () => this.#renew());
  }

  /** A timer that `stop` ends. */
  #later(ms: number, task: () => void): () => void {
    const end = this.#clock.after(Math.max(0, ms), () => {
      this.#timers.delete(cancel);
      task();
    });
    const cancel = () => {
      end();
      this.#timers.delete(cancel);
    };
    this.#timers.add(cancel);
    return cancel;
  }
}
