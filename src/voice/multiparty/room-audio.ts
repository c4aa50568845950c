import type { MediaRoom, Playback, PlaySource } from '../../media/media-engine.ts';

/** What may sound in a room beside its members, the most important last. */
export type RoomLayer = 'dialling' | 'announcement' | 'request';

const rank: Readonly<Record<RoomLayer, number>> = { dialling: 0, announcement: 1, request: 2 };

/** As long as a sound of entry, exit or recording is heard at most: the next one may follow soon. */
const ANNOUNCEMENT_MAX_MS = 30_000;

interface Sounding {
  readonly layer: RoomLayer;
  readonly playback: Playback;
}

/**
 * The one thing that sounds in a room at a time: what an API request plays goes before sounds of entry, exit and recording, and these
 * before the ring of those who are being invited, which goes on afterwards.
 */
export class RoomAudio {
  readonly #room: Pick<MediaRoom, 'play'>;
  #sounding: Sounding | undefined;
  /** By who is dialled: what sounds until then, whenever nothing else does. */
  readonly #dialling = new Map<object, readonly PlaySource[]>();

  constructor(room: Pick<MediaRoom, 'play'>) {
    this.#room = room;
  }

  /** Once. */
  announce(sources: readonly PlaySource[]): void {
    if (sources.length > 0 && this.#isFreeFor('announcement')) this.#play('announcement', sources, 1, ANNOUNCEMENT_MAX_MS);
  }

  /** Once; the newer replaces the older. */
  request(sources: readonly PlaySource[]): Playback {
    return this.#play('request', sources, 1, undefined);
  }

  /** Over and over while somebody is dialled; empty = no more. Of several the one that began last is heard. */
  setDialling(who: object, sources: readonly PlaySource[]): void {
    this.#dialling.delete(who);
    if (sources.length > 0) this.#dialling.set(who, sources);
    if (this.#sounding?.layer === 'dialling') this.#sounding.playback.stop();
    if (this.#isFreeFor('dialling')) this.#goOn();
  }

  #isFreeFor(layer: RoomLayer): boolean {
    return this.#sounding === undefined || rank[this.#sounding.layer] <= rank[layer];
  }

  #goOn(): void {
    const latest = [...this.#dialling.values()].at(-1);
    if (latest) this.#play('dialling', latest, 0, undefined);
  }

  #play(layer: RoomLayer, sources: readonly PlaySource[], loop: number, maxMs: number | undefined): Playback {
    const playback = this.#room.play(sources, { loop, maxMs });
    const sounding = { layer, playback };
    this.#sounding = sounding;
    void playback.ended.then((end) => {
      if (this.#sounding !== sounding) return;
      this.#sounding = undefined;
      if (end !== 'closed' && layer !== 'dialling') this.#goOn();
    });
    return playback;
  }
}
