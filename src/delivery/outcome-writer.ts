import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { AttemptRecord, Disposition, WebhookStore } from './webhook-store.ts';

export interface OutcomeEntry {
  readonly attempt?: AttemptRecord;
  readonly disposition?: Disposition;
}

/** Long enough to gather the outcomes of a busy moment in one statement; nobody waits for them. */
const GATHER_MS = 20;
const BATCH = 500;
const RETRY_MS = 1_000;
/** SQLSTATE classes that blame the values, not the database: data exception, integrity violation. */
const BAD_VALUES = /^2[23]/;

/** Writes attempts and dispositions in batches, in the order they came, again and again until the database takes them. */
export class OutcomeWriter {
  readonly #store: Pick<WebhookStore, 'record'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #written: (disposition: Disposition) => void;
  /** Bounded by the jobs in hand, which leave only when they are written. */
  #entries: OutcomeEntry[] = [];
  #scheduled: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  #stopped = false;

  constructor(store: Pick<WebhookStore, 'record'>, clock: Clock, log: Log, written: (disposition: Disposition) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#written = written;
  }

  add(entry: OutcomeEntry): void {
    this.#entries.push(entry);
    this.#schedule(GATHER_MS);
  }

  /** Writes what there is now. Returns whether all of it was written. */
  async flush(): Promise<boolean> {
    this.#scheduled?.();
    this.#scheduled = undefined;
    while (this.#writing) await this.#writing;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    try {
      while (this.#entries.length > 0) {
        const batch = this.#entries.splice(0, BATCH);
        const left = await this.#write(batch);
        if (left.length > 0) {
          this.#entries = [...left, ...this.#entries];
          return false;
        }
      }
      return true;
    } finally {
      this.#writing = undefined;
      resolve();
    }
  }

  /** Nothing is written by itself any more; `flush` still works. What is never written is sent again once its lease has ended. */
  stop(): void {
    this.#stopped = true;
    this.#scheduled?.();
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#scheduled ??= this.#clock.after(ms, () => {
      this.#scheduled = undefined;
      void this.flush().then((complete) => {
        if (!complete) this.#schedule(RETRY_MS);
      });
    });
  }

  /** Returns the entries that must be tried again. */
  async #write(batch: readonly OutcomeEntry[]): Promise<readonly OutcomeEntry[]> {
    try {
      await this.#store.record(
        batch.flatMap((entry) => entry.attempt ?? []),
        batch.flatMap((entry) => entry.disposition ?? []),
      );
    } catch (error) {
      if (!isBadValue(error)) {
        this.#log.warn({ err: error }, 'webhook outcomes could not be written yet');
        return batch;
      }
      if (batch.length > 1) return this.#writeOneByOne(batch);
      const [entry] = batch;
      this.#log.error(
        { err: error, webhook: entry?.disposition?.job.id ?? entry?.attempt?.webhookId },
        'webhook outcome cannot be stored',
      );
      // The end of a job matters more than the record of its attempt: without it the job would be sent again and again.
      if (entry?.attempt && entry.disposition) return this.#write([{ disposition: entry.disposition }]);
    }
    for (const { disposition } of batch) if (disposition) this.#written(disposition);
    return [];
  }

  /** One entry that the database refuses must not hold up the others. */
  async #writeOneByOne(batch: readonly OutcomeEntry[]): Promise<readonly OutcomeEntry[]> {
    for (const [index, entry] of batch.entries()) {
      const left = await this.#write([entry]);
      if (left.length > 0) return batch.slice(index);
    }
    return [];
  }
}

function isBadValue(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && BAD_VALUES.test(error.code);
}
