/** A key is relayed for at least this many turns, 60 ms: receivers must understand 40 (ITU-T Q.24). */
const MIN_TURNS = 3;
/** Turns between two keys, so that equal ones are two: 40 ms, as long as the shortest pause that must be understood. */
const GAP_TURNS = 2;
/** Keys that wait; nobody presses that many while one is passed on. */
const MAX_WAITING = 32;

/**
 * The keys of a far end as its bridge partner gets them, turn by turn: held as long as they are down, but never so short that they
 * get lost, also when press and release came between two turns.
 */
export class DigitRelay {
  readonly #waiting: string[] = [];
  #digit = '';
  #down = false;
  #turns = 0;
  #gap = 0;

  /** A key went down. */
  press(digit: string): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(digit);
    this.#down = true;
  }

  /** It was let go. */
  release(): void {
    this.#down = false;
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#digit = '';
    this.#down = false;
    this.#gap = 0;
  }

  /** The key of this turn, or ''. */
  next(): string {
    if (this.#digit !== '') {
      const held = this.#down && this.#waiting.length === 0;
      if (held || this.#turns < MIN_TURNS) {
        this.#turns++;
        return this.#digit;
      }
      this.#digit = '';
      this.#gap = GAP_TURNS;
    }
    if (this.#gap > 0) {
      this.#gap--;
      return '';
    }
    this.#digit = this.#waiting.shift() ?? '';
    this.#turns = 1;
    return this.#digit;
  }
}
