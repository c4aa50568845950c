import type { Clock } from '../runtime/clock.ts';
import { isDataFailure } from './failure.ts';

/**
 * Many callers, one transaction: entries that arrive while a commit is under way go together into the next. With one caller the
 * batch is one entry and nothing waits; with 64 a commit (about 1 ms of fsync) is shared by up to 64.
 */
export interface GroupCommitOptions<Entry, Result> {
  /** Writes all entries or none. Results are in the order of the entries. */
  readonly write: (entries: readonly Entry[]) => Promise<readonly Result[]>;
  /** Rows an entry stands for; 1 when it is not given. */
  readonly sizeOf?: (entry: Entry) => number;
  /** Whether a failed batch can have failed because of one of its entries; the database refusing a value when it is not given. */
  readonly isFaultOfEntry?: (error: unknown) => boolean;
  /** Rows in one transaction: beyond some hundreds a larger batch saves nothing and delays its first entry. A larger entry goes alone. */
  readonly maxBatch: number;
  /** Transactions at once. 1 keeps the order of entries; 2 overlap one commit's fsync with the next one's statement. */
  readonly lanes: number | (() => number);
  /**
   * A batch that is not full waits this long for more entries, unless one of them is urgent. For what nobody waits for: at a few
   * thousand entries a second a statement with dozens of rows costs little more than one with three.
   */
  readonly linger?: { readonly clock: Clock; readonly ms: number; readonly isUrgent: (entry: Entry) => boolean };
  /** Rows waiting at most; `add` rejects beyond it. */
  readonly maxWaiting: number;
}

interface Waiting<Entry, Result> {
  readonly entry: Entry;
  readonly size: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<Entry, Result> {
  readonly #options: GroupCommitOptions<Entry, Result>;
  #waiting: Waiting<Entry, Result>[] = [];
  #waitingRows = 0;
  #active = 0;
  #scheduled = false;
  #urgent = false;
  #cancelLinger: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Entry, Result>) {
    this.#options = options;
  }

  /** Rows that no transaction has taken up yet. */
  get waiting(): number {
    return this.#waitingRows;
  }

  /** Resolves when the entry is committed; rejects when its transaction failed, and then nothing of it is stored. */
  add(entry: Entry): Promise<Result> {
    const size = this.#options.sizeOf?.(entry) ?? 1;
    if (this.#waitingRows > 0 && this.#waitingRows + size > this.#options.maxWaiting) return Promise.reject(new QueueFullError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, size, resolve, reject });
      this.#waitingRows += size;
      if (this.#options.linger?.isUrgent(entry)) this.#urgent = true;
      this.#schedule();
    });
  }

  /** Resolves when everything that was added has been written or has failed. */
  async drain(): Promise<void> {
    if (this.#active > 0 || this.#waiting.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  get #lanes(): number {
    const { lanes } = this.#options;
    return typeof lanes === 'number' ? lanes : lanes();
  }

  /** One turn of the event loop later, so that all requests of this turn share the first batch; or once it has lingered. */
  #schedule(): void {
    if (this.#scheduled || this.#active >= this.#lanes) return;
    const { linger, maxBatch } = this.#options;
    if (linger && linger.ms > 0 && !this.#urgent && this.#waitingRows < maxBatch) {
      this.#cancelLinger ??= linger.clock.after(linger.ms, () => {
        this.#cancelLinger = undefined;
        this.#startLane();
      });
      return;
    }
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#startLane();
    });
  }

  #startLane(): void {
    if (this.#active >= this.#lanes || this.#waiting.length === 0) return;
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    const batch = this.#takeBatch();
    this.#urgent = false;
    this.#active++;
    if (this.#waiting.length > 0) this.#schedule();
    this.#writeBatch(batch).finally(() => {
      this.#active--;
      if (this.#waiting.length > 0) this.#schedule();
      else if (this.#active === 0) for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  #takeBatch(): readonly Waiting<Entry, Result>[] {
    let count = 0;
    let rows = 0;
    for (const { size } of this.#waiting) {
      if (count > 0 && rows + size > this.#options.maxBatch) break;
      count++;
      rows += size;
    }
    this.#waitingRows -= rows;
    return this.#waiting.splice(0, count);
  }

  /** A batch that fails by one of its entries is written again in halves, so that this one fails alone (design rule 6). */
  async #writeBatch(batch: readonly Waiting<Entry, Result>[]): Promise<void> {
    try {
      const results = await this.#options.write(batch.map((waiting) => waiting.entry));
      batch.forEach((waiting, index) => {
        const result = results[index];
        if (result === undefined) waiting.reject(new Error('the batch returned no result for this entry'));
        else waiting.resolve(result);
      });
    } catch (error) {
      const isFaultOfEntry = this.#options.isFaultOfEntry ?? isDataFailure;
      if (batch.length === 1 || !isFaultOfEntry(error)) {
        for (const waiting of batch) waiting.reject(error);
        return;
      }
      const middle = Math.ceil(batch.length / 2);
      await this.#writeBatch(batch.slice(0, middle));
      await this.#writeBatch(batch.slice(middle));
    }
  }
}

export class QueueFullError extends Error {
  constructor() {
    super('too many writes are waiting');
    this.name = 'QueueFullError';
  }
}
