import type { Clock } from '../../runtime/clock.ts';
import type { ShortMessage } from './message-pdu.ts';

/** What became of a submit on its link. */
export type SubmitResult =
  | { readonly kind: 'answered'; readonly status: number; readonly messageId: string }
  | { readonly kind: 'throttled'; readonly status: number; readonly retryAfterMs: number }
  | { readonly kind: 'unsent'; readonly reason: string }
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** It cannot be put into a PDU. */
  | { readonly kind: 'unencodable'; readonly reason: string };

/** One submit_sm on its way: made by the carrier, numbered and timed by the link, settled exactly once. */
export interface SubmitTicket {
  sequence: number;
  /** Number of the PDU on its connection (`Connection.left`). */
  ordinal: number;
  /** Monotonic milliseconds. */
  writtenAt: number;
  /** Asked for when there is a window place; encoded before another is asked for. */
  body(): ShortMessage;
  settle(result: SubmitResult): void;
}

/** A look that found reading paused comes back after this. */
const LOOK_AGAIN_MS = 100;

/**
 * Submits written and not yet answered, in the order written (SMPP 3.4 §2.9.3), and the watch over their answers: one timer for
 * all of them, set to when the oldest falls due.
 */
export class SubmitWindow {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #mayExpire: () => boolean;
  readonly #expired: (tickets: readonly SubmitTicket[]) => void;
  readonly #open = new Map<number, SubmitTicket>();
  #cancel: (() => void) | undefined;

  /**
   * `mayExpire` is false while answers may be lying unread by our own decision; `expired` gets those that have been taken out
   * because nothing came in time.
   */
  constructor(clock: Clock, timeoutMs: number, mayExpire: () => boolean, expired: (tickets: readonly SubmitTicket[]) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#mayExpire = mayExpire;
    this.#expired = expired;
  }

  get size(): number {
    return this.#open.size;
  }

  add(ticket: SubmitTicket): void {
    this.#open.set(ticket.sequence, ticket);
    this.#cancel ??= this.#clock.after(this.#timeoutMs, this.#look);
  }

  take(sequence: number): SubmitTicket | undefined {
    const ticket = this.#open.get(sequence);
    if (ticket !== undefined) this.#open.delete(sequence);
    return ticket;
  }

  /** Empties the window and ends the watch. */
  takeAll(): readonly SubmitTicket[] {
    this.#cancel?.();
    this.#cancel = undefined;
    const all = [...this.#open.values()];
    this.#open.clear();
    return all;
  }

  #oldest(): SubmitTicket | undefined {
    for (const ticket of this.#open.values()) return ticket;
    return undefined;
  }

  readonly #look = (): void => {
    this.#cancel = undefined;
    const now = this.#clock.monotonic();
    const overdue: SubmitTicket[] = [];
    let oldest = this.#oldest();
    while (oldest !== undefined && oldest.writtenAt + this.#timeoutMs <= now && this.#mayExpire()) {
      this.#open.delete(oldest.sequence);
      overdue.push(oldest);
      oldest = this.#oldest();
    }
    if (oldest !== undefined) {
      this.#cancel = this.#clock.after(Math.max(LOOK_AGAIN_MS, oldest.writtenAt + this.#timeoutMs - now), this.#look);
    }
    if (overdue.length > 0) this.#expired(overdue);
  };
}
