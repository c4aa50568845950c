import { SLOTS, TURN_MS } from './slot-wheel.ts';

/** Packets that are looked at together: two seconds, in which a network shows how even it is. */
export const PHASE_PACKETS = 100;
/** Less than this share of them in a slot are stragglers, which are the jitter buffer's concern. */
const STRAGGLERS = 0.03;
/**
 * Slots between the last of a turn's packets and the turn, 6 to 8 ms, enough for the timers of both sides. The worker has slept up to 4 ms
 * when it sees a packet, so that this is 10 on average for the packet itself.
 */
export const KEPT_SLOTS = 3;
/** So much nearer or further is not worth a change of the grid on which the far end gets its packets. */
const SLACK_SLOTS = 1;
/** Fewer free slots than this in a turn: there is no moment at which packets do not come. */
const FREE_SLOTS = KEPT_SLOTS + 1;

/**
 * When in a turn the packets of a far end arrive. By chance they come just before the turn of their leg, and any jitter makes them miss
 * it, or just after it, and wait for a whole turn; this says by how many slots the turn should move so that they come a moment before it:
 * an even number, because a worker that uses every second slot wakes half as often (slot-wheel.ts).
 */
export class ArrivalPhase {
  readonly #counts = new Uint16Array(SLOTS);
  #total = 0;

  /**
   * A packet came, milliseconds after some turn.
   *
   * @returns slots by which the turn should come later (earlier, when negative); 0 mostly
   */
  observe(sinceTurnMs: number): number {
    const slot = Math.floor(((((sinceTurnMs % TURN_MS) + TURN_MS) % TURN_MS) * SLOTS) / TURN_MS);
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    if (++this.#total < PHASE_PACKETS) return 0;
    const shift = this.#advice();
    this.reset();
    return shift;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  #advice(): number {
    let last = -1;
    let free = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      const length = this.#freeAfter(slot);
      if (!this.#isFree(slot) && length > free) {
        free = length;
        last = slot;
      }
    }
    if (free < FREE_SLOTS) return 0;
    const shift = KEPT_SLOTS - (SLOTS - 1 - last);
    return Math.abs(shift) <= SLACK_SLOTS ? 0 : 2 * Math.round(shift / 2);
  }

  #freeAfter(slot: number): number {
    let length = 0;
    while (length < SLOTS - 1 && this.#isFree((slot + length + 1) % SLOTS)) length++;
    return length;
  }

  #isFree(slot: number): boolean {
    return (this.#counts[slot] ?? 0) < this.#total * STRAGGLERS;
  }
}
