import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { isDataFailure, isPassingFailure } from '../storage/failure.ts';
import { GroupCommit } from '../storage/group-commit.ts';
import type { Outcome } from './outcome.ts';
import type { OutcomeStore } from './outcome-store.ts';

/** A statement of 500 rows takes some 25 ms: what comes behind it waits no longer than that. */
const MAX_BATCH = 500;
/** Outcomes are bounded by what dispatcher and carriers have in hand; this is beyond both, so it is never reached in order. */
const MAX_WAITING = 50_000;
const RETRY_MS = 200;

/**
 * The one writer of outcomes of this node: one transaction at a time, in order, so a receipt that follows its submit response is
 * written after it. While the database is away it tries on, and those who wait for a commit wait.
 */
export class OutcomeWriter {
  readonly #commit: GroupCommit<Outcome, true>;
  readonly #clock: Clock;
  readonly #log: Log;
  #stopped = false;

  /** `lingerMs`: how long results of submits wait for company; receipts never do, because their carrier waits for the commit. */
  constructor(store: OutcomeStore, clock: Clock, log: Log, lingerMs: number) {
    this.#clock = clock;
    this.#log = log;
    this.#commit = new GroupCommit<Outcome, true>({
      write: (outcomes) => this.#write(store, outcomes),
      maxBatch: MAX_BATCH,
      lanes: 1,
      linger: { clock, ms: lingerMs, isUrgent: (outcome) => outcome.kind === 'receipt' || outcome.kind === 'sweep' },
      maxWaiting: MAX_WAITING,
    });
  }

  get waiting(): number {
    return this.#commit.waiting;
  }

  /**
   * Resolves when the outcome is committed; if the database refuses what a carrier said, without that. Rejects when it can never be,
   * or after `stop`.
   */
  async add(outcome: Outcome): Promise<void> {
    try {
      await this.#commit.add(outcome);
    } catch (error) {
      if (!isDataFailure(error) || outcome.kind === 'receipt' || outcome.kind === 'sweep' || outcome.attempts.length === 0)
        throw error;
      this.#log.error({ err: error, message_id: outcome.messageId }, 'attempts could not be stored, the outcome is without them');
      await this.#commit.add({ ...outcome, attempts: [] });
    }
  }

  /** Writes what is waiting, without trying for ever. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#commit.drain();
  }

  async #write(store: OutcomeStore, outcomes: readonly Outcome[]): Promise<readonly true[]> {
    for (;;) {
      try {
        await store.write(outcomes);
        return outcomes.map(() => true);
      } catch (error) {
        if (!isPassingFailure(error) || this.#stopped) throw error;
        this.#log.warn({ err: error, outcomes: outcomes.length }, 'outcomes could not be written, trying again');
        await this.#clock.sleep(RETRY_MS);
      }
    }
  }
}
