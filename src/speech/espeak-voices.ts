import type { SpeechVoice } from './synthesizer.ts';
import { findLanguage, pollyNames } from './voices.ts';

/** Voices of espeak-ng by the languages of voices.ts. Where it has no accent of its own, the nearest one speaks. */
const voices: Readonly<Record<string, string>> = {
  arb: 'sem/ar',
  'cmn-CN': 'sit/cmn',
  'cy-GB': 'cel/cy',
  'da-DK': 'gmq/da',
  'de-DE': 'gmw/de',
  'en-AU': 'gmw/en',
  'en-GB': 'gmw/en',
  'en-GB-WLS': 'gmw/en',
  'en-IN': 'gmw/en',
  'en-US': 'gmw/en-US',
  'es-ES': 'roa/es',
  'es-MX': 'roa/es-419',
  'es-US': 'roa/es-419',
  'fr-CA': 'roa/fr',
  'fr-FR': 'roa/fr',
  'hi-IN': 'inc/hi',
  'is-IS': 'gmq/is',
  'it-IT': 'roa/it',
  'ja-JP': 'jpx/ja',
  'ko-KR': 'ko',
  'nb-NO': 'gmq/nb',
  'nl-NL': 'gmw/nl',
  'pl-PL': 'zlw/pl',
  'pt-BR': 'roa/pt-BR',
  'pt-PT': 'roa/pt',
  'ro-RO': 'roa/ro',
  'ru-RU': 'zle/ru',
  'sv-SE': 'gmq/sv',
  'tr-TR': 'trk/tr',
};

/** Timbres that espeak-ng lays over a voice; the first ones are the plainest. Voices of one language get different ones. */
const variants = {
  female: ['f3', 'f2', 'f5', 'f1', 'f4'],
  male: ['m3', 'm7', 'm1', 'm4', 'm2'],
} as const;

/** Undefined for a language that is not in the table. */
export function espeakVoice(voice: SpeechVoice, language: string): string | undefined {
  const spoken = findLanguage(language);
  const name = spoken === undefined ? undefined : voices[spoken];
  if (spoken === undefined || name === undefined) return undefined;
  const timbres = variants[voice.gender];
  const place = Math.max(0, pollyNames(spoken, voice.gender).indexOf(voice.name));
  return `${name}+${timbres[place % timbres.length]}`;
}
