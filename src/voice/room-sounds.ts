import type { MediaLeg, Playback, PlaySource } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { ConferenceSound } from './call-application.ts';
import type { ElementUrl } from './document.ts';
import type { FlowServices } from './flow-services.ts';
import { playPrompts, soundOf } from './prompts.ts';
import { fetchPrompts, type SoundPurpose } from './sound-document.ts';

const BEEP: PlaySource = { kind: 'tone', tone: 'beep' };
/** Between two beeps. */
const BEEP_GAP: PlaySource = { kind: 'silence', ms: 200 };

export const beeps = (count: 1 | 2): readonly PlaySource[] => (count === 1 ? [BEEP] : [BEEP, BEEP_GAP, BEEP]);

/** Several that are stopped together and have ended when all have. */
export function together(playbacks: readonly Playback[]): Playback {
  return {
    ended: Promise.all(playbacks.map(({ ended }) => ended)).then((ends) => ends[0] ?? 'closed'),
    stop: () => {
      for (const playback of playbacks) playback.stop();
    },
  };
}

/** What the document at a URL describes, each sound of it once, to be heard by a whole room. Empty when there is nothing to hear. */
export async function describedSounds(
  call: Call,
  services: FlowServices,
  purpose: SoundPurpose,
  target: ElementUrl,
  signal: AbortSignal,
  conference?: ConferenceSound,
): Promise<readonly PlaySource[]> {
  const sources: PlaySource[] = [];
  for (const prompt of await fetchPrompts(call, services, purpose, target, signal, conference)) {
    const source: PlaySource | undefined =
      prompt.element === 'Wait' ? { kind: 'silence', ms: prompt.lengthMs } : await soundOf(call, services, prompt, signal);
    if (source) sources.push(source);
  }
  return sources;
}

/**
 * Plays the document at a URL to one leg over and over until the signal aborts, behind whatever else is played to it; silence when nothing
 * of it can be heard.
 */
export async function playOverAndOver(
  call: Call,
  services: FlowServices,
  leg: MediaLeg,
  purpose: SoundPurpose,
  target: ElementUrl,
  signal: AbortSignal,
  conference?: ConferenceSound,
): Promise<void> {
  const prompts = await fetchPrompts(call, services, purpose, target, signal, conference);
  while (prompts.length > 0 && !signal.aborted) {
    const before = services.clock.monotonic();
    const heard = await playPrompts(call, services, leg, prompts, signal, true);
    // Nothing of it could be heard: asking for it again and again would flood its server, or keep the processor.
    if (!heard || services.clock.monotonic() === before) return;
  }
}
