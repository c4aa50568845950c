import type { QueuedOutbound } from './queued-outbound.ts';

/**
 * Messages for which there is no carrier at the moment, in the order they came, out of the way of those that can go: one number's
 * messages to a place whose carrier is down do not hold up its messages to other places.
 */
export class Parking {
  readonly #capacity: number;
  #messages: QueuedOutbound[] = [];
  #until = Number.POSITIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#messages.length;
  }

  /** When the first of them wants to be looked at again, monotonic milliseconds. */
  get until(): number {
    return this.#until;
  }

  /** False when there is no place. */
  park(message: QueuedOutbound, until: number): boolean {
    if (this.#messages.length >= this.#capacity) return false;
    this.#messages.push(message);
    this.#until = Math.min(this.#until, until);
    return true;
  }

  /** A carrier has come or gone: all of them look again at once. */
  recheck(): void {
    if (this.#messages.length > 0) this.#until = Number.NEGATIVE_INFINITY;
  }

  /** All of them, once the first one's time has come. */
  takeDue(now: number): readonly QueuedOutbound[] {
    if (this.#until > now) return NOBODY;
    const messages = this.#messages;
    this.#messages = [];
    this.#until = Number.POSITIVE_INFINITY;
    return messages;
  }
}

const NOBODY: readonly QueuedOutbound[] = [];
