import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Steps that were late before the rest is hurried: something that most of them need does not answer. */
const PATIENCE = 2;
/** A hurried step: what it began goes on beside those behind it. */
const HURRIED_MS = 500;

/** One thing that is stopped. */
export interface StopStep {
  /** What is waited for, in the words of the log. */
  readonly name: string;
  /** How long it may take, ms; a graceful one has what is left of the grace period on top. */
  readonly mostMs: number;
  /** It lets what is under way finish, for as long as the grace period lasts. */
  readonly graceful?: boolean;
  /** `graceMs`: what is left of the grace period. */
  readonly run: (graceMs: number) => unknown;
}

export interface StopSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Told what is waited for now. */
  readonly onStep?: ((name: string) => void) | undefined;
}

/**
 * Runs the steps one after the other. One that fails or takes longer than it may is told to the log and holds up none of those behind it:
 * a database that does not answer must not leave sockets open. After two late ones the rest is hurried. The grace period begins now and is shared by all of them. Never rejects.
 */
export async function stopInOrder(steps: readonly StopStep[], graceMs: number, around: StopSurroundings): Promise<void> {
  const { clock, log } = around;
  const end = clock.monotonic() + graceMs;
  let lateSteps = 0;
  for (const { name, mostMs, graceful = false, run } of steps) {
    around.onStep?.(name);
    const left = Math.max(0, end - clock.monotonic());
    const ownMs = lateSteps < PATIENCE ? mostMs : Math.min(mostMs, HURRIED_MS);
    const limitMs = ownMs + (graceful ? left : 0);
    const late = Promise.withResolvers<'late'>();
    const cancel = clock.after(limitMs, () => late.resolve('late'));
    const done = (async () => void (await run(left)))().then(
      () => 'done' as const,
      (error: unknown) => {
        log.warn({ err: error, step: name }, 'a step of the shutdown failed, the others follow');
        return 'failed' as const;
      },
    );
    const outcome = await Promise.race([done, late.promise]);
    cancel();
    if (outcome !== 'late') continue;
    lateSteps++;
    log.error({ step: name, ms: limitMs }, 'a step of the shutdown takes too long, the others follow');
  }
}

/** Everything that was started, to be stopped in the opposite order. */
export class Shutdown {
  readonly #steps: StopStep[] = [];
  readonly #surroundings: StopSurroundings;
  #graceMs = 0;
  #waitingFor: string | undefined;
  #running: Promise<void> | undefined;

  constructor(surroundings: Pick<StopSurroundings, 'clock' | 'log'>) {
    this.#surroundings = {
      ...surroundings,
      onStep: (name) => {
        this.#waitingFor = name;
      },
    };
  }

  /** How long what is under way may go on once the shutdown has begun. */
  allow(graceMs: number): void {
    this.#graceMs = graceMs;
  }

  /** To be stopped before everything that was added earlier; of several given together the first goes first. */
  add(...steps: readonly StopStep[]): void {
    this.#steps.unshift(...steps);
  }

  /** The step that runs now; undefined before the first and after the last. */
  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  /** Never rejects; a second call waits for the first one's end. */
  run(): Promise<void> {
    this.#running ??= stopInOrder(this.#steps, this.#graceMs, this.#surroundings).finally(() => {
      this.#waitingFor = undefined;
    });
    return this.#running;
  }
}
