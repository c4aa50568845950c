import { speechModels } from '../../speech/recognition/recogniser.ts';
import type { GetInputElement } from '../../voice/document.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { prompts } from './prompts.ts';

const INPUTS = ['dtmf', 'speech'] as const;
const MAX_DIGITS = 32;
const MAX_HINTS = 500;
const MAX_HINT_CHARACTERS = 100;
const MAX_HINTS_CHARACTERS = 10_000;
const DEFAULT_LANGUAGE = 'en-US';
/** BCP 47, as far as speech engines use it: language, script, region. */
const LANGUAGE_TAG = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;
const END_TIMEOUT = { initial: 2, min: 2, max: 10 };

/** Collects keys or speech (voice-xml.md §6.7). */
export const getInput: ElementDefinition<GetInputElement> = {
  name: 'GetInput',
  read: (element) => ({
    element: 'GetInput',
    action: element.target('action', 'method') ?? element.refuse('needs the attribute action'),
    redirect: element.boolean('redirect', true),
    inputs: inputsOf(element),
    executionTimeoutMs: element.seconds('executionTimeout', { initial: 15, min: 5, max: 60 }),
    digitEndTimeoutMs: secondsOrAuto(element, 'digitEndTimeout'),
    speechEndTimeoutMs: secondsOrAuto(element, 'speechEndTimeout'),
    startInputTimeoutMs:
      element.value('startInputTimeout') === undefined
        ? undefined
        : element.seconds('startInputTimeout', { initial: 15, min: 1, max: 60 }),
    finishOnKey: element.finishOnKey(),
    numDigits: element.integer('numDigits', { initial: MAX_DIGITS, min: 1, max: MAX_DIGITS }),
    retries: element.integer('retries', { initial: 1, min: 1, max: 1_000 }),
    speechModel: element.choice('speechModel', speechModels, 'default'),
    hints: hintsOf(element),
    language: languageOf(element),
    profanityFilter: element.boolean('profanityFilter', false),
    interimResults: element.target('interimSpeechResultsCallback', 'interimSpeechResultsCallbackMethod'),
    log: element.boolean('log', true),
    prompts: element.children(prompts),
  }),
};

/** Any language may be asked for: which ones are understood is up to the engine. */
function languageOf(element: ElementReader): string {
  const language = element.value('language') ?? DEFAULT_LANGUAGE;
  if (LANGUAGE_TAG.test(language)) return language;
  element.note(`reads language as ${DEFAULT_LANGUAGE}: it is no language tag`);
  return DEFAULT_LANGUAGE;
}

/** `dtmf`, `speech` or both in any order; both when nothing usable is written. */
function inputsOf(element: ElementReader): ReadonlySet<'dtmf' | 'speech'> {
  const words = new Set(
    element
      .value('inputType')
      ?.toLowerCase()
      .split(/[\s,]+/),
  );
  const inputs = INPUTS.filter((input) => words.has(input));
  if (words.size > inputs.length) element.note('has an attribute inputType with words other than dtmf and speech');
  return new Set(inputs.length === 0 ? INPUTS : inputs);
}

function secondsOrAuto(element: ElementReader, name: string): number | 'auto' {
  const text = element.value(name);
  if (text === undefined || text === 'auto') return 'auto';
  if (/^\d+$/.test(text)) return element.seconds(name, END_TIMEOUT);
  element.note(`reads ${name} as auto: it is no number of seconds`);
  return 'auto';
}

function hintsOf(element: ElementReader): readonly string[] {
  const text = element.value('hints') ?? '';
  const all = text
    .split(',')
    .map((hint) => hint.trim())
    .filter((hint) => hint !== '');
  const hints: string[] = [];
  let characters = 0;
  for (const hint of all) {
    characters += hint.length;
    if (hints.length === MAX_HINTS || characters > MAX_HINTS_CHARACTERS) break;
    if (hint.length <= MAX_HINT_CHARACTERS) hints.push(hint);
  }
  if (hints.length < all.length) {
    element.note(
      `uses ${hints.length} of ${all.length} hints: there may be ${MAX_HINTS}, of ${MAX_HINT_CHARACTERS} characters each, ` +
        `${MAX_HINTS_CHARACTERS} in all`,
    );
  }
  return hints;
}
