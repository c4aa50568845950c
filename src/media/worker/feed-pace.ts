/**
 * What a feed knows of how its application sends: how long the first audio after a gap is held back, and when what waits is late
 * and no longer of use.
 *
 * The application is in one of two manners of sending, told apart by its own clock, which begins with the first audio after a pause:
 *
 * Manner    | What it is                                          | What waits
 * ----------|-----------------------------------------------------|-------------------------------------------------------------
 * real time | never further ahead of its clock than `AHEAD_MS`    | is late when it is more than is held back: silence was played
 *           |                                                     | in its stead. It is shortened, after `PATIENT_TURNS`
 * bulk      | it has been, and until the next pause                | was sent ahead of time: it is played whole
 */

import { TURN_MS } from './slot-wheel.ts';

/** Held back at first: half a turn, so that an application in real time may be so much late. */
export const FIRST_MARGIN_MS = 10;
/** Once it has been later than that, a turn more is held back, up to three: jitter beyond it is heard as gaps. */
export const MAX_MARGIN_MS = FIRST_MARGIN_MS + 3 * TURN_MS;
/** A gap that is no longer than this was lateness; a longer one may have been meant. */
const LATE_MS = 200;
/**
 * When all came in time for so long, a turn less is held back. Once late alone may have been a stall of some machine, which need not come
 * again: it is forgotten sooner, so that a conversation does not pay 20 ms of delay for ten seconds.
 */
const MARGIN_MEMORY_TURNS = 10_000 / TURN_MS;
const SINGLE_LATENESS_TURNS = 2_000 / TURN_MS;
/** A gap that is longer than this is a pause: what comes after it is new, its application's clock begins again. */
export const PAUSE_MS = 1_000;
/** Ahead of its own clock by more than this, an application sends in bulk. Network jitter is less. */
export const AHEAD_MS = 100;
/** Part by which two clocks may differ without one being ahead of the other: crystals keep 100 ppm. */
const DRIFT = 0.0005;
/** Too much must have waited for so long before it is shortened: a second, as in the jitter buffer; then a fifth of it for each 20 ms. */
export const PATIENT_TURNS = 1_000 / TURN_MS;
const HASTY_TURNS = PATIENT_TURNS / 5;
/** When nothing more has come for so long, the end will be reached by itself. */
const FLOW_MS = 500;

export class FeedPace {
  #marginMs = FIRST_MARGIN_MS;
  #firstMs: number | undefined;
  #driedAtMs = Number.NEGATIVE_INFINITY;
  #inBulk = false;
  /** Audio sent less time passed, as far as that is no drift. */
  #aheadMs = 0;
  #pushedAtMs = 0;
  #pushedMs = 0;
  #turns = 0;
  #wantedTurns = PATIENT_TURNS;
  #leastMs = Number.POSITIVE_INFINITY;
  #timelyTurns = 0;
  #memoryTurns = SINGLE_LATENESS_TURNS;
  #unevenAtMs = Number.NEGATIVE_INFINITY;

  get marginMs(): number {
    return this.#marginMs;
  }

  /** `ms` of audio came. */
  pushed(ms: number, nowMs: number): void {
    const lateMs = nowMs - this.#pushedAtMs - this.#pushedMs;
    if (this.#pushedMs > 0 && lateMs > FIRST_MARGIN_MS && lateMs <= LATE_MS) this.#uneven(nowMs);
    if (this.#firstMs === undefined) {
      const goneMs = nowMs - this.#driedAtMs;
      if (goneMs > PAUSE_MS) this.#beginAnew();
      else if (!this.#inBulk && goneMs > 0 && goneMs <= LATE_MS) this.#wasLate();
      this.#firstMs = nowMs;
    }
    if (this.#pushedMs > 0) this.#pass(nowMs - this.#pushedAtMs);
    if (this.#aheadMs > AHEAD_MS) this.#inBulk = true;
    this.#aheadMs += ms;
    this.#pushedAtMs = nowMs;
    this.#pushedMs = ms;
  }

  /** Whether what waits, `waitingMs` of it, may begin to sound. */
  mayBegin(waitingMs: number, nowMs: number): boolean {
    return this.#firstMs !== undefined && (nowMs - this.#firstMs >= this.#marginMs || waitingMs >= this.#marginMs + TURN_MS);
  }

  /** A turn was played and `restMs` still wait. True: a turn of them is late. */
  played(restMs: number, nowMs: number): boolean {
    if (++this.#timelyTurns >= this.#memoryTurns) {
      this.#timelyTurns = 0;
      this.#marginMs = Math.max(FIRST_MARGIN_MS, this.#marginMs - TURN_MS);
    }
    if (this.#inBulk) return false;
    // How much later than the last one the next audio may come, if it is as long.
    const slackMs = restMs + TURN_MS + nowMs - this.#pushedAtMs - this.#pushedMs;
    this.#leastMs = Math.min(this.#leastMs, slackMs);
    if (++this.#turns < this.#wantedTurns) return false;
    const late = this.#leastMs >= this.#marginMs + TURN_MS && nowMs - this.#pushedAtMs <= FLOW_MS;
    this.#watch(late ? HASTY_TURNS : PATIENT_TURNS);
    return late;
  }

  /** Nothing waits any more. */
  ranDry(nowMs: number): void {
    this.#firstMs = undefined;
    this.#driedAtMs = nowMs;
    this.#watch(PATIENT_TURNS);
  }

  /** What waited was thrown away: what comes now is new. */
  cleared(): void {
    this.#firstMs = undefined;
    this.#driedAtMs = Number.NEGATIVE_INFINITY;
    this.#watch(PATIENT_TURNS);
  }

  #beginAnew(): void {
    this.#inBulk = false;
    this.#aheadMs = 0;
    this.#pushedMs = 0;
  }

  #wasLate(): void {
    this.#marginMs = Math.min(MAX_MARGIN_MS, this.#marginMs + TURN_MS);
  }

  /** What came was later than is borne at first, whether that was heard or not. */
  #uneven(nowMs: number): void {
    const sinceMs = nowMs - this.#unevenAtMs;
    // What follows at once belongs to the same stall: a start, say, is one however often it halts.
    if (sinceMs > SINGLE_LATENESS_TURNS * TURN_MS) {
      this.#memoryTurns = sinceMs <= MARGIN_MEMORY_TURNS * TURN_MS ? MARGIN_MEMORY_TURNS : SINGLE_LATENESS_TURNS;
    }
    this.#unevenAtMs = nowMs;
    this.#timelyTurns = 0;
  }

  #pass(ms: number): void {
    const ahead = this.#aheadMs - ms;
    this.#aheadMs = Math.sign(ahead) * Math.max(0, Math.abs(ahead) - ms * DRIFT);
  }

  #watch(turns: number): void {
    this.#turns = 0;
    this.#wantedTurns = turns;
    this.#leastMs = Number.POSITIVE_INFINITY;
  }
}
