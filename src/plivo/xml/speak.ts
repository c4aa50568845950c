import { resolveVoice } from '../../speech/voices.ts';
import type { SpeakElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';
import { speechOf } from './speech-markup.ts';

/** Speaks a text (voice-xml.md §6.1). A voice that does not speak the language makes the document invalid. */
export const speak: ElementDefinition<SpeakElement> = {
  name: 'Speak',
  read(element) {
    const voice = element.value('voice');
    const resolved = resolveVoice(voice, element.value('language'), 'xml');
    if (!resolved.ok) return element.refuse(`has a voice or language that cannot be had: ${resolved.reason}`);
    return {
      element: 'Speak',
      voice: resolved.markup ? (voice ?? resolved.voice.name) : resolved.voice.name,
      language: resolved.language,
      loop: element.loop(),
      content: speechOf(element, resolved.markup),
    };
  },
};
