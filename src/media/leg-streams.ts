import {
  type AudioFeed,
  type AudioTap,
  FEED_CAPACITY_MS,
  FEED_CHECKPOINTS,
  type StreamRate,
  type StreamTrack,
  type TapListener,
  type TapOptions,
} from './stream-audio.ts';
import { FEED_TICKS_PER_MS } from './worker/feed-queue.ts';
import type { FeedHearer, MediaCommand } from './worker/protocol.ts';

export interface LegStreamSurroundings {
  readonly leg: number;
  nextId(): number;
  readonly closed: boolean;
  send(command: MediaCommand): void;
}

/** The main thread's side of a leg's taps and feeds. */
export class LegStreamHandles {
  readonly #around: LegStreamSurroundings;
  readonly #taps = new Map<number, TapListener>();
  readonly #marks = new Map<number, (played: boolean) => void>();

  constructor(around: LegStreamSurroundings) {
    this.#around = around;
  }

  tap(options: TapOptions, listener: TapListener): AudioTap {
    const { leg } = this.#around;
    const tap = this.#around.nextId();
    if (!this.#around.closed) {
      this.#taps.set(tap, listener);
      this.#around.send({ do: 'tap', leg, tap, options });
    }
    return {
      stop: () => {
        if (this.#taps.delete(tap)) this.#around.send({ do: 'stop-tap', leg, tap });
      },
    };
  }

  feed(hearer: FeedHearer): AudioFeed {
    const { leg } = this.#around;
    const feed = this.#around.nextId();
    const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const queued = new Int32Array(shared);
    const marks = new Set<number>();
    let isOpen = !this.#around.closed;
    const bufferedMs = () => (this.#around.closed ? 0 : Atomics.load(queued, 0) / FEED_TICKS_PER_MS);
    this.#around.send({ do: 'feed', leg, feed, queued: shared, for: hearer });
    return {
      push: (pcm: Int16Array, sampleRate: StreamRate) => {
        if (!isOpen || this.#around.closed) return 0;
        const room = Math.max(0, Math.floor(((FEED_CAPACITY_MS - bufferedMs()) * sampleRate) / 1_000));
        const samples = Math.min(room, pcm.length);
        if (samples === 0) return 0;
        Atomics.add(queued, 0, (samples * FEED_TICKS_PER_MS * 1_000) / sampleRate);
        this.#around.send({ do: 'feed-audio', leg, feed, pcm: samples === pcm.length ? pcm : pcm.slice(0, samples), sampleRate });
        return samples;
      },
      checkpoint: () => {
        if (!isOpen || this.#around.closed || marks.size >= FEED_CHECKPOINTS) return Promise.resolve(false);
        const mark = this.#around.nextId();
        marks.add(mark);
        return new Promise((resolve) => {
          this.#marks.set(mark, (played) => {
            marks.delete(mark);
            resolve(played);
          });
          this.#around.send({ do: 'feed-mark', leg, feed, mark });
        });
      },
      clear: () => this.#around.send({ do: 'clear-feed', leg, feed }),
      get bufferedMs() {
        return bufferedMs();
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#around.send({ do: 'close-feed', leg, feed });
      },
    };
  }

  tapped(tap: number, track: StreamTrack, audio: Uint8Array): void {
    this.#taps.get(tap)?.(track, audio);
  }

  marked(mark: number, played: boolean): void {
    const settle = this.#marks.get(mark);
    this.#marks.delete(mark);
    settle?.(played);
  }

  /** The leg is gone. */
  end(): void {
    this.#taps.clear();
    for (const settle of this.#marks.values()) settle(false);
    this.#marks.clear();
  }
}
