import type { MediaLeg, PlaySource } from '../../media/media-engine.ts';
import type { Call } from '../call.ts';
import type { ConferenceName, ConferenceSound } from '../call-application.ts';
import type { FlowServices } from '../flow-services.ts';
import { beeps, describedSounds, playOverAndOver } from '../room-sounds.ts';

/**
 * What all members hear when somebody enters or leaves: `beep:1`, `beep:2`, or what the document at a URL describes, each sound of it
 * once. Empty when there is nothing to hear.
 */
export async function roomSound(
  call: Call,
  services: FlowServices,
  sound: string | undefined,
  about: ConferenceSound,
  signal: AbortSignal,
): Promise<readonly PlaySource[]> {
  if (sound === undefined) return [];
  if (sound === 'beep:1') return beeps(1);
  if (sound === 'beep:2') return beeps(2);
  return describedSounds(call, services, 'conference-sound', { url: sound, method: 'POST' }, signal, about);
}

/** Plays the document at a URL over and over until the signal aborts; silence when nothing of it can be heard. */
export async function playWaitSound(
  call: Call,
  services: FlowServices,
  leg: MediaLeg,
  url: string | undefined,
  conference: ConferenceName,
  signal: AbortSignal,
): Promise<void> {
  if (url === undefined) return;
  const about = { sound: 'wait', conference } as const;
  await playOverAndOver(call, services, leg, 'conference-sound', { url, method: 'POST' }, signal, about);
}
