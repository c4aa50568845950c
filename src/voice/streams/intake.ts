import type { Clock } from '../../runtime/clock.ts';

const WINDOW_MS = 1_000;
/** Messages of an application in a second: twenty times what one needs that sends 20 ms a message. */
export const MAX_MESSAGES = 1_000;
/** Octets in a second: half a minute of the largest format, in base64. */
export const MAX_BYTES = 2 * 1024 * 1024;

/** Holds a flooding application to a rate: beyond it nothing is read for the rest of the second, and its own sending stalls. */
export class Intake {
  readonly #clock: Clock;
  readonly #socket: () => { pause(): void; resume(): void } | undefined;
  #windowAt = Number.NEGATIVE_INFINITY;
  #messages = 0;
  #bytes = 0;
  #cancel: () => void = () => undefined;
  #paused = false;

  constructor(clock: Clock, socket: () => { pause(): void; resume(): void } | undefined) {
    this.#clock = clock;
    this.#socket = socket;
  }

  /** Counts a message. True when it made the intake pause. */
  count(bytes: number): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#windowAt >= WINDOW_MS) {
      this.#windowAt = now;
      this.#messages = 0;
      this.#bytes = 0;
    }
    this.#messages++;
    this.#bytes += bytes;
    if (this.#paused || (this.#messages <= MAX_MESSAGES && this.#bytes <= MAX_BYTES)) return false;
    this.#paused = true;
    this.#socket()?.pause();
    this.#cancel = this.#clock.after(this.#windowAt + WINDOW_MS - now, () => {
      this.#paused = false;
      this.#socket()?.resume();
    });
    return true;
  }

  stop(): void {
    this.#cancel();
  }
}
