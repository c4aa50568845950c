import type { Clock } from '../../runtime/clock.ts';

/** Tells when a connection has been silent for a time. Touching it is cheap: the timer is set anew only when it runs out. */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onIdle: () => void;
  #lastUse: number;
  #cancel: () => void;

  constructor(clock: Clock, idleMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#onIdle = onIdle;
    this.#lastUse = clock.monotonic();
    this.#cancel = clock.after(idleMs, () => this.#check());
  }

  touch(): void {
    this.#lastUse = this.#clock.monotonic();
  }

  stop(): void {
    this.#cancel();
  }

  #check(): void {
    const left = this.#lastUse + this.#idleMs - this.#clock.monotonic();
    if (left <= 0) this.#onIdle();
    else this.#cancel = this.#clock.after(left, () => this.#check());
  }
}
