import { Resampler } from '../resampling/resampler.ts';
import { FeedPace } from './feed-pace.ts';
import { TURN_MS } from './slot-wheel.ts';

/** Sounds of one rate in Hz, or a mark between them. */
type Item =
  | { readonly kind: 'audio'; readonly pcm: Int16Array; readonly sampleRate: number }
  | { readonly kind: 'mark'; readonly mark: number };

/** Units in which both threads count what a feed holds: a sample of every rate in use (8, 16, 24 kHz) is a whole number of them. */
export const FEED_TICKS_PER_MS = 48;
/** Longest output of a block of 20 ms plus the tail of a filter, samples: 20 ms at 16 kHz and some. */
const READY_SAMPLES = 1_024;

/**
 * What an application wants the far end to hear, read 20 ms at a time at the leg's rate. It is resampled as it is read, in blocks of
 * 20 ms, so that a minute of audio costs nothing at once.
 *
 * After a gap it is held back for a moment before it sounds, so that an application that sends in real time may be late without being
 * heard to stutter; what a stall of such an application has left waiting is shortened again (feed-pace.ts).
 */
export class FeedQueue {
  readonly id: number;
  /** Word that the main thread adds to and this one takes from: ticks that wait. */
  readonly #queued: Int32Array;
  readonly #told: (mark: number, played: boolean) => void;
  #items: Item[] = [];
  /** Place in the first item. */
  #at = 0;
  readonly #ready = new Int16Array(READY_SAMPLES);
  #readyCount = 0;
  /** Marks whose audio is in `ready`. */
  #reached: number[] = [];
  #resampler: Resampler | undefined;
  #resampledFrom = 0;
  #resampledTo = 0;
  readonly #pace = new FeedPace();
  #primed = false;
  #frame = new Int16Array(0);
  #ahead = new Int16Array(0);

  constructor(id: number, queued: SharedArrayBuffer, told: (mark: number, played: boolean) => void) {
    this.id = id;
    this.#queued = new Int32Array(queued);
    this.#told = told;
  }

  push(pcm: Int16Array, sampleRate: number, nowMs: number): void {
    this.#items.push({ kind: 'audio', pcm, sampleRate });
    this.#pace.pushed((pcm.length * 1_000) / sampleRate, nowMs);
  }

  mark(mark: number): void {
    this.#items.push({ kind: 'mark', mark });
  }

  clear(): void {
    const items = this.#items;
    const reached = this.#reached;
    for (const [index, item] of items.entries()) {
      if (item.kind === 'audio') this.#taken(item.pcm.length - (index === 0 ? this.#at : 0), item.sampleRate);
    }
    this.#items = [];
    this.#reached = [];
    this.#at = 0;
    this.#readyCount = 0;
    this.#resampler = undefined;
    this.#resampledFrom = 0;
    this.#primed = false;
    this.#pace.cleared();
    for (const mark of reached) this.#told(mark, false);
    for (const item of items) if (item.kind === 'mark') this.#told(item.mark, false);
  }

  /**
   * The next 20 ms at `sampleRate`, filled up with silence, or undefined when there is nothing to be heard. Valid until the next call.
   * `nowMs` is of a monotonic clock.
   */
  read(sampleRate: number, nowMs: number): Int16Array | undefined {
    const samples = (sampleRate * TURN_MS) / 1_000;
    if (!this.#mayBegin(nowMs)) return undefined;
    if (this.#frame.length !== samples) {
      this.#frame = new Int16Array(samples);
      this.#ahead = new Int16Array(samples);
    }
    const count = this.#take(this.#frame, sampleRate);
    if (count < samples) this.#runDry(nowMs);
    else if (this.#pace.played(this.#waitingMs(sampleRate), nowMs)) this.#shorten(sampleRate);
    return count === 0 ? undefined : this.#frame;
  }

  #mayBegin(nowMs: number): boolean {
    if (this.#primed) return true;
    if (this.#items.length === 0) return false;
    this.#primed = this.#items[0]?.kind === 'mark' || this.#pace.mayBegin(this.#waitingMs(), nowMs);
    return this.#primed;
  }

  /** Fills a frame as far as there is audio, the rest with silence. Returns the samples of audio. */
  #take(frame: Int16Array, sampleRate: number): number {
    while (this.#readyCount < frame.length && this.#items.length > 0) this.#advance(sampleRate);
    if (this.#readyCount < frame.length) this.#flushTail();
    const count = Math.min(frame.length, this.#readyCount);
    frame.set(this.#ready.subarray(0, count));
    frame.fill(0, count);
    this.#ready.copyWithin(0, count, this.#readyCount);
    this.#readyCount -= count;
    if (this.#readyCount === 0) this.#tellReached();
    return count;
  }

  /** Fades from the frame at hand to the one after it: 20 ms less wait. */
  #shorten(sampleRate: number): void {
    const { length } = this.#frame;
    this.#take(this.#ahead, sampleRate);
    for (let at = 0; at < length; at++) {
      const share = (at + 1) / (length + 1);
      this.#frame[at] = Math.round((this.#frame[at] ?? 0) * (1 - share) + (this.#ahead[at] ?? 0) * share);
    }
  }

  #waitingMs(readyRate?: number): number {
    const ready = readyRate === undefined ? 0 : (this.#readyCount * 1_000) / readyRate;
    return ready + Atomics.load(this.#queued, 0) / FEED_TICKS_PER_MS;
  }

  #runDry(nowMs: number): void {
    this.#primed = false;
    this.#pace.ranDry(nowMs);
  }

  /** Moves a block of the first item to `ready`, or passes a mark. */
  #advance(sampleRate: number): void {
    const item = this.#items[0];
    if (item === undefined) return;
    if (item.kind === 'mark') {
      this.#items.shift();
      this.#reached.push(item.mark);
      return;
    }
    const length = Math.min((item.sampleRate * TURN_MS) / 1_000, item.pcm.length - this.#at);
    const block = item.pcm.subarray(this.#at, this.#at + length);
    if (item.sampleRate === sampleRate) {
      this.#flushTail();
      this.#ready.set(block, this.#readyCount);
      this.#readyCount += length;
    } else this.#readyCount += this.#resamplerFor(item.sampleRate, sampleRate).process(block, this.#ready, this.#readyCount);
    this.#at += length;
    this.#taken(length, item.sampleRate);
    if (this.#at < item.pcm.length) return;
    this.#items.shift();
    this.#at = 0;
  }

  #resamplerFor(from: number, to: number): Resampler {
    if (this.#resampler && this.#resampledFrom === from && this.#resampledTo === to) return this.#resampler;
    this.#flushTail();
    this.#resampler = new Resampler(from, to, 'aligned');
    this.#resampledFrom = from;
    this.#resampledTo = to;
    return this.#resampler;
  }

  /** What the filter still holds comes out when nothing follows it at that rate. */
  #flushTail(): void {
    const resampler = this.#resampler;
    if (!resampler) return;
    this.#resampler = undefined;
    this.#readyCount += resampler.process(new Int16Array(resampler.tailLength), this.#ready, this.#readyCount);
  }

  #tellReached(): void {
    if (this.#reached.length === 0) return;
    for (const mark of this.#reached.splice(0)) this.#told(mark, true);
  }

  #taken(samples: number, sampleRate: number): void {
    Atomics.sub(this.#queued, 0, (samples * FEED_TICKS_PER_MS * 1_000) / sampleRate);
  }
}
