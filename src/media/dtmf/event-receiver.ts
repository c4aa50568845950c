import type { DtmfListener } from './detector.ts';
import { digitOfEvent, MAX_EVENT_DURATION, readTelephoneEvent, type TelephoneEvent } from './telephone-event.ts';

/**
 * A digit whose end never came is over when this much time has passed without a packet of it. Senders repeat every 20 to 100 ms;
 * three lost ones in a row must not split a digit.
 */
const LOST_END_MS = 400;
/**
 * Some gateways move the timestamp along with each packet although it must stand still. A packet that is this close after the last
 * one and whose duration has grown is of the same digit.
 */
const MOVING_TIMESTAMP_MS = 120;
/** A digit goes on in a new segment when 16 bits do not hold its duration; some senders stop at 15 bits. */
const SHORTEST_SEGMENT = MAX_EVENT_DURATION / 2 - 2000;
/** A packet with an older timestamp is a late one, unless nothing came for so long: then the sender began to count anew. */
const RESTARTED_MS = 2000;

/** Reports each digit of a stream of telephone events once, whatever packets are lost, doubled or late (RFC 4733 §2.5.2). */
export class TelephoneEventReceiver {
  readonly #listener: DtmfListener;
  readonly #ticksPerMs: number;
  readonly #packet: TelephoneEvent = { event: 0, end: false, volume: 0, duration: 0 };
  #seenAny = false;
  /** The event that sounds, or that ended last. */
  #event = 0;
  #open = false;
  #startMs = 0;
  /** Timestamp of its current segment, and of its last packet where timestamps move. */
  #timestamp = 0;
  #duration = 0;
  /** Ticks of earlier segments. */
  #earlier = 0;
  #lastPacketMs = 0;

  /** `rtpClockRate`: of the payload type. Times that the listener is given are of the clock that `receive` is called with. */
  constructor(rtpClockRate: number, listener: DtmfListener) {
    this.#ticksPerMs = rtpClockRate / 1000;
    this.#listener = listener;
  }

  /** Takes the payload of a packet that arrived at `nowMs`. What is no digit is ignored. */
  receive(bytes: Uint8Array, offset: number, length: number, timestamp: number, marker: boolean, nowMs: number): void {
    const packet = this.#packet;
    if (!readTelephoneEvent(bytes, offset, length, packet) || digitOfEvent(packet.event) === undefined) return;
    const ahead = this.#seenAny ? (timestamp - this.#timestamp) | 0 : 1;
    if (ahead < 0 && nowMs - this.#lastPacketMs < RESTARTED_MS) return;
    if (ahead !== 0) this.#advance(timestamp, marker, ahead, nowMs);
    else if (packet.event !== this.#event) return; // two events cannot share a timestamp: the first one stands
    this.#lastPacketMs = nowMs;
    if (!this.#open) return;
    this.#duration = Math.max(this.#duration, packet.duration);
    if (packet.end) this.#close();
  }

  /** To be called now and then, such as once a frame: closes a digit whose end was lost. */
  tick(nowMs: number): void {
    if (this.#open && nowMs - this.#lastPacketMs >= LOST_END_MS) this.#close();
  }

  /** A packet that is later than all before: a new digit, or more of the one that sounds. */
  #advance(timestamp: number, marker: boolean, ahead: number, nowMs: number): void {
    const packet = this.#packet;
    const same = this.#open && !marker && packet.event === this.#event;
    const isNextSegment = same && ahead >= this.#duration && ahead <= this.#duration + MOVING_TIMESTAMP_MS * this.#ticksPerMs;
    const isMoving = same && ahead <= MOVING_TIMESTAMP_MS * this.#ticksPerMs && packet.duration > this.#duration;
    this.#timestamp = timestamp;
    if (isMoving) return;
    if (isNextSegment && this.#duration > SHORTEST_SEGMENT) {
      this.#earlier += this.#duration;
      this.#duration = 0;
      return;
    }
    if (this.#open) this.#close();
    this.#seenAny = true;
    this.#open = true;
    this.#event = packet.event;
    this.#duration = 0;
    this.#earlier = 0;
    this.#startMs = nowMs;
    this.#listener.onStart(digitOfEvent(packet.event) ?? '', this.#startMs);
  }

  #close(): void {
    this.#open = false;
    this.#listener.onEnd(digitOfEvent(this.#event) ?? '', Math.round((this.#earlier + this.#duration) / this.#ticksPerMs));
  }
}
