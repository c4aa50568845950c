import type { Clock } from '../runtime/clock.ts';
import type { SendDigitsOptions } from './media-engine.ts';

/** Milliseconds of the characters that stand for pauses. */
const PAUSES: ReadonlyMap<string, number> = new Map([
  ['w', 500],
  ['W', 1_000],
]);
const LEADING_PAUSES = /^[wW]+/;
/** How long a key is told to sound whose end is not known yet. */
const RELAYED_TONE_MS = 100;

type Listener = (digit: string, toneMs: number) => void;

/** Tells of the digits that a far end is sent, each when it begins. Where nobody listens it does nothing. */
export class DigitsSent {
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(digit: string, toneMs = RELAYED_TONE_MS): void {
    for (const listener of [...this.#listeners]) listener(digit, toneMs);
  }

  /** One after another, the first now: pauses before it are over. The returned function stops what is still to come. */
  pace(digits: string, { toneMs, gapMs }: SendDigitsOptions): () => void {
    const cancels: (() => void)[] = [];
    if (this.#listeners.size === 0) return () => undefined;
    let atMs = 0;
    for (const digit of digits.replace(LEADING_PAUSES, '')) {
      const pauseMs = PAUSES.get(digit);
      if (pauseMs === undefined) cancels.push(this.#clock.after(atMs, () => this.tell(digit, toneMs)));
      atMs += pauseMs ?? toneMs + gapMs;
    }
    return () => {
      for (const cancel of cancels) cancel();
    };
  }

  close(): void {
    this.#listeners.clear();
  }
}
