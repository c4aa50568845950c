import { saturate } from '../pcm.ts';
import type { StreamTrack } from '../stream-audio.ts';
import type { AudioFrame } from './audio-frame.ts';
import { FeedQueue } from './feed-queue.ts';
import type { MediaEvent, StreamCommand } from './protocol.ts';
import { StreamTap } from './stream-tap.ts';

export interface LegStreamsSurroundings {
  tell(event: MediaEvent): void;
  monotonic(): number;
  tapped(leg: number, tap: number, track: StreamTrack, bytes: Uint8Array): void;
}

/** The taps and the feed of one leg. A leg without any has no object of this kind. */
export class LegStreams {
  readonly #leg: number;
  readonly #around: LegStreamsSurroundings;
  readonly #taps: StreamTap[] = [];
  #feed: FeedQueue | undefined;

  constructor(leg: number, around: LegStreamsSurroundings) {
    this.#leg = leg;
    this.#around = around;
  }

  get wantsInbound(): boolean {
    return this.#taps.some((tap) => tap.wantsInbound);
  }

  get wantsOutgoing(): boolean {
    return this.#taps.length > 0;
  }

  /** Whether an application hears the leg and speaks to it: what both do in a turn adds to its delay. */
  get answers(): boolean {
    return this.#feed !== undefined && this.#taps.length > 0;
  }

  get isEmpty(): boolean {
    return this.#taps.length === 0 && this.#feed === undefined;
  }

  obey(command: StreamCommand): void {
    switch (command.do) {
      case 'tap':
        this.#taps.push(new StreamTap(command.tap, command.options));
        return;
      case 'stop-tap': {
        const index = this.#taps.findIndex((tap) => tap.id === command.tap);
        if (index >= 0) this.#taps.splice(index, 1);
        return;
      }
      case 'feed':
        this.#feed?.clear();
        this.#feed = new FeedQueue(command.feed, command.queued, (mark, played) =>
          this.#around.tell({ is: 'feed-mark', leg: this.#leg, mark, played }),
        );
        return;
      case 'feed-audio':
        this.#feedOf(command.feed)?.push(command.pcm, command.sampleRate, this.#around.monotonic());
        return;
      case 'feed-mark':
        this.#feedOf(command.feed)?.mark(command.mark);
        return;
      case 'clear-feed':
        this.#feedOf(command.feed)?.clear();
        return;
      case 'close-feed':
        if (!this.#feedOf(command.feed)) return;
        this.#feed?.clear();
        this.#feed = undefined;
        return;
    }
  }

  /** What the application wants the far end to hear in this turn. */
  read(sampleRate: number): Int16Array | undefined {
    return this.#feed?.read(sampleRate, this.#around.monotonic());
  }

  take(said: AudioFrame, heard: Int16Array): void {
    for (const tap of this.#taps) {
      tap.take(said.hasPcm ? said.pcm : undefined, heard, (track, bytes) => this.#around.tapped(this.#leg, tap.id, track, bytes));
    }
  }

  #feedOf(feed: number): FeedQueue | undefined {
    return this.#feed?.id === feed ? this.#feed : undefined;
  }
}

/** Adds one sound to another, sample by sample. */
export function mixInto(target: Int16Array, added: Int16Array): void {
  for (let index = 0; index < target.length; index++) target[index] = saturate((target[index] ?? 0) + (added[index] ?? 0));
}
