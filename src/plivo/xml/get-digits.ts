import type { GetDigitsElement } from '../../voice/document.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { LONGEST_CALL_S } from './limits.ts';
import { prompts } from './prompts.ts';

const ALL_KEYS = '1234567890*#';
const MAX_DIGITS = 99;
/** Each attempt takes as long as its prompts and timeout; more is a call without end. */
const MAX_RETRIES = 1_000;

/** Collects keys (voice-xml.md §6.6). */
export const getDigits: ElementDefinition<GetDigitsElement> = {
  name: 'GetDigits',
  read: (element) => ({
    element: 'GetDigits',
    action: element.target('action', 'method'),
    redirect: element.boolean('redirect', true),
    timeoutMs: element.seconds('timeout', { initial: 5, min: 1, max: LONGEST_CALL_S }),
    digitTimeoutMs: element.seconds('digitTimeout', { initial: 2, min: 1, max: LONGEST_CALL_S }),
    finishOnKey: element.finishOnKey(),
    numDigits: element.integer('numDigits', { initial: MAX_DIGITS, min: 1, max: MAX_DIGITS }),
    retries: element.integer('retries', { initial: 1, min: 1, max: MAX_RETRIES }),
    playBeep: element.boolean('playBeep', false),
    validDigits: validDigits(element),
    invalidDigitsSound: element.value('invalidDigitsSound'),
    log: element.boolean('log', true),
    prompts: element.children(prompts),
  }),
};

function validDigits(element: ElementReader): string {
  const text = element.value('validDigits');
  if (text === undefined) return ALL_KEYS;
  const keys = [...new Set(text)].filter((key) => ALL_KEYS.includes(key)).join('');
  if (keys !== '') return keys;
  element.note('ignores validDigits: there is no key in it');
  return ALL_KEYS;
}
