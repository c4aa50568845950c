/**
 * The 20 ms grid of a worker. A turn of the wheel is 20 ms, cut into slots; every leg sits in one slot and is ticked once a turn,
 * so that sends are spread. Due times are absolute (slot n is due at start + n x slot): lateness never adds up. The wheel knows no
 * timer: who drives it asks when the next slot is due.
 */

export const TURN_MS = 20;
/** 2 ms each: fine enough that a slot of 1000 legs sends 100 packets, coarse enough that 500 wakes a second cost little. */
export const SLOTS = 10;
const SLOT_MS = TURN_MS / SLOTS;
/**
 * Every second slot is used only when the others have this many members. So a worker with up to 320 legs wakes half as often: 100
 * legs took 1.39 instead of 1.66 ms of CPU per leg-second, 500 on two workers 0.87 instead of 0.97, and 64 sends (4 us each) are
 * still over long before the next slot.
 */
const MEMBERS_BEFORE_ODD_SLOTS = 64;
/** Longest sleep, in slots: what arrives meanwhile waits for so long. */
const MAX_SLEEP_SLOTS = 2;
/**
 * After a stall at most this many turns are made up for, so that no leg sends more than that many packets at once; what is beyond
 * is left out, and the RTP timestamps step over it.
 */
const CATCH_UP_TURNS = 2;

export interface Ticked {
  /**
   * First of the two passes of a slot: takes in what arrived. All legs of a slot take in before the first one sends.
   * `dueMs` is when this tick should have happened, on the clock of the wheel.
   */
  takeIn(turn: number, dueMs: number): void;
  send(turn: number, dueMs: number): void;
}

export class SlotWheel<Member extends Ticked> {
  readonly #slots: Member[][] = Array.from({ length: SLOTS }, () => []);
  readonly #slotOf = new Map<Member, number>();
  readonly #onFault: (member: Member, error: unknown) => void;
  #startMs = 0;
  /** Slots since the start that have been worked off. */
  #done = 0;

  /** @param onFault a tick of one member threw; the others go on */
  constructor(onFault: (member: Member, error: unknown) => void) {
    this.#onFault = onFault;
  }

  get size(): number {
    return this.#slotOf.size;
  }

  /** Sets the grid anew; for the first member after an idle time. */
  start(nowMs: number): void {
    this.#startMs = nowMs - this.#done * SLOT_MS;
  }

  /** Puts a member into the slot of `near`, or into the emptiest one that comes soonest. */
  add(member: Member, near: Member | undefined): void {
    let slot = near === undefined ? undefined : this.#slotOf.get(near);
    if (slot === undefined) {
      slot = this.#done % SLOTS;
      for (let step = 1; step < SLOTS; step++) {
        const other = (this.#done + step) % SLOTS;
        if (this.#fullness(other) < this.#fullness(slot)) slot = other;
      }
    }
    this.#slotOf.set(member, slot);
    this.#slots[slot]?.push(member);
  }

  /** Moves a member to another slot, so many slots later or earlier. Its next tick may come in the turn of its last, or a turn later. */
  shift(member: Member, slots: number): void {
    const slot = this.#slotOf.get(member);
    if (slot === undefined) return;
    this.remove(member);
    const moved = (((slot + slots) % SLOTS) + SLOTS) % SLOTS;
    this.#slotOf.set(member, moved);
    this.#slots[moved]?.push(member);
  }

  remove(member: Member): void {
    const slot = this.#slotOf.get(member);
    if (slot === undefined) return;
    this.#slotOf.delete(member);
    // A copy, because a member may leave while its slot is ticked.
    this.#slots[slot] = (this.#slots[slot] ?? []).filter((other) => other !== member);
  }

  /** Milliseconds until a slot is due that has members, at most two slots; 0 or less when it is late. */
  untilNextMs(nowMs: number): number {
    let next = this.#done;
    while (next < this.#done + MAX_SLEEP_SLOTS - 1 && this.#slots[next % SLOTS]?.length === 0) next++;
    return this.#startMs + next * SLOT_MS - nowMs;
  }

  /** Works off what is due. */
  advance(nowMs: number): void {
    let due = Math.floor((nowMs - this.#startMs) / SLOT_MS) + 1 - this.#done;
    const surplusTurns = Math.ceil(due / SLOTS) - CATCH_UP_TURNS;
    if (surplusTurns > 0) {
      this.#done += surplusTurns * SLOTS;
      due -= surplusTurns * SLOTS;
    }
    for (; due > 0; due--) {
      const members = this.#slots[this.#done % SLOTS] ?? [];
      const turn = Math.floor(this.#done / SLOTS);
      const dueMs = this.#startMs + this.#done * SLOT_MS;
      this.#done++;
      for (const member of members) {
        try {
          member.takeIn(turn, dueMs);
        } catch (error) {
          this.#onFault(member, error);
        }
      }
      for (const member of members) {
        try {
          member.send(turn, dueMs);
        } catch (error) {
          this.#onFault(member, error);
        }
      }
    }
  }

  #fullness(slot: number): number {
    return (this.#slots[slot]?.length ?? 0) + (slot % 2 === 0 ? 0 : MEMBERS_BEFORE_ODD_SLOTS);
  }
}
