import { TURN_MS } from './slot-wheel.ts';

/** Turns are shifted by less forwards, and by no more than that backwards (arrival-phase.ts). */
const SHORTEST_TURN_MS = TURN_MS / 2;
/** Due times are sums of slots, whose fractions are not exact. */
const EVEN_MS = 1;

/** The turns of one leg as they are due, over shifts of its slot and over turns that a stalled worker has left out. */
export class TurnPace {
  /** When the present turn was due. */
  dueMs: number | undefined;
  /** Turns that were left out before this one. */
  skipped = 0;

  /** @returns false when a shift has brought this turn too soon after the last: it is not one */
  begin(dueMs: number): boolean {
    const sinceMs = dueMs - (this.dueMs ?? dueMs - TURN_MS);
    if (sinceMs < SHORTEST_TURN_MS) return false;
    // A turn that a shift has made longer is one.
    this.skipped = Math.max(0, Math.floor((sinceMs + EVEN_MS) / TURN_MS) - 1);
    this.dueMs = dueMs;
    return true;
  }
}
