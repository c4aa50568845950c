import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/** One step of a call. `at` is wall-clock milliseconds. */
export interface CallStep {
  readonly at: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where steps are kept for good. */
export interface CallStepSink {
  add(callId: string, steps: readonly CallStep[]): Promise<void>;
}

/** What happened to one call, step by step. */
export interface CallTimeline {
  note(event: string, detail: Readonly<Record<string, unknown>>): void;
  /** Writes what is noted so far without waiting for more. */
  flush(): void;
}

/** Steps are written together: a call has some 20 of them, and a row each would cost more than the call. Not longer than this, for whoever looks. */
const WRITE_AFTER_MS = 2_000;
/** Written at once when there are this many; bounds the memory of a call that does something wild. */
const WRITE_AT_STEPS = 100;
/** Of one call. A menu that loops for a day stays readable; that something is left out is said. */
const MAX_STEPS = 5_000;

/** A database that restarts is back within this many tries; until then the steps wait in memory. */
const TRIES = 120;
const RETRY_AFTER_MS = 500;
/** So many may wait, of all calls together: some 5,000 calls. Those beyond are lost, and the log says so. */
const MAX_STEPS_WAITING = 100_000;

/** Opens timelines and writes their steps in batches. */
export class CallStepWriter {
  readonly #clock: Clock;
  readonly #sink: CallStepSink;
  readonly #log: Log;
  /** Those with steps that are not written yet. */
  readonly #waiting = new Set<BufferedTimeline>();
  readonly #writes = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #stepsInHand = 0;

  constructor(clock: Clock, sink: CallStepSink, log: Log) {
    this.#clock = clock;
    this.#sink = sink;
    this.#log = log;
  }

  open(callId: string): CallTimeline {
    const timeline: BufferedTimeline = new BufferedTimeline(this.#clock, {
      waits: () => this.#waiting.add(timeline),
      write: (steps) => {
        this.#waiting.delete(timeline);
        this.#write(callId, steps);
      },
    });
    return timeline;
  }

  /** Writes everything noted so far. From then on what cannot be written at once is lost: nobody is left to try again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timeline of [...this.#waiting]) timeline.flush();
    await Promise.all(this.#writes);
  }

  #write(callId: string, steps: readonly CallStep[]): void {
    this.#stepsInHand += steps.length;
    const write = this.#insist(callId, steps).catch((error: unknown) => {
      this.#log.warn({ callId, steps: steps.length, error: String(error) }, 'steps of a call could not be written');
    });
    this.#writes.add(write);
    void write.finally(() => {
      this.#stepsInHand -= steps.length;
      this.#writes.delete(write);
    });
  }

  /** @throws the last error, or the one that met too many steps in hand or the end of the program */
  async #insist(callId: string, steps: readonly CallStep[]): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#sink.add(callId, steps);
      } catch (error) {
        if (tried >= TRIES || this.#stepsInHand > MAX_STEPS_WAITING || this.#stopping.signal.aborted) throw error;
      }
      await this.#clock.sleep(RETRY_AFTER_MS, this.#stopping.signal).catch(() => undefined);
    }
  }
}

interface Writer {
  waits(): void;
  write(steps: readonly CallStep[]): void;
}

class BufferedTimeline implements CallTimeline {
  readonly #clock: Clock;
  readonly #writer: Writer;
  #steps: CallStep[] = [];
  #count = 0;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, writer: Writer) {
    this.#clock = clock;
    this.#writer = writer;
  }

  note(event: string, detail: Readonly<Record<string, unknown>>): void {
    if (++this.#count > MAX_STEPS) return;
    const step = { at: this.#clock.now(), event, detail };
    this.#steps.push(this.#count === MAX_STEPS ? { ...step, event: 'steps_left_out', detail: { limit: MAX_STEPS } } : step);
    if (this.#steps.length >= WRITE_AT_STEPS) {
      this.flush();
    } else if (this.#steps.length === 1) {
      this.#writer.waits();
      this.#cancel = this.#clock.after(WRITE_AFTER_MS, () => this.flush());
    }
  }

  flush(): void {
    this.#cancel();
    if (this.#steps.length === 0) return;
    const steps = this.#steps;
    this.#steps = [];
    this.#writer.write(steps);
  }
}
