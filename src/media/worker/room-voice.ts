import { FeedQueue } from './feed-queue.ts';
import type { LegStreamsSurroundings } from './leg-streams.ts';
import type { FeedCommand } from './protocol.ts';

/** What an application says in a room in place of the far end of a leg. There is none until a feed for the room is opened. */
export class RoomVoice {
  readonly #leg: number;
  readonly #around: Pick<LegStreamsSurroundings, 'tell' | 'monotonic'>;
  #feed: FeedQueue | undefined;

  constructor(leg: number, around: Pick<LegStreamsSurroundings, 'tell' | 'monotonic'>) {
    this.#leg = leg;
    this.#around = around;
  }

  /** The room hears it and not the far end. */
  get isOpen(): boolean {
    return this.#feed !== undefined;
  }

  /** False: the command is about a feed for the far end. */
  obey(command: FeedCommand): boolean {
    if (command.do === 'feed') {
      if (command.for !== 'room') return false;
      this.#feed?.clear();
      this.#feed = new FeedQueue(command.feed, command.queued, (mark, played) =>
        this.#around.tell({ is: 'feed-mark', leg: this.#leg, mark, played }),
      );
      return true;
    }
    const feed = this.#feed;
    if (feed?.id !== command.feed) return false;
    switch (command.do) {
      case 'feed-audio':
        feed.push(command.pcm, command.sampleRate, this.#around.monotonic());
        break;
      case 'feed-mark':
        feed.mark(command.mark);
        break;
      case 'clear-feed':
        feed.clear();
        break;
      case 'close-feed':
        feed.clear();
        this.#feed = undefined;
        break;
    }
    return true;
  }

  /** The next 20 ms; undefined while nothing is said. Valid until the next call. */
  read(sampleRate: number): Int16Array | undefined {
    return this.#feed?.read(sampleRate, this.#around.monotonic());
  }
}
