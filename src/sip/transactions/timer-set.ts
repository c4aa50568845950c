import type { Clock } from '../../runtime/clock.ts';
import { type TimerName, timerMs } from './timers.ts';
import { type TimerEvent, timerAction } from './transaction-machine.ts';

/** The running timers of one transaction. */
export class TimerSet {
  readonly #clock: Clock;
  readonly #isReliable: boolean;
  readonly #fire: (event: TimerEvent) => void;
  readonly #running = new Map<TimerName, () => void>();
  readonly #runs = new Map<TimerName, number>();

  constructor(clock: Clock, isReliable: boolean, fire: (event: TimerEvent) => void) {
    this.#clock = clock;
    this.#isReliable = isReliable;
    this.#fire = fire;
  }

  /** Performs a timer action of a machine; false when the action is another one. */
  perform(action: string, slow = false): boolean {
    const asked = timerAction(action);
    if (asked === undefined) return false;
    if (asked.verb === 'start') this.start(asked.timer, slow);
    else this.#stop(asked.timer);
    return true;
  }

  start(timer: TimerName, slow = false): void {
    const run = this.#runs.get(timer) ?? 0;
    const ms = timerMs(timer, this.#isReliable, run, slow);
    if (ms === undefined) return;
    this.#runs.set(timer, run + 1);
    this.#stop(timer);
    const cancel = this.#clock.after(ms, () => {
      this.#running.delete(timer);
      this.#fire(`timer${timer}`);
    });
    this.#running.set(timer, cancel);
  }

  stopAll(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
  }

  #stop(timer: TimerName): void {
    this.#running.get(timer)?.();
    this.#running.delete(timer);
  }
}
