import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Proceedings, Step } from '../proceedings.ts';
import type { CaseKind, Registry, RegistryCase, Verdict } from './case.ts';
import type { CaseStore } from './case-store.ts';

/** What a verdict does to its subject. Subjects that have gone meanwhile are no error. */
export type Decider = (step: Step, decided: RegistryCase, verdict: Verdict) => Promise<void>;

export interface CaseworkDependencies {
  readonly store: CaseStore;
  readonly proceedings: Proceedings;
  readonly deciders: Readonly<Record<CaseKind, Decider>>;
  readonly registry: () => Registry;
  readonly clock: Clock;
  readonly log: Log;
}

/** Cases asked at once: an outside registry is not flooded. */
const BATCH = 16;
/** Above the longest request to an outside registry: whose asker has died is asked again. */
const LEASE_MS = 120_000;
/** Cases that another node opened and lost are found after this; one's own are waited for exactly. */
const LOOK_EVERY_MS = 30_000;
/** Never a busy loop, whatever the due times say. */
const LEAST_WAIT_MS = 20;
const NO_DECISION: Verdict = { outcome: 'rejected', code: 'deadline', reason: 'No decision was made in time' };

/** The case was withdrawn or decided while its verdict waited for the subject: nothing of it is kept. */
class Overtaken extends Error {}

/** Brings open cases before the registry when they are due, and carries out what it decides. */
export class Casework {
  readonly #needs: CaseworkDependencies;
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = true;

  constructor(needs: CaseworkDependencies) {
    this.#needs = needs;
    needs.proceedings.onOpened(() => this.wake());
  }

  start(): void {
    this.#stopped = false;
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#running;
  }

  /** Looks for due cases now. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#cancel?.();
    this.#cancel = undefined;
    this.#running = this.#look()
      .catch((error: unknown) => {
        this.#needs.log.warn({ err: error }, 'open cases could not be looked through');
        return LOOK_EVERY_MS;
      })
      .then((waitMs) => {
        this.#running = undefined;
        if (this.#stopped) return;
        const again = this.#again;
        this.#again = false;
        this.#cancel = this.#needs.clock.after(again ? 0 : waitMs, () => this.wake());
      });
  }

  /**
   * Carries a verdict out, whoever made it. False when the case does not exist or has been decided: the first verdict stands.
   * The decider locks the subject and only then the case is closed, in the order of the account's own steps: the other way round the two
   * would wait for each other.
   */
  async decide(caseId: string, verdict: Verdict, by: string): Promise<boolean> {
    const { proceedings, store, deciders } = this.#needs;
    const open = await store.find(caseId);
    if (!open || open.decidedAt !== null) return false;
    try {
      await proceedings.run(async (step) => {
        let isClosed = false;
        const close = async () => {
          if (!isClosed && !(await store.close(step.client, caseId, verdict, by, step.at))) throw new Overtaken();
          isClosed = true;
        };
        const ask: Step['ask'] = async (question, waitUntil) => {
          await close();
          await step.ask(question, waitUntil);
        };
        await deciders[open.kind]({ ...step, ask }, open, verdict);
        await close();
      });
      return true;
    } catch (error) {
      if (error instanceof Overtaken) return false;
      throw error;
    }
  }

  /** Answers how long to wait until the next look. */
  async #look(): Promise<number> {
    const { store, clock } = this.#needs;
    for (;;) {
      const now = clock.now();
      const claimed = await store.claim(BATCH, new Date(now), new Date(now + LEASE_MS));
      await Promise.all(claimed.map((one) => this.#ask(one)));
      if (claimed.length < BATCH || this.#stopped) break;
    }
    const due = await store.nextDue();
    const wait = due === undefined ? LOOK_EVERY_MS : due.getTime() - clock.now();
    return Math.min(LOOK_EVERY_MS, Math.max(LEAST_WAIT_MS, wait));
  }

  async #ask(question: RegistryCase): Promise<void> {
    const { store, registry, clock, log } = this.#needs;
    try {
      if (clock.now() >= question.deadline.getTime()) {
        await this.decide(question.id, NO_DECISION, 'deadline');
        return;
      }
      if (question.facts.awaitsUpdate === true) {
        await store.askAgain(question.id, question.deadline, undefined);
        return;
      }
      const asked = registry();
      const answer = await asked.ask(question, clock.now());
      if (answer.kind === 'decided') await this.decide(question.id, answer.verdict, asked.name);
      else await store.askAgain(question.id, new Date(answer.askAgainAt), answer.error);
    } catch (error) {
      // It is due again when its lease ends.
      log.warn({ err: error, case: question.id, kind: question.kind }, 'a case could not be decided, it is tried again');
    }
  }
}
