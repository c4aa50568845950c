import { FRAME_MS } from '../pcm.ts';
import type { DialStep } from './generator.ts';
import { eventOfDigit, MAX_EVENT_DURATION, TELEPHONE_EVENT_BYTES, writeTelephoneEvent } from './telephone-event.ts';

/**
 * Sends digits as telephone events (RFC 4733 §2.5.1), one packet a frame of 20 ms.
 *
 * State    | next frame                                   | goes to
 * ---------|----------------------------------------------|---------------------------------------------------
 * idle     | nothing to send                              | sounding or pausing, when a step is queued
 * sounding | event packet, duration grows, timestamp held | ending, when the digit has sounded long enough
 * ending   | the same end packet again                    | pausing, after the third end packet
 * pausing  | nothing to send                              | idle, when the pause is over
 */
export type EventSenderState = 'idle' | 'sounding' | 'ending' | 'pausing';

export const eventSenderTransitions: Readonly<Record<EventSenderState, readonly EventSenderState[]>> = {
  idle: ['sounding', 'pausing'],
  sounding: ['ending'],
  ending: ['pausing'],
  pausing: ['idle'],
};

/** An end packet is sent three times in all, since a lost one would leave the digit hanging (RFC 4733 §2.5.1.4). */
const END_PACKETS = 3;
/** Usual power of a digit: -10 dBm0. */
const VOLUME = 10;
/** Steps that may wait. A digit takes two; the longest string that an app sends in one go has far fewer than 250 digits. */
export const MAX_QUEUED_STEPS = 512;

export class TelephoneEventSender {
  /** Payload of the packet that `next` announced. */
  readonly payload = new Uint8Array(TELEPHONE_EVENT_BYTES);
  /** RTP timestamp and marker of that packet. */
  timestamp = 0;
  marker = false;
  #state: EventSenderState = 'idle';
  readonly #ticksPerFrame: number;
  readonly #queue: DialStep[] = [];
  readonly #event = { event: 0, end: false, volume: VOLUME, duration: 0 };
  /** Ticks that the current digit or pause has left. */
  #left = 0;
  #endPackets = 0;

  /** The clock rate of the payload type: that of the audio it goes along with, 8000 or for Opus 48000 (RFC 4733 §2.1). */
  constructor(rtpClockRate: number) {
    this.#ticksPerFrame = (rtpClockRate * FRAME_MS) / 1000;
  }

  get state(): EventSenderState {
    return this.#state;
  }

  /** Appends digits and pauses. Returns false, and takes none, when too much waits already. */
  queue(steps: readonly DialStep[]): boolean {
    if (this.#queue.length + steps.length > MAX_QUEUED_STEPS) return false;
    this.#queue.push(...steps);
    return true;
  }

  /** Drops what waits; the digit that sounds is cut off and ends in order. */
  stop(): void {
    this.#queue.length = 0;
    this.#left = 0;
  }

  /**
   * To be called once a frame with the timestamp that the audio of this frame would have. Returns true when an event packet is to be
   * sent in its place, with `payload`, `timestamp` and `marker`; false when audio goes on.
   */
  next(timestamp: number): boolean {
    if (this.#state === 'idle') this.#take(timestamp);
    switch (this.#state) {
      case 'sounding':
        this.#sound();
        return true;
      case 'ending':
        this.#endAgain();
        return true;
      case 'pausing':
        this.#left -= this.#ticksPerFrame;
        if (this.#left <= 0) this.#state = 'idle';
        return false;
      case 'idle':
        return false;
    }
  }

  #take(timestamp: number): void {
    const step = this.#queue.shift();
    if (step === undefined) return;
    this.#left = Math.ceil(step.ms / FRAME_MS) * this.#ticksPerFrame;
    const event = step.digit === undefined ? -1 : eventOfDigit(step.digit);
    this.#state = event === -1 ? 'pausing' : 'sounding';
    if (event === -1) return;
    this.#event.event = event;
    this.#event.end = false;
    this.#event.duration = 0;
    this.timestamp = timestamp;
    this.marker = true;
  }

  #sound(): void {
    if (this.#event.duration > 0) this.marker = false;
    if (this.#event.duration + this.#ticksPerFrame > MAX_EVENT_DURATION) {
      // A further segment of the same event begins where the one before ended.
      this.timestamp = (this.timestamp + this.#event.duration) >>> 0;
      this.#event.duration = 0;
    }
    this.#event.duration += this.#ticksPerFrame;
    this.#left -= this.#ticksPerFrame;
    if (this.#left <= 0) {
      this.#event.end = true;
      this.#endPackets = 1;
      this.#state = 'ending';
    }
    writeTelephoneEvent(this.payload, 0, this.#event);
  }

  #endAgain(): void {
    this.marker = false;
    this.#endPackets += 1;
    if (this.#endPackets < END_PACKETS) return;
    // What the repetitions took counts towards the pause that follows; without one the next digit still begins apart.
    const repeated = (END_PACKETS - 1) * this.#ticksPerFrame;
    const pause = this.#queue[0]?.digit === undefined ? this.#queue.shift() : undefined;
    const pauseTicks = pause === undefined ? 0 : Math.ceil(pause.ms / FRAME_MS) * this.#ticksPerFrame;
    this.#left = Math.max(this.#ticksPerFrame, pauseTicks - repeated);
    this.#state = 'pausing';
  }
}
