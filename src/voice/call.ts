import type { Micros } from '../billing/money.ts';
import type { MediaLeg, MediaStats } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import type { CallFacts, EndedFacts } from './call-facts.ts';
import { type CallProgress, nextProgress, type ProgressEvent, statusOf } from './call-progress.ts';
import type { CallOrigin, CallRecords } from './call-records.ts';
import type { CallTimeline } from './call-timeline.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';
import { type Leg, type LegEvents, type LegFactory, LegGone } from './leg.ts';
import { chargeCall } from './pricing.ts';
import type { TransferRequest } from './transfers/transfer-request.ts';

export interface CallEnvironment {
  readonly clock: Clock;
  readonly records: CallRecords;
  /** Opens the timeline of a call. */
  readonly timeline: (callId: string) => CallTimeline;
  /** What a carrier takes for a minute of a call to a number. */
  readonly carrierRate?: ((carrier: string, number: string) => Micros) | undefined;
  /** Is told of a call that was answered and costs something. */
  readonly answered?: ((call: Call) => void) | undefined;
  /** Takes what far ends ask for by REFER; without it they are declined. */
  readonly transfer?: ((call: Call, request: TransferRequest) => void) | undefined;
}

/** What of the facts is known when a call begins; the rest is kept by the call. */
export type CallIdentity = Omit<
  CallFacts,
  | 'rateMicros'
  | 'status'
  | 'startedAt'
  | 'ringingAt'
  | 'answeredAt'
  | 'machine'
  | 'scheduledHangupId'
  | 'carrierFailover'
  | 'ended'
>;

export interface CallOptions {
  readonly identity: CallIdentity;
  readonly origin: CallOrigin;
  /** Seconds from answer after which it is hung up. */
  readonly timeLimitMs: number;
  readonly leg: LegFactory;
  /** It has no record yet; calls of API requests have theirs from the request. */
  readonly isNew: boolean;
}

/** Nothing came from the far end for this long (voice-api.md §2). */
const MEDIA_TIMEOUT_MS = 60_000;
/** Carriers' costs are counted by the second. */
const BY_SECOND = { minimumS: 1, incrementS: 1 } as const;

/**
 * One call: one far end with its own CallUUID, from the first INVITE to the closed record. It keeps the state, tells who waits for
 * it, and ends exactly once, whoever asks first.
 */
export class Call {
  readonly #environment: CallEnvironment;
  readonly #timeline: CallTimeline;
  readonly #identity: CallIdentity;
  readonly #timeLimitMs: number;
  readonly #startedAt: number;
  readonly #gone = new AbortController();
  readonly #watchers = new Set<CallWatcher>();
  readonly #ended = Promise.withResolvers<EndedFacts>();
  readonly #leg: Leg;
  #origin: CallOrigin;
  #state: CallProgress = 'new';
  #ringingAt: number | undefined;
  #answeredAt: number | undefined;
  #machine = false;
  #scheduledHangupId: string | undefined;
  #carrierFailover = false;
  /** Of the trunk tried last, for a minute. */
  #carrierRate: Micros = 0;
  #end: EndedFacts | undefined;
  #cancelTimeLimit: () => void = () => undefined;
  #watchesMedia = false;
  readonly #stopsWatching: (() => void)[] = [];

