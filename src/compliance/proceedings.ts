import type pg from 'pg';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { inTransaction } from '../storage/storage.ts';
import type { ComplianceConfiguration } from './configuration.ts';
import type { ComplianceNotice, ComplianceNotifier } from './notices.ts';
import type { CaseKind } from './registry/case.ts';
import type { CaseStore } from './registry/case-store.ts';

/** One step of something that is registered: what it changes, asks and tells is one transaction. */
export interface Step {
  readonly client: pg.ClientBase;
  readonly at: Date;
  /** Tells the account, when the step is committed. */
  tell(notice: ComplianceNotice): void;
  /**
   * Asks the registry. What was asked before about the same subject is withdrawn. With `waitUntil` nobody is asked: left undecided until
   * then, it is rejected.
   */
  ask(question: Question, waitUntil?: Date): Promise<void>;
  /** Takes back what was asked; false when nothing was open. */
  withdraw(kind: CaseKind, subjectId: string): Promise<boolean>;
  /** A number whose registration has changed. */
  touched(number: string): void;
}

export interface Question {
  readonly kind: CaseKind;
  readonly subjectId: string;
  readonly accountId: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface ProceedingsDependencies {
  readonly pool: pg.Pool;
  readonly cases: CaseStore;
  readonly notifier: ComplianceNotifier;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly configuration: () => ComplianceConfiguration;
  /** Called after a commit that changed what a number may do. */
  readonly numberChanged: (number: string) => void;
}

/** Each takes the second after which PostgreSQL looks for deadlocks; two of a kind in a row are rare already. */
const DEADLOCK_RETRIES = 3;
/** deadlock_detected */
const isDeadlock = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '40P01';

/** Runs steps, and after their commit wakes whoever has something to do now. */
export class Proceedings {
  readonly #needs: ProceedingsDependencies;
  #opened: () => void = () => undefined;

  constructor(needs: ProceedingsDependencies) {
    this.#needs = needs;
  }

  get clock(): Clock {
    return this.#needs.clock;
  }

  get ids(): Ids {
    return this.#needs.ids;
  }

  get pool(): pg.Pool {
    return this.#needs.pool;
  }

  /** `listener` is called after each commit that opened a case. */
  onOpened(listener: () => void): void {
    this.#opened = listener;
  }

  /** Adds to what the registry is shown of an open case, which is brought before it at once; false when none is open. */
  async amend(kind: CaseKind, subjectId: string, facts: object): Promise<boolean> {
    const at = new Date(this.#needs.clock.now());
    const amended = await inTransaction(this.#needs.pool, (client) =>
      this.#needs.cases.amend(client, kind, subjectId, facts, at),
    );
    if (amended) this.#opened();
    return amended;
  }

  /**
   * A step locks its subject before the case of it, but steps that touch several subjects (numbers of a campaign, parts of an application)
   * may meet in different orders. Of two that wait for each other the database ends one, which is run again; so `work` does nothing but
   * what a rollback undoes.
   */
  async run<Result>(work: (step: Step) => Promise<Result>): Promise<Result> {
    for (let left = DEADLOCK_RETRIES; ; left--) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (left === 0 || !isDeadlock(error)) throw error;
      }
    }
  }

  async #attempt<Result>(work: (step: Step) => Promise<Result>): Promise<Result> {
    const { pool, cases, notifier, clock, ids, configuration, numberChanged } = this.#needs;
    const notices: ComplianceNotice[] = [];
    const numbers = new Set<string>();
    let opened = false;
    let handOver: (() => void) | undefined;
    const result = await inTransaction(pool, async (client) => {
      const at = new Date(clock.now());
      const done = await work({
        client,
        at,
        tell: (notice) => void notices.push(notice),
        async ask(question, waitUntil) {
          opened = true;
          const deadline = waitUntil ?? new Date(at.getTime() + configuration().registry.deadlineMs);
          await cases.open(client, { id: ids.uuid(), ...question, openedAt: at, dueAt: waitUntil ?? at, deadline });
        },
        withdraw: (kind, subjectId) => cases.withdraw(client, kind, subjectId),
        touched: (number) => void numbers.add(number),
      });
      if (notices.length > 0) handOver = await notifier.write(client, notices);
      return done;
    });
    handOver?.();
    for (const number of numbers) numberChanged(number);
    if (opened) this.#opened();
    return result;
  }
}
