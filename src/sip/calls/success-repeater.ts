import type { Clock } from '../../runtime/clock.ts';
import { T1, T2 } from '../transactions/timers.ts';

/**
 * Repeats a 2xx to INVITE until its ACK comes (RFC 3261 §13.3.1.4), over every transport: a proxy on the way may use UDP.
 * `onLost` is called when none has come after 64 T1.
 */
export class SuccessRepeater {
  readonly #clock: Clock;
  readonly #repeat: () => void;
  readonly #onLost: () => void;
  #cancelRepeat: () => void;
  readonly #cancelLost: () => void;

  constructor(clock: Clock, repeat: () => void, onLost: () => void) {
    this.#clock = clock;
    this.#repeat = repeat;
    this.#onLost = onLost;
    this.#cancelRepeat = this.#schedule(T1);
    this.#cancelLost = clock.after(64 * T1, () => {
      this.stop();
      this.#onLost();
    });
  }

  stop(): void {
    this.#cancelRepeat();
    this.#cancelLost();
  }

  #schedule(ms: number): () => void {
    return this.#clock.after(ms, () => {
      this.#cancelRepeat = this.#schedule(Math.min(2 * ms, T2));
      this.#repeat();
    });
  }
}
