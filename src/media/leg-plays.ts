import type { Playback, PlayEnd, PlayOptions, PlaySource } from './media-engine.ts';

interface LegPlaysSurroundings {
  nextId(): number;
  readonly closed: boolean;
  /** Plays the list in place of what is playing in its layer (`over` or not), which ends as `stopped`; `ended` is told of it. */
  begin(play: number, sources: readonly PlaySource[], options: PlayOptions): void;
  stop(play: number): void;
}

/** A play that gives way to others. `play`: its number while it is heard. */
interface Behind {
  readonly sources: readonly PlaySource[];
  readonly options: PlayOptions;
  readonly resolve: (end: PlayEnd) => void;
  play: number | undefined;
}

/** What is played to a far end, one thing at a time; one behind it, which is heard whenever nothing else is; and one over both. */
export class LegPlays {
  readonly #around: LegPlaysSurroundings;
  readonly #running = new Map<number, (end: PlayEnd) => void>();
  #front: number | undefined;
  #behind: Behind | undefined;

  constructor(around: LegPlaysSurroundings) {
    this.#around = around;
  }

  play(sources: readonly PlaySource[], options: PlayOptions): Playback {
    if (this.#around.closed) return { ended: Promise.resolve('closed'), stop: () => undefined };
    if (options.over) return this.#playOver(sources, options);
    return options.background ? this.#playBehind(sources, options) : this.#playInFront(sources, options);
  }

  /** It is heard no more. */
  ended(play: number, end: PlayEnd): void {
    const settle = this.#running.get(play);
    this.#running.delete(play);
    settle?.(end);
  }

  /** The leg is gone. */
  close(): void {
    for (const play of [...this.#running.keys()]) this.ended(play, 'closed');
    this.#finish(this.#behind, 'closed');
  }

  #playInFront(sources: readonly PlaySource[], options: PlayOptions): Playback {
    const play = this.#around.nextId();
    const { promise, resolve } = Promise.withResolvers<PlayEnd>();
    this.#running.set(play, (end) => {
      if (this.#front === play) this.#front = undefined;
      resolve(end);
      this.#goOn();
    });
    this.#front = play;
    this.#around.begin(play, sources, options);
    return { ended: promise, stop: () => this.#around.stop(play) };
  }

  /** Beside the others, which go on: neither takes the place of the other. */
  #playOver(sources: readonly PlaySource[], options: PlayOptions): Playback {
    const play = this.#around.nextId();
    const { promise, resolve } = Promise.withResolvers<PlayEnd>();
    this.#running.set(play, resolve);
    this.#around.begin(play, sources, options);
    return { ended: promise, stop: () => this.#around.stop(play) };
  }

  #playBehind(sources: readonly PlaySource[], options: PlayOptions): Playback {
    const { promise, resolve } = Promise.withResolvers<PlayEnd>();
    const behind: Behind = { sources, options, resolve, play: undefined };
    const before = this.#behind;
    this.#behind = behind;
    if (before) before.play = undefined;
    before?.resolve('stopped');
    this.#goOn();
    return { ended: promise, stop: () => this.#stop(behind) };
  }

  /** The one behind is heard, if nothing else is. */
  #goOn(): void {
    const behind = this.#behind;
    if (!behind || behind.play !== undefined || this.#front !== undefined || this.#around.closed) return;
    const play = this.#around.nextId();
    behind.play = play;
    this.#running.set(play, (end) => {
      const isHeard = behind.play === play;
      if (isHeard) behind.play = undefined;
      // Another play has taken its place: it begins anew when that has ended.
      if (isHeard && end !== 'stopped') this.#finish(behind, end);
    });
    this.#around.begin(play, behind.sources, behind.options);
  }

  #stop(behind: Behind): void {
    if (this.#behind !== behind) return;
    const { play } = behind;
    behind.play = undefined;
    this.#finish(behind, 'stopped');
    if (play !== undefined) this.#around.stop(play);
  }

  #finish(behind: Behind | undefined, end: PlayEnd): void {
    if (this.#behind === behind) this.#behind = undefined;
    behind?.resolve(end);
  }
}
