import type { Clip, Playback, PlaySource } from '../../media/media-engine.ts';
import { SoundError } from '../flow-services.ts';
import { together } from '../room-sounds.ts';
import type { MultiPartyCall } from './multiparty-call.ts';
import type { Participant } from './participant.ts';

type Target = MultiPartyCall | Participant;
type Heard = 'play' | 'speech';

/** What API requests play to participants or to all: the newer replaces the older, and whoever starts for all stops for all (multiparty-calls.md §4.12). */
export class RequestedSounds {
  readonly #playing = new WeakMap<Target, { readonly what: Heard; readonly stopped: AbortController }>();

  /**
   * Fetches or synthesises in the background, once, and plays; what cannot be had is in the timelines. `mix`: who hears it hears the
   * others meanwhile.
   */
  start(
    multiParty: MultiPartyCall,
    members: 'all' | readonly Participant[],
    what: Heard,
    load: (signal: AbortSignal) => Promise<Clip>,
    mix = true,
  ): void {
    const targets: readonly Target[] = members === 'all' ? [multiParty] : members;
    const begun = targets.map((target) => ({ target, stopped: this.#replace(target, what) }));
    load(multiParty.over).then(
      (clip) => {
        for (const { target, stopped } of begun) {
          if (!stopped.signal.aborted && !multiParty.over.aborted) playTo(target, clip, mix, stopped.signal);
        }
      },
      (error: unknown) => {
        const reason = error instanceof SoundError ? error.message : String(error);
        for (const { call } of members === 'all' ? multiParty.participants : members) call.note('sound_skipped', { reason });
      },
    );
  }

  stop(multiParty: MultiPartyCall, members: 'all' | readonly Participant[], what: Heard): void {
    for (const target of members === 'all' ? [multiParty] : members) {
      const playing = this.#playing.get(target);
      if (playing?.what === what) playing.stopped.abort();
    }
  }

  #replace(target: Target, what: Heard): AbortController {
    this.#playing.get(target)?.stopped.abort();
    const stopped = new AbortController();
    this.#playing.set(target, { what, stopped });
    return stopped;
  }
}

function playTo(target: Target, clip: Clip, mix: boolean, stopped: AbortSignal): void {
  const playback = playbackOf(target, [{ kind: 'clip', clip }], mix);
  if (!playback) return;
  const stop = () => playback.stop();
  stopped.addEventListener('abort', stop, { once: true });
  void playback.ended.then(() => stopped.removeEventListener('abort', stop));
}

/** Those who wait for the start are in no room yet: each hears it by itself, in place of its music; and so does who is not to hear the others. */
function playbackOf(target: Target, sources: readonly PlaySource[], mix: boolean): Playback | undefined {
  if (!('participants' in target)) return target.play(sources, mix);
  if (target.state === 'active' && mix) return target.audio.request(sources);
  return together(target.participants.flatMap((each) => each.play(sources, mix) ?? []));
}
