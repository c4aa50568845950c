import { FRAME_MS } from '../pcm.ts';
import { DelayTarget } from './delay-target.ts';
import { SequenceExtender } from './sequence-extender.ts';

/** Packets that are held at most: 640 ms of the shortest (10 ms), well above the longest delay aimed at. */
const SLOTS = 64;
/** 60 ms of G.711 or G.722. A larger payload is refused. */
export const MAX_PAYLOAD_BYTES = 480;
/** After so much without a packet nothing is concealed any more; the stream begins anew with the next one. */
const MAX_DRY_MS = 60;
/** Pulls over which the buffer must have held too much before it is shortened: 1 s, or 200 ms when it is far too long. */
const PATIENT_PULLS = 50;
const HASTY_PULLS = 10;
const FAR_TOO_LONG_MS = 100;

const EMPTY = 0;
const AUDIO = 1;
/** A packet of the stream that carries no audio: a telephone event, comfort noise. */
const NO_AUDIO = 2;
const PLAYED = 3;

export type PushOutcome = 'stored' | 'late' | 'duplicate' | 'refused';
/**
 * `packet`: decode `payload` at `payloadOffset`, `payloadLength`. `lost`: conceal `lostTicks`. `dry`: nothing came in time, conceal
 * 20 ms; the packet may still come. `nothing`: the stream pauses or has not begun.
 */
export type PullOutcome = 'packet' | 'lost' | 'dry' | 'nothing';

/**
 * Puts the packets of an RTP stream back into order and holds them back just long enough. Sequence numbers give the order; times
 * only set the delay, so that jumping timestamps do no harm.
 *
 * State     | pull                                                   | goes to
 * ----------|--------------------------------------------------------|---------------------------------------
 * buffering | `nothing`                                              | playing, when the target delay is held
 * playing   | `packet`, or `lost` when only later ones are there     |
 *           | `dry` when none is there: the delay grows by that much | buffering, after 60 ms
 *
 * All memory is taken once: 64 slots, 31 KB. `pull` is to be called whenever 20 ms of audio, or the rest of a packet, have been played.
 */
export class JitterBuffer {
  readonly payload = new Uint8Array(SLOTS * MAX_PAYLOAD_BYTES);
  payloadOffset = 0;
  payloadLength = 0;
  lostTicks = 0;
  readonly #numbers = new SequenceExtender();
  readonly #target = new DelayTarget();
  readonly #ticksPerMs: number;
  readonly #states = new Uint8Array(SLOTS);
  readonly #sequences = new Float64Array(SLOTS);
  readonly #lengths = new Uint16Array(SLOTS);
  readonly #ticks = new Uint16Array(SLOTS);
  #ssrc = -1;
  /** Sequence number, with its cycles, of the packet to be played next. */
  #next = 0;
  #hasPlayed = false;
  #playing = false;
  #bufferedTicks = 0;
  #packetTicks: number;
  #dryMs = 0;
  #waitedMs = 0;
  #pulls = 0;
  #leastMs = Number.POSITIVE_INFINITY;

  constructor(rtpClockRate: number) {
    this.#ticksPerMs = rtpClockRate / 1000;
    this.#packetTicks = FRAME_MS * this.#ticksPerMs;
  }

  get targetMs(): number {
    return this.#target.ms;
  }

  get bufferedMs(): number {
    return this.#bufferedTicks / this.#ticksPerMs;
  }

  /** Whether the next packet may be pulled ahead of its time, to shorten the delay. Pulling it settles that. */
  get hasExcess(): boolean {
    const excess = this.#leastMs - (this.#target.ms - this.#packetMs);
    return excess >= this.#packetMs && this.#pulls >= (excess >= FAR_TOO_LONG_MS ? HASTY_PULLS : PATIENT_PULLS);
  }

