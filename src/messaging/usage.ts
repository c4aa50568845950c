import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { UsageStore } from './usage-store.ts';

/** Counts are written this often; a crash forgets at most what was counted since. */
const FLUSH_MS = 1_000;
/** Scopes held at once: senders with a daily cap and countries with a threshold. */
const MAX_SCOPES = 50_000;

export type UsagePeriod = 'hour' | 'day';
const PERIOD_MS: Readonly<Record<UsagePeriod, number>> = { hour: 3_600_000, day: 86_400_000 };

interface Counter {
  readonly scope: string;
  readonly period: number;
  used: number;
  unwritten: number;
}

/**
 * Messages per sender and day, per country and hour: what daily caps and hourly thresholds look at. Only scopes that have a
 * limit are counted. Counts of other nodes are seen when a counter is first used and at each flush.
 */
export class Usage {
  readonly #store: UsageStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counters = new Map<string, Counter>();
  #cancel: (() => void) | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(store: UsageStore, clock: Clock, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  start(): void {
    this.#cancel = this.#clock.after(FLUSH_MS, () => {
      this.#flushing = this.#flush().finally(() => {
        if (this.#cancel) this.start();
      });
    });
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#flushing;
    await this.#flush();
  }

  /** Events of the scope in the current period so far. */
  async used(scope: string, period: UsagePeriod): Promise<number> {
    return (await this.#counter(scope, period)).used;
  }

  /** Has the counters of many scopes at hand for `peek`, with one question to storage. */
  async prepare(scopes: readonly string[], period: UsagePeriod): Promise<void> {
    const start = this.#start(period);
    const missing = scopes.filter((scope) => !this.#counters.has(`${scope} ${start}`));
    if (missing.length === 0) return;
    const used = await this.#store.readMany(missing, start);
    for (const scope of missing) this.#remember(scope, start, used.get(scope) ?? 0);
  }

  /** Events of the scope in the current period as far as they are at hand; never waits. */
  peek(scope: string, period: UsagePeriod): number {
    return this.#counters.get(`${scope} ${this.#start(period)}`)?.used ?? 0;
  }

  /** Counts one event; returns how many there were before it. */
  async count(scope: string, period: UsagePeriod): Promise<number> {
    const counter = await this.#counter(scope, period);
    counter.unwritten++;
    return counter.used++;
  }

  #start(period: UsagePeriod): number {
    return Math.floor(this.#clock.now() / PERIOD_MS[period]) * PERIOD_MS[period];
  }

  async #counter(scope: string, period: UsagePeriod): Promise<Counter> {
    const start = this.#start(period);
    const known = this.#counters.get(`${scope} ${start}`);
    return known ?? this.#remember(scope, start, await this.#store.read(scope, start));
  }

  #remember(scope: string, start: number, used: number): Counter {
    const key = `${scope} ${start}`;
    const counter = this.#counters.get(key) ?? { scope, period: start, used, unwritten: 0 };
    this.#counters.set(key, counter);
    if (this.#counters.size > MAX_SCOPES) this.#forgetOldest();
    return counter;
  }

  #forgetOldest(): void {
    for (const [key, counter] of this.#counters) {
      if (counter.unwritten > 0) continue;
      this.#counters.delete(key);
      return;
    }
  }

  async #flush(): Promise<void> {
    const due = [...this.#counters.values()].filter((counter) => counter.unwritten > 0);
    if (due.length === 0) return;
    const written = due.map((counter) => counter.unwritten);
    try {
      const totals = await this.#store.add(due.map(({ scope, period, unwritten }) => ({ scope, period, used: unwritten })));
      due.forEach((counter, index) => {
        counter.unwritten -= written[index] ?? 0;
        counter.used = Math.max(counter.used, (totals.get(`${counter.scope} ${counter.period}`) ?? 0) + counter.unwritten);
      });
    } catch (error) {
      this.#log.warn({ err: error }, 'usage counters could not be written, trying again');
    }
  }
}
