import type { PollyModel, SpeechVoice } from './synthesizer.ts';

/** Who can speak what: voice-xml.md §6.1 and §7 for the XML element, voice-api.md §6.2 for the API of live calls. */

type Gender = SpeechVoice['gender'];
interface LanguageVoices {
  /** Names of Amazon Polly voices, the language's own first. */
  readonly female: readonly string[];
  readonly male: readonly string[];
  /** Which of WOMAN and MAN the XML element has; nothing = neither. */
  readonly xml: string;
}

const languages: Readonly<Record<string, LanguageVoices>> = {
  arb: { female: ['Zeina'], male: [], xml: '' },
  'cmn-CN': { female: ['Zhiyu'], male: [], xml: '' },
  'cy-GB': { female: ['Gwyneth'], male: [], xml: '' },
  'da-DK': { female: ['Naja'], male: ['Mads'], xml: 'W' },
  'de-DE': { female: ['Vicki', 'Marlene'], male: ['Hans'], xml: 'WM' },
  'en-AU': { female: ['Nicole'], male: ['Russell'], xml: 'WM' },
  'en-GB': { female: ['Amy', 'Emma'], male: ['Brian'], xml: 'WM' },
  'en-GB-WLS': { female: [], male: ['Geraint'], xml: '' },
  'en-IN': { female: ['Raveena', 'Aditi'], male: [], xml: '' },
  'en-US': {
    female: ['Joanna', 'Salli', 'Kendra', 'Kimberly', 'Ivy'],
    male: ['Matthew', 'Justin', 'Joey'],
    xml: 'WM',
  },
  'es-ES': { female: ['Conchita', 'Lucia'], male: ['Enrique'], xml: 'WM' },
  'es-MX': { female: ['Mia'], male: [], xml: '' },
  'es-US': { female: ['Penelope', 'Lupe'], male: ['Miguel'], xml: 'WM' },
  'fr-CA': { female: ['Chantal'], male: [], xml: 'W' },
  'fr-FR': { female: ['Lea', 'Celine'], male: ['Mathieu'], xml: 'WM' },
  'hi-IN': { female: ['Aditi'], male: [], xml: '' },
  'is-IS': { female: ['Dora'], male: ['Karl'], xml: '' },
  'it-IT': { female: ['Carla', 'Bianca'], male: ['Giorgio'], xml: 'WM' },
  'ja-JP': { female: ['Mizuki'], male: ['Takumi'], xml: '' },
  'ko-KR': { female: ['Seoyeon'], male: [], xml: '' },
  'nb-NO': { female: ['Liv'], male: [], xml: '' },
  'nl-NL': { female: ['Lotte'], male: ['Ruben'], xml: 'WM' },
  'pl-PL': { female: ['Ewa', 'Maja'], male: ['Jacek', 'Jan'], xml: 'WM' },
  'pt-BR': { female: ['Vitoria'], male: ['Ricardo'], xml: 'WM' },
  'pt-PT': { female: ['Ines'], male: ['Cristiano'], xml: 'M' },
  'ro-RO': { female: ['Carmen'], male: [], xml: '' },
  'ru-RU': { female: ['Tatyana'], male: ['Maxim'], xml: 'W' },
  'sv-SE': { female: ['Astrid'], male: [], xml: 'W' },
  'tr-TR': { female: ['Filiz'], male: [], xml: '' },
};

export const speechLanguages: readonly string[] = Object.keys(languages);

/** What WOMAN and MAN speak where nothing says otherwise (voice-xml.md §6.1). */
export const DEFAULT_VOICE = 'WOMAN';
export const DEFAULT_LANGUAGE = 'en-US';

export type ResolvedVoice =
  | {
      readonly ok: true;
      readonly voice: SpeechVoice;
      /** As the table spells it. */
      readonly language: string;
      /** Whether markup means something to it; WOMAN and MAN read the words alone. */
      readonly markup: boolean;
    }
  | { readonly ok: false; readonly reason: string };

/** The XML element has WOMAN and MAN in fewer languages than the API of live calls. */
export type VoiceDoor = 'xml' | 'api';