  get #packetMs(): number {
    return this.#packetTicks / this.#ticksPerMs;
  }

  /**
   * Takes a packet: `length` octets of `bytes` from `offset` on, which sound for `ticks`. 0 ticks: it belongs to the stream but holds
   * no audio, and its timestamp is not looked at.
   */
  push(
    sequence: number,
    timestamp: number,
    ssrc: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    ticks: number,
    arrivalMs: number,
  ): PushOutcome {
    if (length > MAX_PAYLOAD_BYTES || offset + length > bytes.length) return 'refused';
    if (ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      this.#numbers.restart();
    }
    const verdict = this.#numbers.observe(sequence);
    if (verdict === 'suspect') return 'refused';
    const extended = this.#numbers.extended;
    if (verdict === 'restarted') this.#flush(extended);
    if (ticks > 0) this.#target.observe(arrivalMs - timestamp / this.#ticksPerMs);
    return this.#place(extended, bytes, offset, length, ticks);
  }

  pull(): PullOutcome {
    if (!this.#playing && !this.#begin()) return 'nothing';
    for (;;) {
      const slot = this.#next % SLOTS;
      const state = this.#sequences[slot] === this.#next ? (this.#states[slot] ?? EMPTY) : EMPTY;
      if (state === AUDIO) return this.#play(slot);
      if (state === NO_AUDIO) this.#pass(slot);
      else if (this.#bufferedTicks === 0) return this.#runDry();
      else if (this.#dryMs >= this.#packetMs) {
        // Its time went by while nothing was there.
        this.#dryMs -= this.#packetMs;
        this.#next += 1;
      } else {
        this.#next += 1;
        this.#hasPlayed = true;
        this.lostTicks = this.#packetTicks;
        return 'lost';
      }
    }
  }

  #place(extended: number, bytes: Uint8Array, offset: number, length: number, ticks: number): PushOutcome {
    const slot = extended % SLOTS;
    if (this.#sequences[slot] === extended && this.#states[slot] !== EMPTY) {
      return 'duplicate';
    }
    if (extended < this.#next) {
      if (this.#hasPlayed) return 'late';
      this.#next = extended;
    }
    if (extended >= this.#next + SLOTS) this.#dropBefore(extended - SLOTS + 1);
    this.#states[slot] = ticks > 0 ? AUDIO : NO_AUDIO;
    this.#sequences[slot] = extended;
    this.#lengths[slot] = length;
    this.#ticks[slot] = ticks;
    this.#bufferedTicks += ticks;
    const target = slot * MAX_PAYLOAD_BYTES;
    for (let at = 0; at < length; at++) this.payload[target + at] = bytes[offset + at] ?? 0;
    return 'stored';
  }

  /** Leaves buffering when enough is held; then skips what is missing before the first packet. */
  #begin(): boolean {
    if (this.#bufferedTicks === 0) return false;
    this.#waitedMs += FRAME_MS;
    if (this.bufferedMs < this.#target.ms && this.#waitedMs <= this.#target.ms) return false;
    this.#playing = true;
    this.#dryMs = 0;
    this.#forgetExcess();
    while (this.#sequences[this.#next % SLOTS] !== this.#next || this.#states[this.#next % SLOTS] === EMPTY) this.#next += 1;
    return true;
  }

  #play(slot: number): PullOutcome {
    this.payloadOffset = slot * MAX_PAYLOAD_BYTES;
    this.payloadLength = this.#lengths[slot] ?? 0;
    this.#packetTicks = this.#ticks[slot] ?? 0;
    this.#pass(slot);
    this.#dryMs = 0;
    // A moment in which less was held than now says nothing of now: each second is judged by itself.
    if (this.hasExcess || this.#pulls >= PATIENT_PULLS) this.#forgetExcess();
    this.#pulls += 1;
    this.#leastMs = Math.min(this.#leastMs, this.bufferedMs);
    return 'packet';
  }

  #pass(slot: number): void {
    this.#states[slot] = PLAYED;
    this.#bufferedTicks -= this.#ticks[slot] ?? 0;
    this.#next += 1;
    this.#hasPlayed = true;
  }

  #runDry(): PullOutcome {
    this.#dryMs += FRAME_MS;
    this.#forgetExcess();
    if (this.#dryMs <= MAX_DRY_MS) return 'dry';
    this.#playing = false;
    this.#waitedMs = 0;
    return 'nothing';
  }

  #forgetExcess(): void {
    this.#pulls = 0;
    this.#leastMs = Number.POSITIVE_INFINITY;
  }

  #dropBefore(sequence: number): void {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#states[slot] === EMPTY || (this.#sequences[slot] ?? 0) >= sequence) continue;
      if (this.#states[slot] === AUDIO) this.#bufferedTicks -= this.#ticks[slot] ?? 0;
      this.#states[slot] = EMPTY;
    }
    this.#next = Math.max(this.#next, sequence);
  }

  #flush(next: number): void {
    this.#states.fill(EMPTY);
    this.#bufferedTicks = 0;
    this.#next = next;
    this.#hasPlayed = false;
    this.#playing = false;
    this.#waitedMs = 0;
    this.#dryMs = 0;
    this.#target.reset();
  }
}
