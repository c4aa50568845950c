import type { MediaBridge } from '../media/media-engine.ts';
import type { DialledLeg } from './dial-race.ts';
import type { DialElement } from './document.ts';
import type { ElementContext } from './element-context.ts';
import { LegGone } from './leg.ts';
import { playPrompts, playUntil } from './prompts.ts';
import { fetchPrompts } from './sound-document.ts';

export interface DialMusic {
  /** A leg rings or sends early audio. */
  progressed(leg: DialledLeg): void;
  stop(): void;
}

/**
 * What the caller hears until somebody answers (voice-xml.md §6.9). A caller that is not answered yet hears its own network ring,
 * unless the element names a music: that goes out as early audio.
 */
export function startDialMusic(element: DialElement, context: ElementContext): DialMusic {
  const { call, services, signal } = context;
  const { dialMusic } = element;
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  let bridge: MediaBridge | undefined;
  const quietly = (task: Promise<void>) => {
    task.catch((error: unknown) => {
      if (!(error instanceof LegGone)) call.note('dial_music_failed', { reason: String(error) });
    });
  };
  const ringback = async () => {
    const leg = call.media;
    if (leg) await playUntil(leg, [{ kind: 'tone', tone: 'ringback' }], 0, until);
  };
  const music = async (url: string) => {
    const prompts = await fetchPrompts(call, services, 'dial-music', { url, method: 'POST' }, until);
    if (prompts.length === 0) return ringback();
    const leg = await call.openEarly();
    while (!until.aborted) {
      const before = services.clock.monotonic();
      const heard = await playPrompts(call, services, leg, prompts, until);
      // Nothing of it could be heard: asking for it again and again would flood its server, or keep the processor.
      if (!heard || services.clock.monotonic() === before) return ringback();
    }
  };
  if (dialMusic.kind === 'ringback') quietly(ringback());
  if (dialMusic.kind === 'url') quietly(music(dialMusic.url));
  return {
    progressed(leg) {
      if (dialMusic.kind !== 'real' || bridge || leg.call.progress !== 'early' || over.signal.aborted) return;
      quietly(
        (async () => {
          const near = await call.openEarly();
          if (leg.call.media && !over.signal.aborted && !bridge) bridge = services.media.bridge(near, leg.call.media);
        })(),
      );
    },
    stop() {
      over.abort();
      bridge?.dissolve();
    },
  };
}