/**
 * The voice that a request names. Compared without case and diacritics. A Polly voice without a language speaks its own; names
 * that are not in the table speak every language of it, because new voices appear and validators let `Polly.*` through.
 * An unsupported pair makes the XML document invalid (8011, voice-xml.md §5.1).
 */
export function resolveVoice(voice: string | undefined, language: string | undefined, door: VoiceDoor): ResolvedVoice {
  const wanted = fold(voice ?? DEFAULT_VOICE);
  if (wanted === 'woman' || wanted === 'man') return resolveGeneric(wanted, language ?? DEFAULT_LANGUAGE, door);
  const name = /^polly\.(.{1,60})$/.exec(wanted)?.[1];
  if (name === undefined || !/^[\p{L}*][\p{L}*-]*$/u.test(name)) return refuse(`there is no voice "${shown(voice)}"`);
  return resolvePolly(name, shown(voice).trim().slice('Polly.'.length), language);
}

/** Female and male names of Amazon Polly in a language of the table, the language's own first. */
export function pollyNames(language: string, gender: Gender): readonly string[] {
  return voicesOf(language)?.[gender] ?? [];
}

/** The spelling of the table; undefined for a language that it has not. */
export function findLanguage(language: string): string | undefined {
  const wanted = language.trim().replaceAll('_', '-').toLowerCase();
  return speechLanguages.find((known) => known.toLowerCase() === wanted);
}

function resolveGeneric(wanted: 'woman' | 'man', language: string, door: VoiceDoor): ResolvedVoice {
  const name = wanted === 'woman' ? 'WOMAN' : 'MAN';
  const gender = wanted === 'woman' ? 'female' : 'male';
  const spoken = findLanguage(language);
  const voices = spoken === undefined ? undefined : voicesOf(spoken);
  if (spoken === undefined || voices === undefined) return refuse(`no voice speaks "${shown(language)}"`);
  const speaks = door === 'xml' ? voices.xml.includes(name.slice(0, 1)) : voices[gender].length > 0;
  return speaks
    ? { ok: true, voice: { name, gender }, language: spoken, markup: false }
    : refuse(`${name} does not speak ${spoken}`);
}

const MODEL = /-(standard|neural|long-form|generative)$/i;

function resolvePolly(folded: string, written: string, language: string | undefined): ResolvedVoice {
  const bare = folded.replace(MODEL, '');
  const model = readModel(folded);
  const own = speechLanguages.filter((candidate) => genderOf(candidate, bare) !== undefined);
  const spoken = language === undefined ? (own[0] ?? DEFAULT_LANGUAGE) : findLanguage(language);
  if (spoken === undefined) return refuse(`no voice speaks "${shown(language)}"`);
  if (own.length > 0 && !own.includes(spoken)) return refuse(`Polly.${written} does not speak ${spoken}`);
  const gender = genderOf(spoken, bare) ?? 'female';
  const name =
    pollyNames(spoken, gender).find((known) => known.toLowerCase() === bare) ?? written.replace(MODEL, '').normalize('NFC');
  return { ok: true, voice: { name, gender, ...(model && { model }) }, language: spoken, markup: true };
}

function genderOf(language: string, folded: string): Gender | undefined {
  const has = (gender: Gender) => pollyNames(language, gender).some((name) => name.toLowerCase() === folded);
  if (has('female')) return 'female';
  return has('male') ? 'male' : undefined;
}

function readModel(folded: string): PollyModel | undefined {
  const models: readonly PollyModel[] = ['standard', 'neural', 'long-form', 'generative'];
  const written = MODEL.exec(folded)?.[1];
  return models.find((model) => model === written);
}

function voicesOf(language: string): LanguageVoices | undefined {
  return Object.hasOwn(languages, language) ? languages[language] : undefined;
}

const fold = (name: string) => name.trim().normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const shown = (value: string | undefined) => (value ?? '').slice(0, 60);
const refuse = (reason: string): ResolvedVoice => ({ ok: false, reason });