  constructor(options: CallOptions, environment: CallEnvironment) {
    this.#environment = environment;
    this.#timeline = environment.timeline(options.identity.callId);
    this.#identity = options.identity;
    this.#origin = options.origin;
    this.#timeLimitMs = options.timeLimitMs;
    this.#startedAt = environment.clock.now();
    if (options.isNew) this.#recorded(environment.records.started(this.facts, this.#origin));
    const events: LegEvents = {
      ringing: () => this.#happen('ring'),
      early: () => this.#happen('early'),
      answered: () => this.#happen('answer'),
      ended: (cause) => this.#finish(cause),
      refer: (request) => {
        if (environment.transfer) environment.transfer(this, request);
        else request.refuse(603);
      },
      note: (event, detail) => this.note(event, detail),
      carriedBy: (carrier, failover) => {
        this.#origin = { ...this.#origin, carrier };
        this.#carrierFailover ||= failover;
        this.#carrierRate = environment.carrierRate?.(carrier, options.identity.to) ?? 0;
        if (this.#carrierRate > 0) this.note('carrier_rate', { carrier, per_minute_micros: this.#carrierRate });
      },
    };
    this.#leg = options.leg(events, options.identity.callId);
  }

  get id(): string {
    return this.#identity.callId;
  }

  get accountId(): string {
    return this.#identity.accountId;
  }

  get ownerId(): string {
    return this.#identity.ownerId;
  }

  /** What it is charged with if it ends at `at`; 0 before the answer and after its end. */
  costAt(at: number): Micros {
    return this.#end ? 0 : chargeCall(this.#origin.rate, this.#answeredAt, at).amountMicros;
  }

  get progress(): CallProgress {
    return this.#state;
  }

  get answered(): boolean {
    return this.#answeredAt !== undefined;
  }

  /** Aborts when the call has ended. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Resolves when the call has ended and its record is closed. */
  get ended(): Promise<EndedFacts> {
    return this.#ended.promise;
  }

  /** Where it came from, and the trunk it goes by now. */
  get origin(): CallOrigin {
    return this.#origin;
  }

  get media(): MediaLeg | undefined {
    return this.#leg.media;
  }

  get facts(): CallFacts {
    return {
      ...this.#identity,
      rateMicros: this.#origin.rate.perMinute,
      status: statusOf(this.#state, this.#identity.direction, this.answered, this.#end?.cause.code ?? 0),
      startedAt: this.#startedAt,
      ringingAt: this.#ringingAt,
      answeredAt: this.#answeredAt,
      machine: this.#machine,
      scheduledHangupId: this.#scheduledHangupId,
      carrierFailover: this.#carrierFailover,
      ended: this.#end,
    };
  }

  /** Tells of progress. The returned function ends the subscription; the end of the call does too. */
  watch(watcher: CallWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  note(event: string, detail: Readonly<Record<string, unknown>> = {}): void {
    this.#timeline.note(event, detail);
  }

  ring(): void {
    this.#leg.ring();
    this.#happen('ring');
  }

  /** Audio before the answer; does nothing once it flows. @throws LegGone */
  async openEarly(): Promise<MediaLeg> {
    if (this.#state === 'new' || this.#state === 'ringing') {
      await this.#leg.openEarly();
      this.#happen('early');
    }
    return this.#openMedia();
  }

  /** Answers an inbound call, once. @throws LegGone */
  async answer(): Promise<MediaLeg> {
    if (!this.answered && this.#state !== 'ended') {
      await this.#leg.answer();
      this.#happen('answer');
    }
    return this.#openMedia();
  }

  hangUp(cause: HangupCause): void {
    if (this.#state === 'ended') return;
    this.note('hangup', { code: cause.code, source: cause.source });
    this.#leg.hangUp(cause);
    this.#finish(cause);
  }

  /** Who has answered is being found out: that is paid for. */
  detectMachine(): void {
    this.#origin = { ...this.#origin, machineDetection: true };
  }

  /** It has come into a conference: its record names it. */
  joined(conferenceId: string): void {
    this.#origin = { ...this.#origin, conferenceId };
  }

  /** A machine has answered: told in every request from now on. */
  markMachine(): void {
    this.#machine = true;
  }

  /** A hangup is planned for later; its id is told in the requests of the call. */
  schedule(id: string | undefined): void {
    this.#scheduledHangupId = id;
  }

  #openMedia(): MediaLeg {
    const { media } = this.#leg;
    if (!media || this.#state === 'ended') throw new LegGone('the call has ended');
    return media;
  }

  #happen(event: ProgressEvent): void {
    const before = this.#state;
    this.#state = nextProgress(before, event);
    if (this.#state === before) return;
    const now = this.#environment.clock.now();
    if (this.#state === 'ringing' || this.#state === 'early') this.#ringingAt ??= now;
    if (this.#state === 'answered') {
      this.#answeredAt = now;
      this.#cancelTimeLimit = this.#environment.clock.after(this.#timeLimitMs, () => this.hangUp(hangupCause(6000, 'Plivo')));
    }
    if (this.#state === 'answered' || this.#state === 'early') this.#watchMedia();
    if (this.#state === 'answered') {
      this.#watchSilence();
      if (this.costAt(now) > 0) this.#environment.answered?.(this);
    }
    this.note('state', { state: this.#state });
    this.#recorded(this.#environment.records.progressed(this.facts));
    for (const watcher of [...this.#watchers]) watcher.progressed?.(this.#state);
  }

  #watchMedia(): void {
    const { media } = this.#leg;
    if (!media || this.#watchesMedia) return;
    this.#watchesMedia = true;
    this.#stopsWatching.push(
      media.onFailure((error) => {
        this.note('media_failed', { reason: error.message });
        this.hangUp(hangupCause(5010, 'Error'));
      }),
    );
  }

  /** Before the answer nobody has to send anything: a caller that hears early audio, a carrier between announcement and answer. */
  #watchSilence(): void {
    const stop = this.#leg.media?.onMediaTimeout(MEDIA_TIMEOUT_MS, () => this.hangUp(hangupCause(6020, 'Plivo')));
    if (stop) this.#stopsWatching.push(stop);
  }

  #finish(cause: HangupCause): void {
    if (this.#state === 'ended') return;
    this.#state = nextProgress(this.#state, 'end');
    this.#cancelTimeLimit();
    for (const stop of this.#stopsWatching.splice(0)) stop();
    const at = this.#environment.clock.now();
    this.#end = { at, cause, ...chargeCall(this.#origin.rate, this.#answeredAt, at) };
    const carrierCostMicros = chargeCall({ perMinute: this.#carrierRate, ...BY_SECOND }, this.#answeredAt, at).amountMicros;
    this.#origin = { ...this.#origin, carrierCostMicros };
    this.#gone.abort(new LegGone('the call has ended'));
    for (const watcher of [...this.#watchers]) watcher.ended?.(this.#end);
    this.#watchers.clear();
    this.#recorded(this.#close(this.#end));
  }

  /** A record that cannot be written does not end a call; storage has tried again by itself before it says so. */
  #recorded(write: Promise<void>): void {
    write.catch((error: unknown) => this.note('record_failed', { reason: String(error) }));
  }

  async #close(end: EndedFacts): Promise<void> {
    const media = await this.#closeMedia();
    this.note('ended', {
      code: end.cause.code,
      source: end.cause.source,
      sip_status: end.cause.sipStatus ?? null,
      carrier_cost_micros: this.#origin.carrierCostMicros ?? 0,
      media: media ? mediaDetail(media) : null,
    });
    try {
      await this.#environment.records.ended(this.facts, this.#origin);
    } finally {
      this.#timeline.flush();
      this.#ended.resolve(end);
    }
  }

  /** Whatever becomes of the media, the record is closed. */
  async #closeMedia(): Promise<MediaStats | undefined> {
    try {
      return await this.#leg.media?.close();
    } catch (error) {
      this.note('media_failed', { reason: String(error) });
      return undefined;
    }
  }
}

export interface CallWatcher {
  progressed?(state: CallProgress): void;
  ended?(end: EndedFacts): void;
}

/** Media statistics as timelines show them. */
function mediaDetail(stats: MediaStats) {
  return {
    packets_sent: stats.packetsSent,
    packets_received: stats.packetsReceived,
    bytes_received: stats.bytesReceived,
    packets_lost: stats.lost,
    packets_late: stats.late,
    packets_duplicate: stats.duplicates,
    packets_stray: stats.strayPackets,
    jitter_ms: rounded(stats.jitterMs),
    max_jitter_ms: rounded(stats.maxJitterMs),
    far_loss: stats.farLoss ?? null,
    round_trip_ms: stats.roundTripMs === undefined ? null : rounded(stats.roundTripMs),
    send_lateness_p99_ms: rounded(stats.sendLatenessP99Ms),
  };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
