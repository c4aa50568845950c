import type { MediaLeg, PlaySource } from '../../media/media-engine.ts';
import type { Call } from '../call.ts';
import type { FlowServices } from '../flow-services.ts';
import { playPrompts, soundOf } from '../prompts.ts';
import { fetchPrompts } from '../sound-document.ts';

const BEEP: PlaySource = { kind: 'tone', tone: 'beep' };
/** Between the two beeps of `beep:2`. */
const BEEP_GAP: PlaySource = { kind: 'silence', ms: 200 };

/**
 * What all members hear when somebody enters or leaves: `beep:1`, `beep:2`, or what the document at a URL describes, each sound of it
 * once. Empty when there is nothing to hear.
 */
export async function roomSound(
  call: Call,
  services: FlowServices,
  sound: string | undefined,
  signal: AbortSignal,
): Promise<readonly PlaySource[]> {
  if (sound === undefined) return [];
  if (sound === 'beep:1') return [BEEP];
  if (sound === 'beep:2') return [BEEP, BEEP_GAP, BEEP];
  const sources: PlaySource[] = [];
  for (const prompt of await fetchPrompts(call, services, 'conference-sound', sound, signal)) {
    const source: PlaySource | undefined =
      prompt.element === 'Wait' ? { kind: 'silence', ms: prompt.lengthMs } : await soundOf(call, services, prompt, signal);
    if (source) sources.push(source);
  }
  return sources;
}

/** Plays the document at a URL over and over until the signal aborts; silence when nothing of it can be heard. */
export async function playWaitSound(
  call: Call,
  services: FlowServices,
  leg: MediaLeg,
  url: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (url === undefined) return;
  const prompts = await fetchPrompts(call, services, 'conference-sound', url, signal);
  while (prompts.length > 0 && !signal.aborted) {
    const before = services.clock.monotonic();
    const heard = await playPrompts(call, services, leg, prompts, signal);
    // Nothing of it could be heard: asking for it again and again would flood its server, or keep the processor.
    if (!heard || services.clock.monotonic() === before) return;
  }
}
