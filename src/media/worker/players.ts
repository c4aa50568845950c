import type { Codec } from '../codecs/codec.ts';
import type { PlayEnd } from '../media-engine.ts';
import type { Player } from './player.ts';

/** `below` is what a document plays, `over` what is played beside it and does not end it. */
export type PlayLayer = 'below' | 'over';

/** What is played on a leg: one list of sounds in each layer. A new one takes the place of the one in its layer. */
export class Players {
  below: Player | undefined;
  over: Player | undefined;
  readonly #ended: (play: number, end: PlayEnd) => void;

  constructor(ended: (play: number, end: PlayEnd) => void) {
    this.#ended = ended;
  }

  /** One without a sound is over at once. */
  start(player: Player, layer: PlayLayer): void {
    this.#end(layer, 'stopped');
    this[layer] = player;
    this.settle();
  }

  stop(play: number): void {
    if (this.below?.id === play) this.#end('below', 'stopped');
    if (this.over?.id === play) this.#end('over', 'stopped');
  }

  changeCodec(codec: Codec): void {
    this.below?.changeCodec(codec);
    this.over?.changeCodec(codec);
  }

  /** 20 ms that nobody hears: time goes on all the same. */
  pass(scratch: Uint8Array): void {
    this.below?.fill(scratch, 0);
    this.over?.fill(scratch, 0);
  }

  /** Tells of those that have come to their end. */
  settle(): void {
    if (this.below?.ended) this.#end('below', 'completed');
    if (this.over?.ended) this.#end('over', 'completed');
  }

  close(): void {
    this.#end('below', 'closed');
    this.#end('over', 'closed');
  }

  #end(layer: PlayLayer, end: PlayEnd): void {
    const player = this[layer];
    if (!player) return;
    this[layer] = undefined;
    player.release();
    this.#ended(player.id, end);
  }
}
