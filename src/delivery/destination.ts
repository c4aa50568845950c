import type { WebhookJob } from './webhook.ts';

/**
 * One destination server: what waits for it, how many requests it may have at once, and its circuit.
 *
 *   state    | event                                  | next
 *   ---------|----------------------------------------|-----------------------------------------
 *   closed   | answer of any status                   | closed, failures counted from 0
 *   closed   | transport failure, fewer than N in row | closed
 *   closed   | the N-th transport failure in a row    | open, probe after PROBE_MIN_MS
 *   open     | probe time reached, a job waits        | probing, that job is sent
 *   open     | answer to a request sent before        | closed
 *   open     | failure of a request sent before       | open
 *   probing  | answer                                 | closed
 *   probing  | transport failure                      | open, the interval doubled up to PROBE_MAX_MS
 */
export type CircuitState = 'closed' | 'open' | 'probing';

export interface Delivery {
  readonly job: WebhookJob;
  /** Attempts made so far. */
  attempts: number;
  /** Later jobs of its subject wait for the end of its first attempt. */
  leads: boolean;
  /** Monotonic time of the first attempt in these hands; `null` before. */
  firstStart: number | null;
  leaseUntil: number;
}

/** A row of transport failures long enough not to be chance. */
export const FAILURES_TO_OPEN = 5;
const PROBE_MIN_MS = 1_000;
/** A server that returns is found after at most this time. */
const PROBE_MAX_MS = 15_000;
/** Requests at once to a server that has shown nothing yet; each answer allows one more, each failure halves it. */
const INITIAL_CONCURRENCY = 8;

export class Destination {
  readonly origin: string;
  readonly #maxConcurrency: number;
  readonly #maxWaiting: number;
  #concurrency: number;
  #waiting: Delivery[] = [];
  #head = 0;
  #state: CircuitState = 'closed';
  #failuresInRow = 0;
  #probeIntervalMs = PROBE_MIN_MS;
  #probeAt = 0;
  #probe: Delivery | undefined;
  /** Requests under way. */
  inFlight = 0;
  /** Too much waits for it; more stays in the table until half of that has gone. */
  full = false;
  /** It stands in the dispatcher's ring of destinations that may start something. */
  inRing = false;

  constructor(origin: string, maxConcurrency: number, maxWaiting: number) {
    this.origin = origin;
    this.#maxConcurrency = maxConcurrency;
    this.#maxWaiting = maxWaiting;
    this.#concurrency = Math.min(INITIAL_CONCURRENCY, maxConcurrency);
  }

  get state(): CircuitState {
    return this.#state;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  get probeAt(): number {
    return this.#probeAt;
  }

  get idle(): boolean {
    return this.waiting === 0 && this.inFlight === 0;
  }

  push(delivery: Delivery): void {
    this.#waiting.push(delivery);
    if (this.waiting >= this.#maxWaiting) this.full = true;
  }

  mayStart(now: number): boolean {
    if (this.waiting === 0) return false;
    if (this.#state === 'closed') return this.inFlight < this.#concurrency;
    return this.#state === 'open' && now >= this.#probeAt;
  }

  /** The next job to send; only after `mayStart`. */
  start(): Delivery | undefined {
    const delivery = this.#waiting[this.#head];
    if (!delivery) return undefined;
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head > 512 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head); // the sent part does not stay for ever
      this.#head = 0;
    }
    if (this.#state === 'open') {
      this.#state = 'probing';
      this.#probe = delivery;
    }
    if (this.waiting * 2 <= this.#maxWaiting) this.full = false;
    this.inFlight++;
    return delivery;
  }

  /** The server answered, with whatever status. */
  answered(): void {
    this.inFlight--;
    this.#state = 'closed';
    this.#probe = undefined;
    this.#failuresInRow = 0;
    this.#probeIntervalMs = PROBE_MIN_MS;
    this.#concurrency = Math.min(this.#concurrency + 1, this.#maxConcurrency);
  }

  /** The request said nothing about the server: it never left. */
  undecided(delivery: Delivery, now: number): void {
    this.inFlight--;
    if (delivery === this.#probe) this.#open(now);
  }

  /** No answer. Returns whether this was the probe: all who waited for it have failed with it. */
  failed(delivery: Delivery, now: number): boolean {
    this.inFlight--;
    this.#failuresInRow++;
    this.#concurrency = Math.max(1, this.#concurrency >> 1);
    if (delivery === this.#probe) {
      this.#probeIntervalMs = Math.min(this.#probeIntervalMs * 2, PROBE_MAX_MS);
      this.#open(now);
      return true;
    }
    if (this.#state === 'closed' && this.#failuresInRow >= FAILURES_TO_OPEN) this.#open(now);
    return false;
  }

  /** What waits, as it is now. */
  held(): readonly Delivery[] {
    return this.#waiting.slice(this.#head);
  }

  /** Takes away everything that waits. */
  drain(): Delivery[] {
    const all = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    this.full = false;
    return all;
  }

  #open(now: number): void {
    this.#state = 'open';
    this.#probe = undefined;
    this.#probeAt = now + this.#probeIntervalMs;
  }
}
