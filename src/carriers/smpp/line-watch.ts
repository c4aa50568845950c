import type { Clock } from '../../runtime/clock.ts';

/** The line as the watch sees it. */
export interface WatchedLine {
  /** Monotonic time at which the peer last sent anything. */
  readonly heardAt: number;
  /** Nothing is read, by our own decision: silence then means nothing. */
  readonly readingPaused: boolean;
}

/**
 * Asks by enquire_link at an interval whether the SMSC is there (SMPP 3.4 §2.9.2). Any octet since the question is an answer: some
 * SMSCs leave enquire_link itself unanswered while they are busy delivering.
 */
export class LineWatch {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, intervalMs: number, timeoutMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
  }

  start(line: WatchedLine, ask: () => void, dead: () => void): void {
    this.#cancel = this.#clock.after(this.#intervalMs, () => {
      const askedAt = this.#clock.monotonic();
      ask();
      this.#cancel = this.#clock.after(this.#timeoutMs, () => {
        if (line.heardAt < askedAt && !line.readingPaused) dead();
        else this.start(line, ask, dead);
      });
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
