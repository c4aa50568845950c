import { elementRunner, NEXT } from '../element-context.ts';
import { playAudible } from '../prompts.ts';

/** Speaks a text (voice-xml.md §6.1). */
export const speak = elementRunner('Speak', true, async (element, { call, services, signal, media }) => {
  await playAudible(call, services, await media(), element, signal);
  return NEXT;
});
