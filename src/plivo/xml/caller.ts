import { dialledNumber } from './dialled-number.ts';
import type { ElementReader } from './element.ts';

/** What callerId and callerName say on Dial, Number and User. */

const MAX_NAME_CHARACTERS = 50;

export function callerIdOf(element: ElementReader): string | undefined {
  const text = element.value('callerId');
  return text === undefined ? undefined : dialledNumber(text);
}

export function callerNameOf(element: ElementReader): string | undefined {
  const text = element.value('callerName');
  if (text === undefined || text.length <= MAX_NAME_CHARACTERS) return text;
  element.note(`uses the first ${MAX_NAME_CHARACTERS} characters of callerName`);
  return text.slice(0, MAX_NAME_CHARACTERS).toWellFormed();
}
