import type { Clip, Playback, PlaySource } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import { soundFailure } from './flow-services.ts';
import { stopWith } from './prompts.ts';

type Heard = 'play' | 'speech';

interface RequestedSound<Target> {
  readonly targets: readonly Target[];
  readonly what: Heard;
  /** Aborts when there is nobody left to hear it. */
  readonly over: AbortSignal;
  load(signal: AbortSignal): Promise<Clip>;
  /** In whose timelines it is when it cannot be had. */
  readonly askedFor: readonly { readonly call: Call }[];
}

/**
 * What API requests play in rooms, to all or to some: the newer replaces the older, whoever starts for all stops for all, and for one the
 * same one (voice-api.md §8, multiparty-calls.md §4.12).
 */
export class RequestedSounds<Target extends object> {
  readonly #playing = new WeakMap<Target, { readonly what: Heard; readonly stopped: AbortController }>();
  readonly #playTo: (target: Target, sources: readonly PlaySource[]) => Playback | undefined;

  constructor(playTo: (target: Target, sources: readonly PlaySource[]) => Playback | undefined) {
    this.#playTo = playTo;
  }

  /** Fetches or synthesises in the background, once, and plays. */
  start({ targets, what, over, load, askedFor }: RequestedSound<Target>): void {
    const begun = targets.map((target) => ({ target, stopped: this.#replace(target, what) }));
    load(over).then(
      (clip) => {
        for (const { target, stopped } of begun) {
          const isWanted = !stopped.aborted && !over.aborted;
          const playback = isWanted ? this.#playTo(target, [{ kind: 'clip', clip }]) : undefined;
          if (playback) void stopWith(playback, stopped);
        }
      },
      (error: unknown) => {
        for (const { call } of askedFor) call.note('sound_skipped', { reason: soundFailure(error) });
      },
    );
  }

  stop(targets: readonly Target[], what: Heard): void {
    for (const target of targets) {
      const playing = this.#playing.get(target);
      if (playing?.what === what) playing.stopped.abort();
    }
  }

  #replace(target: Target, what: Heard): AbortSignal {
    this.#playing.get(target)?.stopped.abort();
    const stopped = new AbortController();
    this.#playing.set(target, { what, stopped });
    return stopped.signal;
  }
}
