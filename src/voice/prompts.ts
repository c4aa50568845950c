import type { MediaLeg, Playback, PlaySource } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { PlayElement, Prompt, SpeakElement, WaitElement } from './document.ts';
import { type FlowServices, SoundError } from './flow-services.ts';

export type Audible = SpeakElement | PlayElement;

/**
 * Plays or speaks one element on a leg until it is heard to its end or the signal aborts. A sound that cannot be had is skipped, and
 * the answer is false.
 */
export async function playAudible(
  call: Call,
  services: FlowServices,
  leg: MediaLeg,
  element: Audible,
  signal: AbortSignal,
  background = false,
): Promise<boolean> {
  const source = await soundOf(call, services, element, signal);
  if (!source || signal.aborted) return false;
  await playUntil(leg, [source], element.loop, signal, background);
  return true;
}

/**
 * Resolves when the list has been heard `loop` times (0 = never) or the signal aborts; then it is silent at once. `background`: it
 * makes way for whatever else is played, and begins anew afterwards.
 */
export async function playUntil(
  leg: MediaLeg,
  sources: readonly PlaySource[],
  loop: number,
  signal: AbortSignal,
  background = false,
): Promise<void> {
  if (signal.aborted) return;
  await stopWith(leg.play(sources, { loop, ...(background && { background }) }), signal);
}

/** Stops it when the signal aborts; resolves when it has ended, and then the signal holds nothing of it. */
export async function stopWith(playback: Playback, signal: AbortSignal): Promise<void> {
  const stop = () => playback.stop();
  signal.addEventListener('abort', stop, { once: true });
  await playback.ended;
  signal.removeEventListener('abort', stop);
}

/** Undefined when it cannot be had: the cause is in the timeline and the document goes on (voice-xml.md §6.2). */
export async function soundOf(
  call: Call,
  { sounds }: FlowServices,
  element: Audible,
  signal: AbortSignal,
): Promise<PlaySource | undefined> {
  try {
    const clip =
      element.element === 'Play' ? await sounds.fromUrl(element.url, signal) : await sounds.speech(element, 'xml', signal);
    return { kind: 'clip', clip };
  } catch (error) {
    if (!(error instanceof SoundError)) throw error;
    if (!signal.aborted) call.note('sound_skipped', { element: element.element, reason: error.message });
    return undefined;
  }
}

/** Waits in silence, or until the far end is silent or beeps (voice-xml.md §6.3). */
export async function wait(
  services: FlowServices,
  leg: MediaLeg | undefined,
  element: WaitElement,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const timer = services.clock.sleep(element.lengthMs, until).catch(() => undefined);
  const wanted = element.minSilenceMs !== undefined || element.beep !== undefined;
  if (!leg || !wanted) return timer;
  const listening = leg.listen({ silenceMs: element.minSilenceMs, beep: element.beep }, until);
  await Promise.race([timer, listening]);
  over.abort();
}

/** Plays prompts one after another until the signal aborts. False when there was nothing to hear: every sound was skipped. */
export async function playPrompts(
  call: Call,
  services: FlowServices,
  leg: MediaLeg,
  prompts: readonly Prompt[],
  signal: AbortSignal,
  background = false,
): Promise<boolean> {
  let heard = false;
  for (const prompt of prompts) {
    if (signal.aborted) break;
    if (prompt.element === 'Wait') await wait(services, leg, prompt, signal);
    else heard = (await playAudible(call, services, leg, prompt, signal, background)) || heard;
  }
  return heard;
}
