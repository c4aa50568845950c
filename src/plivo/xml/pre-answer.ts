import type { PreAnswerElement } from '../../voice/document.ts';
import { dtmf } from './dtmf.ts';
import type { ElementDefinition } from './element.ts';
import { getDigits } from './get-digits.ts';
import { message } from './message.ts';
import { prompts } from './prompts.ts';
import { redirect } from './redirect.ts';

const children: readonly ElementDefinition<PreAnswerElement['children'][number]>[] = [
  ...prompts,
  getDigits,
  redirect,
  message,
  dtmf,
];

/** Runs its children on early media (voice-xml.md §6.5), all that the SDKs let through (§5.2). */
export const preAnswer: ElementDefinition<PreAnswerElement> = {
  name: 'PreAnswer',
  read: (element) => ({ element: 'PreAnswer', children: element.children(children) }),
};
