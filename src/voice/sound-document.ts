import type { Call } from './call.ts';
import type { ConferenceSound, DocumentPurpose } from './call-application.ts';
import type { ElementUrl, Prompt } from './document.ts';
import type { FlowServices } from './flow-services.ts';

export type SoundPurpose = Extract<DocumentPurpose, 'dial-music' | 'confirm-sound' | 'conference-sound' | 'multiparty-sound'>;

const askedBy: Readonly<Record<SoundPurpose, string>> = {
  'dial-music': 'Dial',
  'confirm-sound': 'Dial',
  'conference-sound': 'Conference',
  'multiparty-sound': 'MultiPartyCall',
};

/**
 * The sounds of a document that only describes audio (dialMusic, confirmSound, the sounds of a conference). One that cannot be had is no reason to end
 * anything: there is nothing to hear then, and the timeline says why (voice-xml.md §13).
 */
export async function fetchPrompts(
  call: Call,
  { application }: FlowServices,
  purpose: SoundPurpose,
  target: ElementUrl,
  signal: AbortSignal,
  conference?: ConferenceSound,
): Promise<readonly Prompt[]> {
  const answer = await application.fetch({ purpose, target, call: call.facts, conference, wantsDocument: true }, signal);
  if (answer.kind === 'document') return answer.document.elements.filter(isPrompt);
  if (answer.kind !== 'cancelled') call.note('sound_skipped', { element: askedBy[purpose], purpose, reason: answer.kind });
  return [];
}

function isPrompt(element: { readonly element: string }): element is Prompt {
  return element.element === 'Play' || element.element === 'Speak' || element.element === 'Wait';
}
